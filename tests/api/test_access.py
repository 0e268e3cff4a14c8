"""Who gets into the API: tokens in force, narrowed to their scopes, and nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission, Role
from servicedesk.directory.tokens import list_tokens, revoke_token
from tests.api.conftest import Caller, make_token
from tests.factories import acting, make_agent, make_desk, make_incident, make_person


def operations(app: Flask) -> list[tuple[str, str, list[str]]]:
    """Return every operation of the document: method, path and the scopes of which it needs one."""
    document = app.extensions["openapi-document"]
    return [
        (method.upper(), path, [need["bearer"][0] for need in operation["security"]])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def filled(path: str, number: str) -> str:
    """Return a path with a record's number and some id in it."""
    path = path.removeprefix("/api/v1").replace("{number}", number)
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


def test_every_operation_wants_a_token(app: Flask, client: Any) -> None:
    found = operations(app)
    assert len(found) > 30
    for method, path, _ in found:
        refused = client.open(f"/api/v1{filled(path, 'INC-000001')}", method=method)
        assert refused.status_code == 401, path
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert refused.mimetype == "application/problem+json"


def test_every_operation_wants_one_of_its_scopes(app: Flask, caller: Callable[..., Caller]) -> None:
    lead, incident = make_person(Role.TEAM_LEAD), make_incident()
    for method, path, scopes in operations(app):
        asking = caller(lead, *(set(Permission) - set(scopes)))
        refused = asking.call(method, filled(path, incident.number), {} if method != "GET" else None)
        assert (refused.status_code, refused.mimetype) == (403, "application/problem+json"), (method, path)
        assert scopes[0] in refused.json["detail"]


@pytest.mark.parametrize("token", ["", "nonsense", "sd_unknown", "sd_\u00e9"])
def test_an_unknown_token_opens_nothing(client: Any, token: str) -> None:
    assert client.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_ends_with_its_time_its_revocation_and_its_person(caller: Callable[..., Caller]) -> None:
    person = make_agent()
    asking = caller(person)
    assert asking.get("/incidents").status_code == 200
    expired = make_token(person, expires_at=utcnow() - timedelta(seconds=1))
    assert Caller(asking.client, expired).get("/incidents").status_code == 401
    person.is_active = False
    assert asking.get("/incidents").status_code == 401
    person.is_active = True
    assert asking.get("/incidents").status_code == 200
    for held in list_tokens(person.id):
        revoke_token(held.id, actor=acting(person), now=utcnow())
    assert asking.get("/incidents").status_code == 401


def test_a_cookie_opens_pages_and_never_the_api(sign_in: Callable[..., Any]) -> None:
    browser = sign_in(make_agent())
    assert browser.get("/api/v1/incidents").status_code == 401
    assert browser.post("/api/v1/incidents", json={}).status_code == 401


def test_another_desks_incident_is_not_there(caller: Callable[..., Caller]) -> None:
    stranger = caller(make_agent(make_desk()))
    incident = make_incident()
    for path in ("", "/timeline", "/comments", "/attachments", "/watchers", "/escalations"):
        assert stranger.get(f"/incidents/{incident.number}{path}").status_code == 404
    assert stranger.post(f"/incidents/{incident.number}/start").status_code == 404
    assert incident.number not in stranger.get("/incidents", state="all").text
