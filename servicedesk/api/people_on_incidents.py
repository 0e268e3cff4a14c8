"""Who works on an incident, who may see it and who is told: take, assign, transfer, share, watch."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.incident_steps import StepSchema
from servicedesk.api.loading import incident_to_change, naming, readable_incident, settled
from servicedesk.api.schemas.conversation import WatchersSchema
from servicedesk.api.schemas.incidents import (
    AssignIncidentSchema,
    IncidentSchema,
    ShareIncidentSchema,
    TransferIncidentSchema,
    WatcherSchema,
)
from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.directory.queries import get_desk, get_person, get_team
from servicedesk.incidents import assignment
from servicedesk.incidents.models import Incident
from servicedesk.records.operations import add_watcher, remove_watcher
from servicedesk.records.queries import list_watchers
from servicedesk.records.transitions import require_on
from servicedesk.web.access import current_actor, current_person, requires

hands = ApiBlueprint(
    "people-on-incidents", "Take, assign, transfer and share an incident, and have people told."
)


@hands.post("/incidents/<record_number:number>/take")
@requires(Permission.INCIDENT_ASSIGN)
@hands.takes(StepSchema, needed=False)
@hands.answers(200, IncidentSchema)
def take_incident(body: dict[str, Any], number: str) -> Incident:
    """Take an incident oneself.

    A new one is started thereby.
    """
    incident = incident_to_change(number, body)
    assignment.take_incident(incident, actor=current_actor(), person=current_person(), now=utcnow())
    return settled(incident)


@hands.post("/incidents/<record_number:number>/assign")
@requires(Permission.INCIDENT_ASSIGN)
@hands.takes(AssignIncidentSchema)
@hands.answers(200, IncidentSchema)
def assign_incident(body: dict[str, Any], number: str) -> Incident:
    """Assign an incident to an agent, or back to the team."""
    incident = incident_to_change(number, body)
    with naming("assignee_id"):
        assignee = get_person(body["assignee_id"]) if body["assignee_id"] is not None else None
    assignment.assign_incident(incident, actor=current_actor(), assignee=assignee, now=utcnow())
    return settled(incident)


@hands.post("/incidents/<record_number:number>/transfer")
@requires(Permission.INCIDENT_TRANSFER)
@hands.takes(TransferIncidentSchema)
@hands.answers(200, IncidentSchema)
def transfer_incident(body: dict[str, Any], number: str) -> Incident:
    """Transfer an incident to another team, of this desk or another."""
    incident = incident_to_change(number, body)
    with naming("team_id"):
        team = get_team(body["team_id"])
    assignment.transfer_incident(
        incident, actor=current_actor(), team=team, reason=body["reason"], now=utcnow()
    )
    return settled(incident)


@hands.post("/incidents/<record_number:number>/share")
@requires(Permission.INCIDENT_SHARE)
@hands.takes(ShareIncidentSchema)
@hands.answers(200, IncidentSchema)
def share_incident(body: dict[str, Any], number: str) -> Incident:
    """Share an incident with another desk."""
    incident = incident_to_change(number, body)
    with naming("desk_id"):
        desk = get_desk(body["desk_id"])
    assignment.share_incident(incident, actor=current_actor(), desk_id=desk.id, now=utcnow())
    return settled(incident)


@hands.get("/incidents/<record_number:number>/watchers")
@requires(Permission.INCIDENT_READ)
@hands.answers(200, WatchersSchema)
def read_watchers(number: str) -> dict[str, Any]:
    """List who watches an incident."""
    incident = readable_incident(number)
    require_on(current_actor(), Permission.INCIDENT_READ, incident)
    return _watchers(incident)


@hands.post("/incidents/<record_number:number>/watchers")
@requires(Permission.INCIDENT_COMMENT)
@hands.takes(WatcherSchema)
@hands.answers(200, WatchersSchema)
def watch_incident(body: dict[str, Any], number: str) -> dict[str, Any]:
    """Have somebody told what the requester is told."""
    incident = incident_to_change(number, body)
    require_on(current_actor(), Permission.INCIDENT_COMMENT, incident)
    with naming("person_id"):
        person = get_person(body["person_id"])
    add_watcher(incident, person.id, actor=current_actor(), now=utcnow())
    return _watchers(settled(incident))


@hands.delete("/incidents/<record_number:number>/watchers/<id:person_id>")
@requires(Permission.INCIDENT_COMMENT)
@hands.answers(200, WatchersSchema)
def unwatch_incident(number: str, person_id: int) -> dict[str, Any]:
    """Tell somebody no more."""
    incident = incident_to_change(number, {})
    require_on(current_actor(), Permission.INCIDENT_COMMENT, incident)
    remove_watcher(incident, person_id, actor=current_actor(), now=utcnow())
    return _watchers(settled(incident))


def _watchers(incident: Incident) -> dict[str, Any]:
    """Return who watches an incident."""
    return {"items": [watcher.person for watcher in list_watchers(incident.id)]}
