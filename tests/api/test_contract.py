"""The API against its own document: Schemathesis sends what it may hold, and what it may not."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis import Case, GenerationMode
from schemathesis.engine import Status, events, from_schema

from servicedesk.core.db import db as database
from servicedesk.core.permissions import Role
from tests.api.conftest import make_token
from tests.factories import (
    make_agent,
    make_category,
    make_incident,
    make_person,
    make_site,
    make_team,
    the_desk,
)

# Left out: that whatever fits the document is taken. Rules of the domain are not in it and refuse with 422.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
)


def configured(token: str, examples: int) -> schemathesis.Config:
    """Return how Schemathesis is to run: with a token, the same cases every time."""
    return schemathesis.Config.from_dict(
        {
            "seed": 7,
            "headers": {"Authorization": f"Bearer {token}"},
            "continue-on-failure": True,
            "phases": {"stateful": {"enabled": False}},
            "generation": {"max-examples": examples, "deterministic": True},
            "checks": {"enabled": False} | {check: {"enabled": True} for check in CHECKS},
        }
    )


def known_things() -> dict[str, Iterator[Any]]:
    """Return what a case may name, one after the other: a few incidents, since steps use them up."""
    things: dict[str, list[Any]] = {
        "number": [make_incident().number for _ in range(40)],
        "desk_id": [the_desk().id],
        "team_id": [make_team().id, make_team().id],
        "category_id": [make_category().id],
        "site_id": [make_site().id],
        "requester_id": [make_person().id],
        "person_id": [make_person().id],
        "assignee_id": [make_agent().id, make_agent().id],
    }
    return {name: itertools.cycle(values) for name, values in things.items()}


def refusals_of_the_document(app: Flask, examples: int) -> set[str]:
    """Run every operation with so many cases; return what went against the document."""
    token, known = make_token(make_person(Role.TEAM_LEAD)), known_things()
    database.session.commit()
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=configured(token, examples))

    @document.hook
    def map_case(context: Any, case: Case) -> Case:
        """Let a case that fits the document name what is there, or it would never find anything."""
        if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
            for given in (case.path_parameters, case.body):
                if isinstance(given, dict):
                    given.update({name: next(known[name]) for name in given if name in known})
                    given.pop("version", None)
        return case

    return set(itertools.chain.from_iterable(map(told, from_schema(document).execute())))


def told(event: events.EngineEvent) -> list[str]:
    """Return what an event tells against the API."""
    if isinstance(event, events.NonFatalError | events.FatalError):
        return [repr(event.value if isinstance(event, events.NonFatalError) else event.exception)]
    if not isinstance(event, events.ScenarioFinished):
        return []
    return [
        f"{event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.status is Status.FAILURE and check.failure_info is not None
    ]


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_every_answer_is_in_the_document(app: Flask, db: Any) -> None:
    assert refusals_of_the_document(app, examples=2) == set()


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_every_answer_is_in_the_document_for_long(app: Flask, db: Any) -> None:
    assert refusals_of_the_document(app, examples=100) == set()
