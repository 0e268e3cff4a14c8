"""The OpenAPI document for programs, and the page that shows it to people."""

import re
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from servicedesk.api.blueprint import PREFIX
from servicedesk.api.document_views import fields_of, parts_of
from servicedesk.core.permissions import Permission
from servicedesk.settings import Settings
from servicedesk.web.access import public
from servicedesk.web.sign_in import API_DOCS

docs = Blueprint("api_docs", __name__)


def init_app(app: Flask, document: dict[str, Any]) -> None:
    """Add the document and its page."""
    app.extensions["openapi-document"] = document
    app.jinja_env.filters["code_words"] = code_words
    app.register_blueprint(docs)


@docs.get("/api/openapi.json")
@public
def show_document() -> ResponseReturnValue:
    """Send the OpenAPI document."""
    return jsonify(_document())


@docs.get(API_DOCS)
@public
def show_docs() -> ResponseReturnValue:
    """Show the document as a page."""
    document = _document()
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "api/docs.html",
        parts=parts_of(document),
        introduction=document["info"]["description"].split("\n\n"),
        scopes=list(Permission),
        problem=fields_of(document, document["components"]["schemas"]["Problem"]),
        base_url=settings.public_url.rstrip("/") + PREFIX,
    )


def _document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    found: dict[str, Any] = current_app.extensions["openapi-document"]
    return found


def code_words(text: str) -> Markup:
    """Return a text whose `words in backticks` are code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before
