"""Publish, change and end the notice of an outage."""

from datetime import datetime, timedelta

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.knowledge.models import Outage
from servicedesk.records.operations import clean_text


def publish_outage(
    *,
    actor: Actor,
    desk_id: int,
    title: str,
    text: str,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> Outage:
    """Tell everybody of an outage, from one moment until another or until it is ended."""
    require(actor, Permission.OUTAGE_PUBLISH, desk_id)
    outage = Outage(desk_id=desk_id, **_checked(title, text, starts_at, ends_at), version=1)
    db.session.add(outage)
    db.session.flush()
    write_audit_event("outage.published", subject=outage, actor=actor, at=now)
    return outage


def amend_outage(
    outage: Outage,
    *,
    actor: Actor,
    title: str,
    text: str,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> None:
    """Change what a notice says, or from when until when."""
    require(actor, Permission.OUTAGE_PUBLISH, outage.desk_id)
    for name, value in _checked(title, text, starts_at, ends_at).items():
        setattr(outage, name, value)
    outage.version += 1
    write_audit_event("outage.amended", subject=outage, actor=actor, at=now)


def end_outage(outage: Outage, *, actor: Actor, now: datetime) -> None:
    """Take a notice down: service is restored; one that has not begun yet never shows."""
    require(actor, Permission.OUTAGE_PUBLISH, outage.desk_id)
    if outage.ends_at is not None and outage.ends_at <= now:
        raise InvalidTransition("This notice has ended already.")
    if outage.starts_at >= now:
        outage.starts_at = now - timedelta(seconds=1)
    outage.ends_at = now
    outage.version += 1
    write_audit_event("outage.ended", subject=outage, actor=actor, at=now)


def _checked(title: str, text: str, starts_at: datetime, ends_at: datetime | None) -> dict[str, object]:
    """Return a notice's columns; raise RuleViolation where they make no sense."""
    if ends_at is not None and ends_at <= starts_at:
        raise RuleViolation(ends_at="The end must be after the start. Leave it empty if you do not know it.")
    return {
        "title": clean_text(title, field="title", missing="Say in a few words what is out.", longest=120),
        "text": clean_text(text, field="text", missing="Say what people should know.", longest=4000),
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
