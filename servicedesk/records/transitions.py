"""Workflow as data, and the one function that moves a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicedesk.core.audit import AuditEvent, write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, NotAllowed, StaleVersion
from servicedesk.core.permissions import SHARED_PERMISSIONS, Actor, Permission
from servicedesk.records.models import Record, RecordShare


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from which states to which, by what right, leaving which audit event.

    `words` say what is done, with {} for whom or what it is done to.
    `follow` is the right by which the record's own requester may take it too.
    """

    sources: frozenset[str]
    target: str
    permission: Permission
    event: str
    words: str
    follow: Permission | None = None


def transition(
    record: Any,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    **details: Any,
) -> AuditEvent:
    """Take one step of the record's workflow, with what the new state needs, and write its audit event.

    Raises NotAllowed without the right and InvalidTransition where the state does not allow the step.
    """
    step = record.TRANSITIONS[action]
    if not may_take(actor, record, step):
        raise NotAllowed(f"You do not have the right to {step.words.format(record.number)}.")
    if record.state not in step.sources:
        states = " or ".join(sorted(state_words(source) for source in step.sources))
        raise InvalidTransition(
            f"{record.number} is {state_words(record.state)}, so you cannot {step.words.format('it')}: "
            f"it must be {states}."
        )
    before, record.state = record.state, step.target
    record.changed_at = now
    record.is_open = step.target in record.OPEN_STATES
    for name, value in (changes or {}).items():
        setattr(record, name, value)
    return write_audit_event(
        step.event, subject=record, actor=actor, at=now, state=[before, step.target], **details
    )


def may_take(actor: Actor, record: Any, step: Transition) -> bool:
    """Return whether the actor may take the step on this record, whatever its state."""
    by_desk = actor.may(step.permission, record.desk_id)
    by_own = step.follow is not None and is_for(record, actor) and actor.may(step.follow)
    return by_desk or by_own


def allowed_steps(actor: Actor, record: Any) -> list[str]:
    """Return the names of the steps that the actor may take now, in the table's order."""
    return [
        name
        for name, step in record.TRANSITIONS.items()
        if record.state in step.sources and may_take(actor, record, step)
    ]


def is_for(record: Record, actor: Actor) -> bool:
    """Return whether the record is the actor's own: asked for by them, or by them for a colleague."""
    return actor.person_id is not None and actor.person_id in (record.requester_id, record.reporter_id)


def require_on(actor: Actor, permission: Permission, record: Record) -> None:
    """Raise NotAllowed unless the right is held at the record's desk, or by a desk that it is shared with."""
    if not may_on(actor, permission, record):
        raise NotAllowed(f"You do not have the right “{permission}” on {record.number}.")


def may_on(actor: Actor, permission: Permission, record: Record) -> bool:
    """Return whether the right is held on this record."""
    if actor.may(permission, record.desk_id):
        return True
    if permission not in SHARED_PERMISSIONS:
        return False
    shares = db.session.query(RecordShare.desk_id).filter_by(record_id=record.id)
    return any(actor.may(permission, desk_id) for (desk_id,) in shares)


def check_version(record: Record, version: int | None) -> None:
    """Raise StaleVersion if the record was changed since that version was read."""
    if version is not None and version != record.version:
        raise StaleVersion(
            f"{record.number} was changed by somebody else while you were working on it. "
            "Look at what is new, then send yours again."
        )


def state_words(state: str) -> str:
    """Return a state as people say it."""
    return state.replace("_", " ")
