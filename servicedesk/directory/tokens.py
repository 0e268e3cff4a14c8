"""Access tokens for the API: made once, shown once, stored as a hash."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import NotFound, RuleViolation
from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.models import AccessToken, Person
from servicedesk.directory.sign_in import hash_token

PREFIX = "sd_"
USED_EVERY = timedelta(minutes=5)


def create_token(
    person: Person,
    *,
    actor: Actor,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """Make a token and return it; it cannot be shown again."""
    unknown = set(scopes) - set(Permission)
    if unknown or not scopes:
        raise RuleViolation(scopes=f"Choose at least one of: {', '.join(Permission)}.")
    if not name.strip():
        raise RuleViolation(name="Say what the token is for.")
    token = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken(
        person_id=person.id, name=name.strip()[:100], token_hash=hash_token(token),
        scopes=sorted(set(scopes)), created_at=now, expires_at=expires_at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    write_audit_event("access-token.created", subject=row, actor=actor, at=now, scopes=row.scopes)
    return token


def find_token(token: str, now: datetime) -> tuple[Person, AccessToken] | None:
    """Return whose token it is, and note now and then that it was used."""
    if not token.startswith(PREFIX):
        return None
    query = select(Person, AccessToken).join(AccessToken, AccessToken.person_id == Person.id)
    row = db.session.execute(
        query.where(
            AccessToken.token_hash == hash_token(token), AccessToken.revoked_at.is_(None), Person.is_active
        )
    ).one_or_none()
    if row is None or (row[1].expires_at is not None and row[1].expires_at <= now):
        return None
    person, held = row
    if held.used_at is None or now - held.used_at > USED_EVERY:
        held.used_at = now
    return person, held


def list_tokens(person_id: int) -> Sequence[AccessToken]:
    """Return somebody's tokens that are not revoked, the newest first."""
    query = select(AccessToken).where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
    return db.session.scalars(query.order_by(AccessToken.id.desc())).all()


def revoke_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """End one of the actor's own tokens at once; raise NotFound if it is not theirs.

    The service desk itself (the command of its operator) may end anybody's.
    """
    token = db.session.get(AccessToken, token_id)
    if token is None or actor.person_id not in (None, token.person_id):
        raise NotFound("There is no such access token.")
    token.revoked_at = now
    write_audit_event("access-token.revoked", subject=token, actor=actor, at=now)
