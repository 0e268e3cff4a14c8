"""The audit trail for reading: what was done, to what, by whom; newest first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, false, func, or_, select

from servicedesk.core.audit import KINDS, AuditEvent
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.numbering import parse_number
from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.models import Desk, Organisation, Person, PersonGroup, Site, Team
from servicedesk.directory.queries import find_person_by_mail
from servicedesk.records.models import Category, Record
from servicedesk.records.timeline import Names, names_for, tell_event
from servicedesk.service_levels.models import Calendar, ServiceLevelPolicy

# What an event can be about, and what it is called.
_SUBJECTS: Mapping[str, tuple[Any, Any]] = {
    "record": (Record, Record.number),
    "person": (Person, Person.name),
    "desk": (Desk, Desk.name),
    "team": (Team, Team.name),
    "organisation": (Organisation, Organisation.name),
    "site": (Site, Site.name),
    "person_group": (PersonGroup, PersonGroup.name),
    "category": (Category, Category.path),
}
_OF_A_DESK: tuple[tuple[str, Any], ...] = (
    ("record", Record),
    ("team", Team),
    ("category", Category),
    ("calendar", Calendar),
    ("service_level_policy", ServiceLevelPolicy),
)


def select_events(
    actor: Actor, *, kind: str = "", person_mail: str = "", number: str = ""
) -> Select[AuditEvent]:
    """Return the query for what an actor may read; raise RuleViolation for a filter on what is not there."""
    query = select(AuditEvent).where(_readable_by(actor))
    if kind:
        query = query.where(AuditEvent.kind == kind)
    if person_mail.strip():
        person = find_person_by_mail(person_mail)
        if person is None:
            raise RuleViolation(person="Nobody has this e-mail address.")
        about = and_(AuditEvent.subject_type == "person", AuditEvent.subject_id == person.id)
        query = query.where(or_(AuditEvent.actor_id == person.id, about))
    if number.strip():
        record_id = db.session.scalar(select(Record.id).where(Record.number == parse_number(number)))
        if record_id is None:
            raise RuleViolation(number="There is no record with this number.")
        query = query.where(AuditEvent.subject_type == "record", AuditEvent.subject_id == record_id)
    return query


def _readable_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for what the actor may read: everything, or what happened at their desks."""
    desks = actor.desks_with(Permission.AUDIT_READ)
    if desks is None:
        return AuditEvent.id.is_not(None)
    if not desks:
        return false()
    parts = [
        and_(
            AuditEvent.subject_type == name,
            AuditEvent.subject_id.in_(select(entity.id).where(entity.desk_id.in_(desks))),
        )
        for name, entity in _OF_A_DESK
    ]
    parts.append(and_(AuditEvent.subject_type == "desk", AuditEvent.subject_id.in_(desks)))
    at_desk = func.cast(AuditEvent.data["desk"].astext, BigInteger).in_(desks)
    parts.append(and_(AuditEvent.subject_type == "role_assignment", at_desk))
    return or_(*parts)


def list_kinds() -> list[str]:
    """Return every kind of event that there can be."""
    return sorted(KINDS)


def tell_events(events: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    """Return events in words, with one query for each table that they name."""
    names = names_for(events)
    names |= _subject_names(events)
    return [_tell(event, names) for event in events]


def _tell(event: AuditEvent, names: Names) -> dict[str, Any]:
    """Return one event in words."""
    return {
        "id": event.id,
        "recorded_at": event.recorded_at,
        "at": event.at,
        "who": names.get(("person", event.actor_id), "somebody") if event.actor_id else "Service desk",
        "words": tell_event(event, names) if event.kind in KINDS else event.kind,
        "subject": names.get((event.subject_type, event.subject_id)) or _unnamed(event, names),
        "kind": event.kind,
        "details": ", ".join(f"{key}: {_plain(value)}" for key, value in sorted(event.data.items())),
    }


def _unnamed(event: AuditEvent, names: Names) -> str:
    """Say what an event is about that has no name of its own: “calendar of ICT”, “outage 3”."""
    words = event.subject_type.replace("_", " ")
    for kind in ("person", "desk"):
        owner = names.get((kind, event.data.get(kind, 0)))
        if owner:
            return f"{words} of {owner}"
    return f"{words} {event.subject_id}"


def _plain(value: Any) -> str:
    """Return a value of an event's data for reading."""
    if isinstance(value, list):
        return " → ".join(map(str, value))
    return "–" if value is None else str(value)


def _subject_names(events: Iterable[AuditEvent]) -> Names:
    """Return what the events are about, one query for each table."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event.subject_type in _SUBJECTS:
            wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    names: Names = {}
    for kind, ids in wanted.items():
        entity, column = _SUBJECTS[kind]
        rows = db.session.execute(select(entity.id, column).where(entity.id.in_(ids)))
        names |= {(kind, row_id): name for row_id, name in rows}
    return names
