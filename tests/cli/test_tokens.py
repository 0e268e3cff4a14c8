"""The commands for access tokens, as an operator types them."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db as database
from servicedesk.directory.models import AccessToken, Organisation, Person
from servicedesk.directory.tokens import find_token
from servicedesk.settings import Settings
from tests.commands import ROOT, environment_of

MAIL = "robot@tokens.test"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(settings: Settings) -> Command:
    """Return how to type a command about tokens, against this process's database."""

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "servicedesk", "tokens", *words],
            env=environment_of(settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return typed


@pytest.fixture
def robot(app: Flask) -> Iterator[int]:
    """Keep a person whom another process sees; taken away afterwards, but for the trail, which only grows."""
    with app.app_context():
        organisation = Organisation(name="Tokens Council", short_name="TC")
        database.session.add(organisation)
        database.session.flush()
        person = Person(name="Robot", mail=MAIL, organisation_id=organisation.id)
        database.session.add(person)
        database.session.commit()
        yield person.id
        for row in [*database.session.scalars(select(AccessToken)), person, organisation]:
            database.session.delete(row)
            database.session.flush()
        database.session.commit()


def test_a_token_is_made_listed_and_revoked(command: Command, robot: int, app: Flask) -> None:
    made = command(
        "create", "--person", MAIL.upper(), "--scope", "incident:read", "--name", "Monitor", "--days", "9"
    )
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"sd_[\w-]{40,}\n", made.stdout)
    assert "cannot be shown again" in made.stderr
    found: Any = find_token(made.stdout.strip(), utcnow())
    assert (found[0].id, found[1].scopes, found[1].name) == (robot, ["incident:read"], "Monitor")
    listed = command("list", "--person", MAIL).stdout
    assert listed.split("\t")[:2] == [str(found[1].id), "Monitor"]
    assert made.stdout.strip() not in listed
    assert command("revoke", str(found[1].id)).returncode == 0
    database.session.rollback()
    assert find_token(made.stdout.strip(), utcnow()) is None
    kinds = select(AuditEvent.kind).where(AuditEvent.subject_id == found[1].id).order_by(AuditEvent.id)
    assert [kind for kind in database.session.scalars(kinds) if kind.startswith("access-token")] == [
        "access-token.created",
        "access-token.revoked",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["create", "--person", "nobody@tokens.test", "--scope", "incident:read"], "Nobody here"),
        (["create", "--person", MAIL, "--scope", "incident:fly"], "incident:fly"),
        (["create", "--person", MAIL, "--scope", "incident:read", "--name", " "], "what the token is for"),
        (["revoke", "987654321"], "no such access token"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    command: Command, robot: int, words: list[str], told: str
) -> None:
    refused = command(*words)
    assert refused.returncode != 0
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr
    assert refused.stdout == ""
