"""Local sign-in: passwords, limited attempts, sessions."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import func, select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import NotAllowed, NotFound, RuleViolation
from servicedesk.core.permissions import SYSTEM, Actor
from servicedesk.directory.models import Person, SignInAttempt, SignInSession
from servicedesk.directory.queries import find_person_by_mail

SESSION_LASTS = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
ATTEMPTS_WITHIN = timedelta(minutes=15)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 60
SHORTEST_PASSWORD = 12
REFUSED = "The e-mail address or the password is not right. Try again, or ask the service desk for help."
TOO_MANY = "There were too many attempts. Wait a quarter of an hour, or ring the service desk."

_hasher = PasswordHasher()
# Checked for names that nobody has, so that they take as long as those that somebody has.
_NOBODYS_HASH = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return an argon2id hash; raise RuleViolation for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleViolation(
            password=f"Use at least {SHORTEST_PASSWORD} characters; three words together are good."
        )
    return _hasher.hash(password)


def check_sign_in(*, mail: str, password: str, address: str, now: datetime) -> Person:
    """Return who signs in; raise NotAllowed, in the same words for every reason within the account."""
    account = mail.replace("\x00", "").strip().lower()[:254]
    # One attempt at a time for each account: many at once would all be counted as the first.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(account, 0))))
    if _is_limited(account, address, now):
        _refuse(account, address, "limited", now)
        raise NotAllowed(TOO_MANY)
    person = find_person_by_mail(account)
    usable = person is not None and person.is_active and person.password_hash is not None
    held = person.password_hash if person is not None and usable else None
    if not _matches(held or _NOBODYS_HASH, password) or person is None or held is None:
        _refuse(account, address, "password" if usable else "account", now, person)
        raise NotAllowed(REFUSED)
    return person


def _matches(held: str, password: str) -> bool:
    """Return whether a password belongs to a hash."""
    try:
        return _hasher.verify(held, password)
    except (Argon2Error, InvalidHashError):
        return False


def _is_limited(account: str, address: str, now: datetime) -> bool:
    """Return whether the account or the address has been refused too often of late."""
    recent = SignInAttempt.at > now - ATTEMPTS_WITHIN
    count = select(func.count()).select_from(SignInAttempt).where(recent)
    by_account = db.session.scalar(count.where(SignInAttempt.account == account)) or 0
    by_address = db.session.scalar(count.where(SignInAttempt.address == address)) or 0
    return by_account >= MOST_PER_ACCOUNT or by_address >= MOST_PER_ADDRESS


def _refuse(account: str, address: str, reason: str, now: datetime, person: Person | None = None) -> None:
    """Write down a refused attempt; an unknown name is not kept in the audit trail."""
    if reason != "limited":
        db.session.add(SignInAttempt(account=account, address=address, at=now))
    subject = person or _Nobody()
    write_audit_event("person.sign-in-refused", subject=subject, actor=SYSTEM, at=now, reason=reason)


class _Nobody:
    """The subject of a refusal of a name that nobody has."""

    __tablename__ = "person"
    id = 0


def start_session(person: Person, *, method: str, address: str, browser: str, now: datetime) -> str:
    """Begin a session and return its token, which is kept nowhere but in the browser."""
    token = secrets.token_urlsafe(32)
    session = SignInSession(
        person_id=person.id, token_hash=hash_token(token), started_at=now, seen_at=now,
        expires_at=now + SESSION_LASTS, address=address, browser=browser[:200],
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    actor = Actor(person.id, person.name)
    write_audit_event(
        "person.signed-in", subject=person, actor=actor, at=now, method=method, session=session.id
    )
    return token


def hash_token(token: str) -> bytes:
    """Return what is stored of a token; it is random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def find_session(token: str, now: datetime) -> tuple[Person, SignInSession] | None:
    """Return who is signed in with a token, and note now and then that they were seen."""
    query = select(Person, SignInSession).join(SignInSession, SignInSession.person_id == Person.id)
    live = (SignInSession.ended_at.is_(None), SignInSession.expires_at > now, Person.is_active)
    row = db.session.execute(query.where(SignInSession.token_hash == hash_token(token), *live)).one_or_none()
    if row is None:
        return None
    person, session = row
    if now - session.seen_at > SEEN_EVERY:
        session.seen_at = now
    return person, session


def list_sessions(person_id: int, now: datetime) -> list[SignInSession]:
    """Return somebody's live sessions, the newest first."""
    query = select(SignInSession).where(
        SignInSession.person_id == person_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > now
    )
    return list(db.session.scalars(query.order_by(SignInSession.started_at.desc())))


def end_session(session_id: int, *, actor: Actor, person: Person, now: datetime, kind: str) -> None:
    """End one of somebody's sessions; raise NotFound if it is not theirs."""
    session = db.session.get(SignInSession, session_id)
    if session is None or session.person_id != person.id:
        raise NotFound("There is no such session.")
    session.ended_at = now
    details = {"session": session.id} if kind == "person.signed-out" else {}
    subject = person if kind == "person.signed-out" else session
    write_audit_event(kind, subject=subject, actor=actor, at=now, **details)
