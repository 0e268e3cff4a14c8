"""The steps of an incident's workflow: one address for each, as the transition table names them."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.loading import incident_to_change, settled
from servicedesk.api.schemas.base import VersionedBody
from servicedesk.api.schemas.incidents import (
    HoldIncidentSchema,
    IncidentSchema,
    ReasonSchema,
    ResolveIncidentSchema,
)
from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.incidents import workflow
from servicedesk.incidents.models import Incident
from servicedesk.records.transitions import is_for, may_on
from servicedesk.web.access import current_actor, requires

steps = ApiBlueprint(
    "incident-steps", "Move an incident through its workflow. A step that its state forbids: 409."
)


class StepSchema(VersionedBody):
    """Nothing but the version, if wanted."""


@steps.post("/incidents/<record_number:number>/start")
@requires(Permission.INCIDENT_START)
@steps.takes(StepSchema, needed=False)
@steps.answers(200, IncidentSchema)
def start_incident(body: dict[str, Any], number: str) -> Incident:
    """Start work on an incident."""
    incident = incident_to_change(number, body)
    workflow.start_incident(incident, actor=current_actor(), now=utcnow())
    return settled(incident)


@steps.post("/incidents/<record_number:number>/hold")
@requires(Permission.INCIDENT_HOLD)
@steps.takes(HoldIncidentSchema)
@steps.answers(200, IncidentSchema)
def hold_incident(body: dict[str, Any], number: str) -> Incident:
    """Put an incident on hold.

    Waiting for the requester or a supplier pauses its clock.
    """
    incident = incident_to_change(number, body)
    workflow.hold_incident(incident, actor=current_actor(), now=utcnow(), **body)
    return settled(incident)


@steps.post("/incidents/<record_number:number>/resume")
@requires(Permission.INCIDENT_RESUME, Permission.INCIDENT_FOLLOW)
@steps.takes(StepSchema, needed=False)
@steps.answers(200, IncidentSchema)
def resume_incident(body: dict[str, Any], number: str) -> Incident:
    """End a hold."""
    incident = incident_to_change(number, body)
    workflow.resume_incident(incident, actor=current_actor(), now=utcnow())
    return settled(incident)


@steps.post("/incidents/<record_number:number>/resolve")
@requires(Permission.INCIDENT_RESOLVE)
@steps.takes(ResolveIncidentSchema)
@steps.answers(200, IncidentSchema)
def resolve_incident(body: dict[str, Any], number: str) -> Incident:
    """Resolve an incident."""
    incident = incident_to_change(number, body)
    workflow.resolve_incident(incident, actor=current_actor(), now=utcnow(), **body)
    return settled(incident)


@steps.post("/incidents/<record_number:number>/close")
@requires(Permission.INCIDENT_CLOSE, Permission.INCIDENT_FOLLOW)
@steps.takes(StepSchema, needed=False)
@steps.answers(200, IncidentSchema)
def close_incident(body: dict[str, Any], number: str) -> Incident:
    """Close a resolved incident.

    Its requester confirms thereby that service is restored.
    """
    incident = incident_to_change(number, body)
    workflow.close_incident(incident, actor=current_actor(), now=utcnow(), by=_closer(incident))
    return settled(incident)


@steps.post("/incidents/<record_number:number>/reopen")
@requires(Permission.INCIDENT_REOPEN, Permission.INCIDENT_FOLLOW)
@steps.takes(ReasonSchema)
@steps.answers(200, IncidentSchema)
def reopen_incident(body: dict[str, Any], number: str) -> Incident:
    """Reopen an incident that is not fixed."""
    incident = incident_to_change(number, body)
    workflow.reopen_incident(incident, actor=current_actor(), now=utcnow(), **body)
    return settled(incident)


@steps.post("/incidents/<record_number:number>/cancel")
@requires(Permission.INCIDENT_CANCEL, Permission.INCIDENT_FOLLOW)
@steps.takes(ReasonSchema)
@steps.answers(200, IncidentSchema)
def cancel_incident(body: dict[str, Any], number: str) -> Incident:
    """Cancel an incident that needs no work."""
    incident = incident_to_change(number, body)
    workflow.cancel_incident(incident, actor=current_actor(), now=utcnow(), **body)
    return settled(incident)


def _closer(incident: Incident) -> str:
    """Return in which capacity the caller closes an incident."""
    by_desk = may_on(current_actor(), Permission.INCIDENT_CLOSE, incident)
    return "requester" if is_for(incident, current_actor()) and not by_desk else "agent"
