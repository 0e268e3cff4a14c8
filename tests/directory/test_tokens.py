"""Access tokens: shown once, narrowed, ended."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotFound, RuleViolation
from servicedesk.core.permissions import SYSTEM, Permission
from servicedesk.directory.models import AccessToken, Person
from servicedesk.directory.tokens import PREFIX, create_token, find_token, list_tokens, revoke_token
from tests.factories import acting, make_person


def make_token(person: Person, **given: Any) -> str:
    values = {
        "name": "Robot",
        "scopes": [Permission.INCIDENT_READ],
        "expires_at": None,
        "now": utcnow(),
    } | given
    return create_token(person, actor=acting(person), **values)


def test_a_token_finds_its_person_until_it_is_revoked(db: Any) -> None:
    person, now = make_person(), utcnow()
    token = make_token(person)
    found = find_token(token, now)
    assert token.startswith(PREFIX)
    assert found is not None
    assert found[0] is person
    assert found[1].used_at == now
    revoke_token(found[1].id, actor=acting(person), now=now)
    assert find_token(token, now) is None
    assert list_tokens(person.id) == []


def test_a_token_ends_at_its_moment_and_with_its_person(db: Any) -> None:
    person, now = make_person(), utcnow()
    passing, lasting = make_token(person, expires_at=now + timedelta(hours=1)), make_token(person)
    assert find_token(passing, now) is not None
    assert find_token(passing, now + timedelta(hours=1)) is None
    person.is_active = False
    db.session.flush()
    assert find_token(lasting, now) is None


def test_only_a_hash_is_kept(db: Any) -> None:
    token = make_token(make_person())
    assert token.encode() not in db.session.scalars(select(AccessToken.token_hash)).one()


@pytest.mark.parametrize("given", [{"scopes": []}, {"scopes": ["incident:fly"]}, {"name": " "}])
def test_a_token_without_a_name_or_with_unknown_scopes_is_not_made(db: Any, given: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation):
        make_token(make_person(), **given)


def test_nobody_revokes_anothers_token_but_the_operator(db: Any) -> None:
    token = make_token(make_person())
    row = db.session.scalars(select(AccessToken)).one()
    with pytest.raises(NotFound):
        revoke_token(row.id, actor=acting(make_person()), now=utcnow())
    assert find_token(token, utcnow()) is not None
    revoke_token(row.id, actor=SYSTEM, now=utcnow())
    assert find_token(token, utcnow()) is None


@pytest.mark.parametrize("token", ["", "sd_", "sd_x\x00y", "Bearer", "sd_" + "x" * 5000, "sd_é"])
def test_anything_else_is_no_token(db: Any, token: str) -> None:
    assert find_token(token, utcnow()) is None
