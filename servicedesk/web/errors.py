"""The one place where errors become answers: a page for people, problem+json for the API."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from servicedesk.core.errors import (
    DomainError,
    InvalidTransition,
    NotAllowed,
    NotFound,
    RuleViolation,
    StaleVersion,
)
from servicedesk.web.sign_in import API_PREFIX, NotSignedIn
from servicedesk.web.transaction import undo

log = structlog.get_logger()
STATUSES: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidTransition: 409,
    StaleVersion: 409,
    RuleViolation: 422,
}
TITLES = {
    400: "That cannot be read",
    401: "Sign in first",
    403: "You may not do that",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Something changed in the meantime",
    413: "That is too large",
    422: "Something needs putting right",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not ready",
}
ADVICE = {
    400: "Go back and try again. If it happens again, tell the service desk what you did.",
    404: "The address may be wrong, or it is something that you may not see. Start from the home page.",
    405: "Go back and use the buttons on the page.",
    413: "All files of one sending may have 32 MB together, each at most 10 MB. "
    "Go back and choose fewer or smaller ones.",
    429: "Wait a minute, then try again.",
    500: "It has been written down. Try again; if it happens again, ring the service desk.",
}

API_ADVICE = {
    404: "There is nothing at this address. /api/docs lists what there is.",
    405: "This address does not take this method; the header Allow says which it takes.",
    413: "That is too large: a body may have 2 MB, a sending of files 32 MB.",
    429: "Too many writes. Wait a minute, then try again.",
    500: "It has been written down. Try again later.",
}


def init_app(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(NotSignedIn, lambda _: problem(401, "Send a bearer token that is in force."))
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, detail: str, errors: Mapping[str, object] | None = None) -> ResponseReturnValue:
    """Answer an error as a page, or as problem+json to the API."""
    undo()
    if request.path.startswith(API_PREFIX):
        return problem(status, detail, errors)
    page = render_template(
        "error.html", title=TITLES.get(status, "That did not work"), text=detail, refused=True
    )
    return page, status


def problem(status: int, detail: str, errors: Mapping[str, object] | None = None) -> Response:
    """Return a problem document (RFC 9457)."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code, response.mimetype = status, "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="servicedesk"'
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _domain_error(error: DomainError) -> ResponseReturnValue:
    """Answer what the domain refused, in its own words."""
    messages = error.messages if isinstance(error, RuleViolation) else None
    return answer(STATUSES[type(error)], str(error), messages)


def _stale(error: StaleDataError) -> ResponseReturnValue:
    """Answer a change that somebody else's overtook."""
    return answer(409, "Somebody else changed it at the same moment. Look at what is new, then try again.")


def _unkeepable(error: DataError) -> ResponseReturnValue:
    """Answer what no column can hold: a NUL in a text, a number beyond all numbers."""
    return answer(400, "Something in it cannot be read: an odd sign, or a number that is far too large.")


def _csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Keep what was typed into a form without a fresh token, and have it sent again on purpose."""
    from servicedesk.web import resuming
    from servicedesk.web.access import is_signed_in

    undo()
    if request.path.startswith(API_PREFIX):
        return problem(400, "The request needs no cookie and no form token; send a bearer token.")
    if is_signed_in() and request.form:
        return resuming.offer_again(), 400
    return resuming.keep_and_ask()


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP itself."""
    status = error.code or 500
    if status < 400:
        return error
    advice = API_ADVICE if request.path.startswith(API_PREFIX) else ADVICE
    answered = answer(status, advice.get(status) or error.description or "That did not work.")
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        response = answered if isinstance(answered, Response) else _as_response(answered)
        response.headers["Allow"] = ", ".join(allowed)
        return response
    return answered


def _as_response(answered: ResponseReturnValue) -> Response:
    """Return a page and its status as a response, so that headers can be set on it."""
    from flask import current_app

    return current_app.make_response(answered)


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Write down what nobody foresaw, without anything personal, and say so."""
    log.error("unexpected error", endpoint=request.endpoint, method=request.method, exc_info=error)
    advice = API_ADVICE if request.path.startswith(API_PREFIX) else ADVICE
    return answer(500, advice[500])
