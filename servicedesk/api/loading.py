"""How the API finds what a call names, and ends a change."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound, RuleViolation
from servicedesk.core.permissions import Permission, require
from servicedesk.incidents.models import Incident
from servicedesk.incidents.queries import get_followed_incident, get_incident
from servicedesk.records.transitions import check_version, may_on
from servicedesk.web.access import current_actor


def readable_incident(number: str) -> Incident:
    """Return an incident that the caller reads at a desk or follows as its requester."""
    return _find(number, lock=False)


def incident_to_change(number: str, body: dict[str, Any]) -> Incident:
    """Return an incident locked, at the version that the caller read; takes the version out of the body."""
    incident = _find(number, lock=True)
    check_version(incident, body.pop("version", None))
    return incident


def _find(number: str, *, lock: bool) -> Incident:
    """Look for an incident by either right; a token with neither cannot be told anything of it."""
    actor = current_actor()
    if not actor.may(Permission.INCIDENT_FOLLOW):
        require(actor, Permission.INCIDENT_READ)
    try:
        return get_incident(number, actor=actor, lock=lock)
    except NotFound:
        return get_followed_incident(number, actor=actor, lock=lock)


def reads_notes(incident: Incident) -> bool:
    """Return whether the caller may read what agents tell one another on this incident."""
    return may_on(current_actor(), Permission.INCIDENT_READ, incident)


def settled(incident: Incident) -> Incident:
    """Return an incident after a change, with the version that its row has now."""
    db.session.flush()
    return incident


@contextmanager
def naming(field: str) -> Iterator[None]:
    """Tell what a body names and is not there as a refusal of that field; only a path is not found."""
    try:
        yield
    except NotFound as missing:
        raise RuleViolation(**{field: str(missing)}) from missing
