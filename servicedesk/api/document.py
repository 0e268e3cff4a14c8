"""The OpenAPI document: what flask-smorest gathers from the parts, and what they all share."""

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from servicedesk.api.converters import RecordNumberConverter
from servicedesk.web.converters import LARGEST_ID, IdConverter

DESCRIPTION = """\
Reads and writes what the pages of the service desk read and write, by the same rules and in the same words.

Every call carries an access token: `Authorization: Bearer sd_…`. A token has scopes; it allows what its
person may do, narrowed to them.

Moments are ISO 8601 with their offset. Lists are walked by `cursor`: call again with the answer's
`next_cursor` until it is null. A record's `version` grows with every change: send the one that you read, and
a change that somebody else's has overtaken is refused (409). Refusals are problem documents (RFC 9457)."""

PROBLEMS = {
    400: "The body cannot be read.",
    401: "There is no token, or it is unknown, expired or revoked.",
    403: "The token's scopes or its person's rights do not allow this.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "The record is not in a state for this, or has changed since the version that was sent.",
    413: "The body is too large.",
    415: "The body is of another type than this address takes.",
    422: "A field is missing, unknown or breaks a rule; `errors` says which, and why.",
    429: "Too many writes; `Retry-After` says when to come again.",
}


class ProblemSchema(Schema):
    """What went wrong, as RFC 9457 has it."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"description": "The status in words."})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"description": "What happened, and what to do about it."})
    errors = fields.Dict(
        keys=fields.String(), values=fields.String(),
        metadata={"description": "What is wrong, by field.", "example": {"title": "“title” is needed."}},
    )  # fmt: skip


class ServiceDeskApi(Api):
    """The API of the service desk; errors are answered by the application, in one place for pages and API."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        app.config["OPENAPI_VERSION"] = "3.1.0"
        plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
        info = {"description": DESCRIPTION}
        spec_kwargs = {"title": "Service desk", "version": "v1", "marshmallow_plugin": plugin, "info": info}
        super().__init__(app, spec_kwargs=spec_kwargs)
        self._describe_paths()

    def _register_error_handlers(self) -> None:
        """Leave errors to the application."""

    def _describe_paths(self) -> None:
        """Say what the parts of a path look like, how callers prove themselves, and how refusals look."""
        self.register_converter(
            IdConverter, lambda _: {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        )
        self.register_converter(
            RecordNumberConverter,
            lambda _: {"type": "string", "pattern": "^[A-Za-z]{2,4}-?[0-9]{1,9}$", "example": "INC-000123"},
        )
        told = "A token made in one's own settings, or by `python -m servicedesk tokens create`."
        self.spec.components.security_scheme(
            "bearer", {"type": "http", "scheme": "bearer", "description": told}
        )
        for status, words in PROBLEMS.items():
            self.spec.components.response(f"Problem{status}", _problem_response(status, words))

    def finished_document(self) -> dict[str, Any]:
        """Return the document, with what follows from each operation's place: scopes in words, refusals."""
        document: dict[str, Any] = self.spec.to_dict()
        document["components"]["schemas"].pop("PaginationMetadata", None)
        document["servers"] = [{"url": "/"}]
        for tag in document["tags"]:
            tag["name"] = part_title(tag["name"])
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if method != "parameters":
                    _finish(operation, method, names_one="{" in path)
        return document


def _finish(operation: dict[str, Any], method: str, *, names_one: bool) -> None:
    """Add to an operation its scopes in words and the refusals that can occur."""
    scopes = " or ".join(f"`{scope}`" for need in operation["security"] for scope in need["bearer"])
    operation["tags"] = [part_title(name) for name in operation["tags"]]
    operation["description"] = f"{operation.get('description', '')}\n\nScope: {scopes}.".strip()
    writes = method != "get"
    expected = {
        400: "requestBody" in operation, 401: True, 403: True, 404: names_one, 409: writes and names_one,
        413: "requestBody" in operation, 415: "requestBody" in operation,
        422: writes or any(parameter["in"] == "query" for parameter in operation.get("parameters", ())),
        429: writes,
    }  # fmt: skip
    good = {status: answer for status, answer in operation["responses"].items() if str(status) < "400"}
    refused = {
        str(status): {"$ref": f"#/components/responses/Problem{status}"}
        for status, can in expected.items()
        if can
    }
    operation["responses"] = good | refused


def part_title(blueprint_name: str) -> str:
    """Return a part's name for people: “api-incident-steps” is “Incident steps”."""
    return blueprint_name.removeprefix("api-").replace("-", " ").capitalize()


def _problem_response(status: int, words: str) -> dict[str, Any]:
    """Return how a refusal is documented."""
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": words}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    response: dict[str, Any] = {"description": words, "content": {"application/problem+json": content}}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer."}}
    if status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response


def _schema_name(schema: Any) -> str:
    """Name a schema in the document: IncidentSchema is Incident there."""
    named = schema if isinstance(schema, type) else type(schema)
    return str(named.__name__).removesuffix("Schema")
