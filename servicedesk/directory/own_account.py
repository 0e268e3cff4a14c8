"""What people change about their own account."""

from datetime import datetime

from sqlalchemy import update

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor
from servicedesk.directory.models import Person, SignInSession
from servicedesk.directory.sign_in import check_sign_in, hash_password

NOTHING_NEW = "This is your current password. Choose another one."


def change_password(
    person: Person, *, actor: Actor, current: str, password: str, address: str, session_id: int, now: datetime
) -> None:
    """Change the password of one's own local account and end one's other sessions.

    The current password is checked, counted and limited like a sign-in: NotAllowed if it is wrong.
    """
    if person.password_hash is None:
        raise RuleViolation(current="Your password is kept elsewhere, so it cannot be changed here.")
    check_sign_in(mail=person.mail, password=current, address=address, now=now)
    if password == current:
        raise RuleViolation(password=NOTHING_NEW)
    person.password_hash = hash_password(password)
    others = (
        SignInSession.person_id == person.id,
        SignInSession.id != session_id,
        SignInSession.ended_at.is_(None),
    )
    db.session.execute(update(SignInSession).where(*others).values(ended_at=now))
    write_audit_event("person.password-changed", subject=person, actor=actor, at=now)


def choose_shortcuts(person: Person, *, actor: Actor, shortcuts: bool, now: datetime) -> None:
    """Switch single keys on or off for oneself."""
    if person.shortcuts != shortcuts:
        person.shortcuts = shortcuts
        write_audit_event("person.amended", subject=person, actor=actor, at=now, fields=["shortcuts"])
