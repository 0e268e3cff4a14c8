"""Incidents: find, log, read, amend."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.loading import incident_to_change, naming, readable_incident, settled
from servicedesk.api.schemas.base import page_of
from servicedesk.api.schemas.incidents import (
    AmendIncidentSchema,
    IncidentSchema,
    IncidentsQuery,
    IncidentsSchema,
    LogIncidentSchema,
)
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.directory.queries import get_desk, get_person
from servicedesk.incidents import operations
from servicedesk.incidents.listing import IncidentFilter, list_followed, list_incidents
from servicedesk.incidents.models import Incident
from servicedesk.web.access import current_actor, current_person, requires

incidents = ApiBlueprint("incidents", "Find, log, read and amend incidents.")
TEXTS = ("title", "description", "location")
LEVELS = ("impact", "urgency")


@incidents.get("/incidents")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@incidents.query(IncidentsQuery)
@incidents.answers(200, IncidentsSchema)
def find_incidents(wanted: dict[str, Any]) -> dict[str, Any]:
    """List incidents.

    With `incident:read` those of the caller's desks; with `incident:follow` alone the caller's own.
    """
    actor, now = current_actor(), utcnow()
    asked = IncidentFilter.read({name: str(value) for name, value in wanted.items()})
    of_desks = actor.may(Permission.INCIDENT_READ)
    query = list_incidents(asked, actor, now) if of_desks else list_followed(asked, actor, now)
    return page_of(fetch_page(query, asked.order, after=wanted.get("cursor", ""), size=wanted["limit"]))


@incidents.post("/incidents")
@requires(Permission.INCIDENT_LOG, Permission.INCIDENT_REPORT)
@incidents.takes(LogIncidentSchema)
@incidents.answers(201, IncidentSchema)
def log_incident(body: dict[str, Any]) -> Incident:
    """Log an incident.

    With `incident:log` for anybody, with `incident:report` as the requester.
    """
    with naming("desk_id"):
        desk = get_desk(body.pop("desk_id"))
    with naming("requester_id"):
        asker = get_person(body.pop("requester_id", current_person().id))
    return settled(
        operations.log_incident(
            actor=current_actor(), desk=desk, requester=asker, channel="api", now=utcnow(), **body
        )
    )


@incidents.get("/incidents/<record_number:number>")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@incidents.answers(200, IncidentSchema)
def read_incident(number: str) -> Incident:
    """Read an incident."""
    return readable_incident(number)


@incidents.patch("/incidents/<record_number:number>")
@requires(Permission.INCIDENT_AMEND)
@incidents.takes(AmendIncidentSchema)
@incidents.answers(200, IncidentSchema)
def amend_incident(body: dict[str, Any], number: str) -> Incident:
    """Amend an incident.

    Its words, its category, its impact and urgency: the desk's matrix gives the priority, unless one is sent
    with a reason.
    """
    incident, actor, now = incident_to_change(number, body), current_actor(), utcnow()
    if not body.keys() - {"reason"}:
        raise RuleViolation(body="Send at least one field to change.")
    _amend_words(incident, {name: body[name] for name in TEXTS if name in body})
    if any(name in body for name in (*LEVELS, "priority")):
        _prioritise(incident, body)
    if "category_id" in body:
        operations.categorise_incident(incident, actor=actor, category_id=body["category_id"], now=now)
    return settled(incident)


def _amend_words(incident: Incident, given: dict[str, str]) -> None:
    """Change the texts that were sent; the others stay."""
    if given:
        texts = {name: getattr(incident, name) for name in TEXTS} | given
        operations.amend_incident(incident, actor=current_actor(), now=utcnow(), **texts)


def _prioritise(incident: Incident, body: dict[str, Any]) -> None:
    """Change impact, urgency or priority; a level that was not sent stays."""
    levels = {name: body.get(name, getattr(incident, name)) for name in LEVELS}
    override, reason = body.get("priority"), body.get("reason", "")
    operations.prioritise_incident(
        incident, actor=current_actor(), now=utcnow(), priority=override, reason=reason, **levels
    )
