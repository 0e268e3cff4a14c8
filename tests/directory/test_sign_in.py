"""Signing in: right, wrong, too often, and the sessions that come of it."""

from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed, NotFound, RuleViolation
from servicedesk.directory.models import Person, SignInAttempt, SignInSession
from servicedesk.directory.sign_in import (
    ATTEMPTS_WITHIN,
    MOST_PER_ACCOUNT,
    MOST_PER_ADDRESS,
    REFUSED,
    SESSION_LASTS,
    TOO_MANY,
    check_sign_in,
    end_session,
    find_session,
    hash_password,
    list_sessions,
    start_session,
)
from tests.factories import PASSWORD, acting, make_person, with_password

ADDRESS = "192.0.2.7"


def attempt(mail: str, password: str = PASSWORD, address: str = ADDRESS, **given: Any) -> Person:
    return check_sign_in(mail=mail, password=password, address=address, **({"now": utcnow()} | given))


def begin(person: Person, **given: Any) -> str:
    values = {"method": "password", "address": ADDRESS, "browser": "Firefox", "now": utcnow()} | given
    return start_session(person, **values)


def reasons(db: Any) -> list[str]:
    """Return why sign-ins were refused, from the audit trail."""
    query = select(AuditEvent.data).where(AuditEvent.kind == "person.sign-in-refused").order_by(AuditEvent.id)
    return [data["reason"] for data in db.session.scalars(query)]


def test_the_right_password_lets_in_whatever_the_case_of_the_address(db: Any) -> None:
    person = with_password(make_person(mail="Zoe@Example.Test"))
    assert attempt(" zoe@example.TEST ") is person


def test_every_reason_within_the_account_is_refused_in_the_same_words(db: Any) -> None:
    known = with_password(make_person())
    left = with_password(make_person(is_active=False))
    without = make_person()
    for mail, password in (
        (known.mail, "wrong password"), (left.mail, PASSWORD), (without.mail, PASSWORD),
        ("nobody@example.test", PASSWORD),
        (known.mail, ""), ("", ""), ("nul\x00@example.test", PASSWORD), (known.mail, "nul\x00nul"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            attempt(mail, password)
        assert str(refusal.value) == REFUSED
    assert reasons(db)[:4] == ["password", "account", "account", "account"]


def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(db: Any) -> None:
    known = with_password(make_person())

    def seconds(mail: str) -> float:
        began = perf_counter()
        with pytest.raises(NotAllowed):
            attempt(mail, "wrong password", address=f"address of {began}")
        return perf_counter() - began

    pairs = [(seconds(known.mail), seconds(f"nobody{place}@example.test")) for place in range(5)]
    assert 0.4 < median(first for first, _ in pairs) / median(second for _, second in pairs) < 2.5


def test_an_account_is_closed_for_a_while_after_too_many_attempts(db: Any) -> None:
    person, now = with_password(make_person()), utcnow()
    for place in range(MOST_PER_ACCOUNT):
        with pytest.raises(NotAllowed, match="not right"):
            attempt(person.mail, "wrong password", address=f"192.0.2.{place}", now=now)
    with pytest.raises(NotAllowed, match=TOO_MANY):
        attempt(person.mail.upper(), now=now)
    assert reasons(db)[-1] == "limited"
    assert attempt(person.mail, now=now + ATTEMPTS_WITHIN) is person


def test_an_address_is_closed_to_all_accounts_after_too_many_attempts(db: Any) -> None:
    person, now = with_password(make_person()), utcnow()
    db.session.add_all(
        SignInAttempt(account=f"name {place}", address=ADDRESS, at=now) for place in range(MOST_PER_ADDRESS)
    )
    with pytest.raises(NotAllowed, match=TOO_MANY):
        attempt(person.mail, now=now)
    assert attempt(person.mail, address="192.0.2.8", now=now) is person


def test_a_short_password_is_refused_and_a_long_one_is_kept_as_a_hash(db: Any) -> None:
    with pytest.raises(RuleViolation, match="12 characters"):
        hash_password("eleven char")
    assert hash_password("twelve chars").startswith("$argon2id$")


def test_a_session_opens_until_it_ends_or_expires(db: Any) -> None:
    person, now = make_person(), utcnow()
    token = begin(person, now=now)
    found = find_session(token, now)
    assert found is not None
    assert found[0] is person
    assert find_session(token + "x", now) is None
    assert find_session(token, now + SESSION_LASTS - timedelta(seconds=1)) is not None
    assert find_session(token, now + SESSION_LASTS) is None
    end_session(found[1].id, actor=acting(person), person=person, now=now, kind="person.signed-out")
    assert find_session(token, now) is None


def test_a_session_ends_with_its_persons_being_here(db: Any) -> None:
    person = make_person()
    token = begin(person)
    person.is_active = False
    db.session.flush()
    assert find_session(token, utcnow()) is None


def test_nobody_ends_anothers_session(db: Any) -> None:
    person, other, now = make_person(), make_person(), utcnow()
    begin(person)
    session = list_sessions(person.id, now)[0]
    with pytest.raises(NotFound):
        end_session(session.id, actor=acting(other), person=other, now=now, kind="sign-in-session.revoked")
    assert list_sessions(person.id, now) == [session]


def test_the_token_itself_is_kept_nowhere(db: Any) -> None:
    token = begin(make_person())
    kept = db.session.scalars(select(SignInSession)).one()
    assert token.encode() not in kept.token_hash
    assert token not in repr(list(db.session.execute(select(AuditEvent.data))))
