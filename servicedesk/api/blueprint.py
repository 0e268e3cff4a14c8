"""The blueprint of the API's parts: reads bodies and queries, and documents every answer that can occur."""

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from servicedesk.core.errors import RuleViolation
from servicedesk.records.operations import MOST_FILES

PREFIX = "/api/v1"
LARGEST_BODY = 2 * 1024 * 1024
FILE_TYPE = "application/octet-stream"
_FILE = {"type": "string", "contentMediaType": FILE_TYPE}
_FILES = {"type": "array", "minItems": 1, "maxItems": MOST_FILES, "items": _FILE}
_FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": _FILES},
    "additionalProperties": False,
}
FILES_BODY = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
View = TypeVar("View", bound=Callable[..., Any])


class ApiParser(FlaskParser):
    """Reads what callers send; refuses it in the same form as a rule of the domain does."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": RAISE, "query": RAISE}

    def _raw_load_json(self, req: Request) -> Any:
        """Return a JSON body; nothing at all counts as an empty one."""
        req.max_content_length = LARGEST_BODY
        sent = req.get_data(cache=True)
        if not sent:
            return {}
        if not req.is_json:
            raise UnsupportedMediaType("Send the body as application/json.")
        try:
            return json.loads(sent, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise BadRequest("The body is not JSON in UTF-8.") from error

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **given: Any) -> NoReturn:
        """Tell what a schema refuses, field by field."""
        told = next(iter(error.messages.values())) if isinstance(error.messages, dict) else {}
        raise RuleViolation(**{name: _words(name, refusal) for name, refusal in told.items()}) from error


def _refuse_constant(constant: str) -> NoReturn:
    """Refuse NaN and the infinities, which are not JSON."""
    raise ValueError(constant)


def _words(name: str, refusal: Any) -> str:
    """Return a field's refusals as sentences that begin with its name."""
    if isinstance(refusal, dict):
        return " ".join(_words(f"{name}[{part}]", inner) for part, inner in refusal.items())
    subject = "The body" if name == "_schema" else f"“{name[:100]}”"
    return " ".join(f"{subject} {words}" for words in refusal)


class ApiBlueprint(Blueprint):
    """A part of the API, under its prefix."""

    ARGUMENTS_PARSER = ApiParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api-{name}", __name__, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(_document_rules)

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare what reads at an address."""
        return self._declared(rule, "GET", options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare what happens when something is sent to an address."""
        return self._declared(rule, "POST", options)

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare what changes a part of what is at an address."""
        return self._declared(rule, "PATCH", options)

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Declare what takes away what is at an address."""
        return self._declared(rule, "DELETE", options)

    def _declared(self, rule: str, method: str, options: dict[str, Any]) -> Callable[[View], View]:
        """Return the declaration of an address and a method."""
        declare: Callable[[View], View] = self.route(rule, methods=[method], **options)
        return declare

    def query(self, schema: type[Schema]) -> Callable[[View], View]:
        """Declare what the query string may hold."""
        declare: Callable[[View], View] = self.arguments(schema, location="query")
        return declare

    def takes(self, schema: type[Schema], *, needed: bool = True) -> Callable[[View], View]:
        """Declare the body; one that is not needed may be left out altogether."""
        declare: Callable[[View], View] = self.arguments(schema, required=needed)
        return declare

    def answers(self, status: int, schema: type[Schema]) -> Callable[[View], View]:
        """Declare the good answer."""
        declare: Callable[[View], View] = self.response(status, schema)
        return declare

    def answers_file(self) -> Callable[[View], View]:
        """Declare that the good answer is a file."""
        declare: Callable[[View], View] = self.response(200, _FILE, content_type=FILE_TYPE)
        return declare

    def takes_files(self) -> Callable[[View], View]:
        """Declare that the body is a form with files."""
        declare: Callable[[View], View] = self.doc(requestBody=FILES_BODY)
        return declare

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        """Keep which rights a view needs, beside what the decorators noted on it."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                info["scopes"] = [str(held) for held in obj.sufficient_permissions]
                info["operation_id"] = obj.__name__


def _document_rules(doc: dict[str, Any], info: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Add the name of the operation and the scopes of which it needs one."""
    doc["operationId"] = info["operation_id"]
    doc["security"] = [{"bearer": [scope]} for scope in info["scopes"]]
    return doc
