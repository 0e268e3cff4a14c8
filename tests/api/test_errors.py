"""Every refusal of the API is a problem document that says what to do."""

from typing import Any

import pytest

from tests.api.conftest import Caller


def problem_of(answer: Any, status: int) -> Any:
    """Return a problem document, having looked that it is one."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]
    return answer.json


@pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/incidents"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_not_found(client: Any, path: str, method: str) -> None:
    problem_of(client.open(path, method=method), 404)


def test_a_method_that_is_not_taken_names_those_that_are(client: Any) -> None:
    refused = client.put("/api/v1/incidents")
    problem_of(refused, 405)
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "sent",
    [
        b"{", b"{'title': 1}", b"\xff\xfe", b'{"impact": NaN}', b'{"impact": Infinity}', b"[" * 100_000,
        b'{"impact": ' + b"9" * 5000 + b"}", b"\x00",
    ],
)  # fmt: skip
def test_a_body_that_is_not_json_cannot_be_read(agent: Caller, sent: bytes) -> None:
    problem_of(agent.post("/incidents", data=sent, content_type="application/json"), 400)


@pytest.mark.parametrize("sent", [b"[]", b'"title"', b"null", b"7", b"true"])
def test_a_body_that_is_no_object_is_refused(agent: Caller, sent: bytes) -> None:
    refused = agent.post("/incidents", data=sent, content_type="application/json")
    assert "JSON object" in problem_of(refused, 422)["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_a_body_of_another_type_is_not_taken(agent: Caller, kind: str) -> None:
    problem_of(agent.post("/incidents", data=b'{"title": "x"}', content_type=kind), 415)


def test_a_body_that_is_too_large_is_not_read(agent: Caller) -> None:
    problem_of(agent.post("/incidents", data=b" " * 3_000_000, content_type="application/json"), 413)


def test_nothing_is_missing_from_an_empty_body(agent: Caller) -> None:
    refused = problem_of(agent.post("/incidents"), 422)
    assert refused["errors"] == {"desk_id": "“desk_id” is needed.", "title": "“title” is needed."}


def test_too_many_writes_are_refused_for_a_while(agent: Caller, redis: Any) -> None:
    agent.post("/incidents")
    [counted] = redis.keys("LIMIT*")
    redis.set(counted, 100_000, keepttl=True)
    refused = agent.post("/incidents")
    problem_of(refused, 429)
    assert refused.headers["Retry-After"] == "60"
    assert agent.get("/incidents").status_code == 200
