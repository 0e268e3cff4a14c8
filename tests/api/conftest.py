"""Callers of the API: people with a token, as other systems hold one."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.directory.models import Person
from servicedesk.directory.tokens import create_token
from tests.factories import acting, make_agent


def make_token(person: Person, scopes: Iterable[str] = Permission, **given: Any) -> str:
    """Make a token for somebody; with all scopes unless told otherwise."""
    values: dict[str, Any] = {"expires_at": None, "name": "test", "now": utcnow()} | given
    return create_token(person, actor=acting(person), scopes=list(scopes), **values)


class Caller:
    """Somebody who calls the API with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        """Call an address under the API's prefix."""
        if body is not None:
            given["json"] = body
        headers = {"Authorization": f"Bearer {self.token}"} | given.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **given)

    def get(self, path: str, **query: Any) -> Any:
        """Read."""
        return self.call("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **given: Any) -> Any:
        """Send."""
        return self.call("POST", path, body, **given)

    def patch(self, path: str, body: Any) -> Any:
        """Change."""
        return self.call("PATCH", path, body)


@pytest.fixture
def caller(client: FlaskClient) -> Callable[..., Caller]:
    """Return how to get a caller for somebody, with all scopes or only some."""

    def make(person: Person, *scopes: str) -> Caller:
        return Caller(client, make_token(person, scopes or Permission))

    return make


@pytest.fixture
def agent(caller: Callable[..., Caller]) -> Caller:
    """Return an agent's system, with all scopes."""
    return caller(make_agent())
