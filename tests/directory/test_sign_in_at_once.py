"""Local sign-in: attempts at one account are counted one after the other."""

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed
from servicedesk.directory.sign_in import MOST_PER_ACCOUNT, REFUSED, TOO_MANY, check_sign_in

ACCOUNT = "somebody@desk.test"


def attempt(mail=ACCOUNT):
    """Try a wrong password and return the words of the refusal."""
    with pytest.raises(NotAllowed) as refusal:
        check_sign_in(mail=mail, password="wrong", address="192.0.2.1", now=utcnow())
    return str(refusal.value)


def test_an_account_is_closed_after_too_many_attempts(db):
    assert {attempt() for _ in range(MOST_PER_ACCOUNT)} == {REFUSED}
    assert attempt(ACCOUNT.upper()) == TOO_MANY
    assert attempt("another@desk.test") == REFUSED


def test_an_attempt_waits_for_another_at_the_same_account(db, settings):
    engine = create_engine(settings.database_url)
    with engine.begin() as elsewhere:
        elsewhere.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(ACCOUNT, 0))))
        assert attempt("another@desk.test") == REFUSED
        db.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError):
            check_sign_in(mail=ACCOUNT, password="wrong", address="192.0.2.1", now=utcnow())
        db.session.rollback()
    engine.dispose()
