"""The OpenAPI document for programs, and the page that shows it to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from servicedesk.api.blueprint import PREFIX
from servicedesk.core.permissions import Permission
from servicedesk.settings import Settings
from servicedesk.web.access import public
from servicedesk.web.sign_in import API_DOCS

docs = Blueprint("api_docs", __name__)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One parameter, or one field of a body, in words."""

    name: str
    kind: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation, ready to be shown."""

    id: str
    method: str
    path: str
    title: str
    words: str
    scopes: list[str]
    parameters: list[FieldView]
    body: list[FieldView]
    body_type: str
    answers: list[tuple[str, str]]


def init_app(app: Flask, document: dict[str, Any]) -> None:
    """Add the document and its page."""
    app.extensions["openapi-document"] = document
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
        groups=_groups(document),
        introduction=document["info"]["description"].split("\n\n"),
        scopes=list(Permission),
        problem=_fields(document, document["components"]["schemas"]["Problem"]),
        base_url=settings.public_url.rstrip("/") + PREFIX,
    )


def _document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    found: dict[str, Any] = current_app.extensions["openapi-document"]
    return found


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations by part, in the order of the document."""
    groups = [
        {"name": tag["name"], "words": tag["description"], "operations": []} for tag in document["tags"]
    ]
    by_name: dict[str, list[OperationView]] = {group["name"]: group["operations"] for group in groups}
    for path, operations in document["paths"].items():
        shared = operations.get("parameters", [])
        for method, operation in operations.items():
            if method != "parameters":
                by_name[operation["tags"][0]].append(_operation(document, method, path, operation, shared))
    return groups


def _operation(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any], shared: list[dict[str, Any]]
) -> OperationView:
    """Return one operation in words."""
    body_type, body = _body(document, operation)
    words = operation["description"].split("Scope:")[0].strip()
    return OperationView(
        id=operation["operationId"],
        method=method.upper(),
        path=path.removeprefix(PREFIX),
        title=operation["summary"],
        words=" ".join(words.split()),
        scopes=[scope for need in operation["security"] for scope in need["bearer"]],
        parameters=[_parameter(parameter) for parameter in [*shared, *operation.get("parameters", [])]],
        body=body,
        body_type=body_type,
        answers=[_answer(document, status, told) for status, told in operation["responses"].items()],
    )


def _parameter(parameter: dict[str, Any]) -> FieldView:
    """Return a parameter of the path or the query in words."""
    words = parameter.get("description") or ("In the path." if parameter["in"] == "path" else "")
    return FieldView(parameter["name"], _kind(parameter["schema"]), parameter.get("required", False), words)


def _body(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, list[FieldView]]:
    """Return the type of an operation's body, and its fields."""
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    for media_type, told in content.items():
        return media_type, _fields(document, _resolved(document, told["schema"]))
    return "", []


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[FieldView]:
    """Return the fields of an object in words."""
    needed = schema.get("required", [])
    fields = {name: _resolved(document, field) for name, field in schema.get("properties", {}).items()}
    return [
        FieldView(name, _kind(field), name in needed, field.get("description", ""))
        for name, field in fields.items()
    ]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, or the one that it points at."""
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _kind(schema: dict[str, Any]) -> str:
    """Return what a field may hold: “whole number, 1 to 3”, “one of: mail, phone”."""
    types = schema.get("type", "object")
    types = [types] if isinstance(types, str) else types
    words = " or ".join(_TYPE_WORDS.get(kind, kind) for kind in types)
    if schema.get("format") == "date-time":
        words = words.replace("text", "moment")
    if choices := [str(choice) for choice in schema.get("enum", []) if choice is not None]:
        words = f"one of: {', '.join(choices)}"
    if "maxLength" in schema:
        words += f", at most {schema['maxLength']:,} characters"
    if "minimum" in schema and schema.get("maximum", 0) < 1000 and "maximum" in schema:
        words += f", {schema['minimum']} to {schema['maximum']}"
    return words


_TYPE_WORDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "list",
    "null": "null",
}


def _answer(document: dict[str, Any], status: str, told: dict[str, Any]) -> tuple[str, str]:
    """Return an answer's status and words."""
    if "$ref" in told:
        told = document["components"]["responses"][told["$ref"].rsplit("/", 1)[-1]]
    return status, told["description"]
