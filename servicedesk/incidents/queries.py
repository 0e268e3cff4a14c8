"""Reads about incidents: one of them, or the rows of a queue."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.numbering import parse_number
from servicedesk.core.permissions import Actor, Permission
from servicedesk.incidents.models import Incident, PriorityRule
from servicedesk.incidents.priority import priority_of
from servicedesk.records.models import Record
from servicedesk.records.queries import followed_by, visible_to

# What a page or an answer tells of an incident beside its own columns.
SHOWN = (
    joinedload(Incident.requester), joinedload(Incident.assignee), joinedload(Incident.team),
    joinedload(Incident.desk), joinedload(Incident.category), joinedload(Incident.site),
    joinedload(Incident.reporter), joinedload(Incident.organisation),
)  # fmt: skip


def get_incident(number: str, *, actor: Actor, lock: bool = False) -> Incident:
    """Return an incident that the actor may read at a desk, locked if it is to be changed."""
    return _get(number, visible_to(actor, Permission.INCIDENT_READ), lock=lock)


def get_followed_incident(number: str, *, actor: Actor, lock: bool = False) -> Incident:
    """Return an incident that the actor asked for, reported for a colleague or watches."""
    return _get(number, followed_by(actor), lock=lock)


def _get(number: str, seen: ColumnElement[bool], *, lock: bool) -> Incident:
    """Return one incident within what is seen; the same words whether it is hidden or not there."""
    if lock:
        # Locked by itself first: the join below cannot be locked, and must see what the lock waited for.
        db.session.execute(select(Record.id).where(Record.number == parse_number(number)).with_for_update())
    query = select(Incident).where(Incident.number == parse_number(number), seen)
    incident = db.session.scalar(query.options(*SHOWN).execution_options(populate_existing=True))
    if incident is None:
        raise NotFound(f"There is no incident {number} that you may see.")
    return incident


def priority_for(desk_id: int, impact: int, urgency: int) -> int:
    """Return what the desk's matrix makes of an impact and an urgency."""
    return priority_of(matrix_of(desk_id), impact, urgency)


def matrix_of(desk_id: int) -> dict[tuple[int, int], int]:
    """Return a desk's own cells of the matrix."""
    rules = db.session.scalars(select(PriorityRule).where(PriorityRule.desk_id == desk_id))
    return {(rule.impact, rule.urgency): rule.priority for rule in rules}


def count_open_for(person_id: int) -> int:
    """Return how many open records somebody asked for (at most 100 are counted)."""
    ids = select(Record.id).where(Record.requester_id == person_id, Record.is_open).limit(100)
    return len(db.session.scalars(ids).all())


def count_assigned_to(person_id: int) -> int:
    """Return how many open records somebody works on (at most 1,000 are counted)."""
    ids = select(Record.id).where(Record.assignee_id == person_id, Record.is_open).limit(1000)
    return len(db.session.scalars(ids).all())
