"""The OpenAPI document in words: what the page of the documentation shows."""

import json
from dataclasses import dataclass, field
from typing import Any

from servicedesk.api.blueprint import PREFIX

_TYPE_WORDS = {
    "string": "text", "integer": "whole number", "boolean": "true or false", "array": "list", "null": "null",
}  # fmt: skip
_INVENTED = {"date-time": "2026-11-19T09:00:00+00:00"}
Node = dict[str, Any]


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
    example: str
    answer: list[FieldView]
    statuses: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of the API and its operations."""

    id: str
    name: str
    words: str
    operations: list[OperationView] = field(default_factory=list)


def parts_of(document: Node) -> list[PartView]:
    """Return the operations by part, in the order of the document."""
    parts = [PartView(_anchor(tag["name"]), tag["name"], tag["description"]) for tag in document["tags"]]
    by_name = {part.name: part.operations for part in parts}
    for path, operations in document["paths"].items():
        shared = operations.get("parameters", [])
        for method, operation in operations.items():
            if method != "parameters":
                by_name[operation["tags"][0]].append(_operation(document, method, path, operation, shared))
    return parts


def _anchor(name: str) -> str:
    """Return the anchor of a part."""
    return "part-" + name.lower().replace(" ", "-")


def _operation(document: Node, method: str, path: str, operation: Node, shared: list[Node]) -> OperationView:
    """Return one operation in words."""
    body_type, body = _body(document, operation)
    return OperationView(
        id=operation["operationId"],
        method=method.upper(),
        path=path.removeprefix(PREFIX),
        title=operation["summary"].rstrip("."),
        words=" ".join(operation["description"].split("Scope:")[0].split()),
        scopes=[scope for need in operation["security"] for scope in need["bearer"]],
        parameters=[_parameter(parameter) for parameter in [*shared, *operation.get("parameters", [])]],
        body=fields_of(document, body),
        body_type=body_type,
        example=_example(body) if body_type == "application/json" else "",
        answer=_answer(document, operation),
        statuses=[_status(document, status, told) for status, told in operation["responses"].items()],
    )


def _parameter(parameter: Node) -> FieldView:
    """Return a parameter of the path or the query in words."""
    words = parameter.get("description") or ("In the path." if parameter["in"] == "path" else "")
    return FieldView(parameter["name"], _kind(parameter["schema"]), parameter.get("required", False), words)


def _body(document: Node, operation: Node) -> tuple[str, Node]:
    """Return the type of an operation's body and its schema; without a body, nothing of either."""
    for media_type, told in operation.get("requestBody", {}).get("content", {}).items():
        return media_type, _resolved(document, told["schema"])
    return "", {}


def _example(schema: Node) -> str:
    """Return a body as an example: what is needed, and what has an example."""
    needed = schema.get("required", [])
    body = {
        name: _sample(told)
        for name, told in schema["properties"].items()
        if name in needed or "example" in told
    }
    return json.dumps(body, indent=2, ensure_ascii=False) if body else ""


def _sample(schema: Node) -> Any:
    """Return what a field may hold: its example, its first choice, or something of its kind."""
    choices = schema.get("enum", [_INVENTED.get(schema.get("format", ""), 1)])
    return schema.get("example", choices[0])


def _answer(document: Node, operation: Node) -> list[FieldView]:
    """Return the fields of a good answer; of a list, those of its items."""
    content = next(iter(operation["responses"].values()))["content"].get("application/json")
    if content is None:
        return []
    schema = _resolved(document, content["schema"])
    items = schema.get("properties", {}).get("items", {}).get("items")
    return fields_of(document, _resolved(document, items) if items else schema)


def fields_of(document: Node, schema: Node) -> list[FieldView]:
    """Return the fields of an object in words."""
    needed = schema.get("required", [])
    fields = {name: _resolved(document, told) for name, told in schema.get("properties", {}).items()}
    return [
        FieldView(name, _kind(told), name in needed, told.get("description", ""))
        for name, told in fields.items()
    ]


def _resolved(document: Node, schema: Node) -> Node:
    """Return a schema, or the one that it points at."""
    if "$ref" not in schema:
        return schema
    found: Node = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _kind(schema: Node) -> str:
    """Return what a field may hold: “whole number, 1 to 3”, “one of: mail, phone”."""
    told = schema.get("type", "object")
    types = [told] if isinstance(told, str) else told
    words = " or ".join(_TYPE_WORDS.get(kind, kind) for kind in types)
    if schema.get("format") == "date-time":
        words = words.replace("text", "moment")
    if choices := [str(choice) for choice in schema.get("enum", []) if choice is not None]:
        words = f"one of: {', '.join(choices)}"
    return words + _bounds(schema)


def _bounds(schema: Node) -> str:
    """Return a field's bounds in words, where they tell more than what the database can hold."""
    if "maxLength" in schema:
        return f", at most {schema['maxLength']:,} characters"
    if 1 < schema.get("maximum", 0) < 1000:
        return f", {schema['minimum']} to {schema['maximum']}"
    return ""


def _status(document: Node, status: str, told: Node) -> tuple[str, str]:
    """Return an answer's status and words."""
    if "$ref" in told:
        told = document["components"]["responses"][told["$ref"].rsplit("/", 1)[-1]]
    return status, told["description"]
