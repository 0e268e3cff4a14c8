"""Escalations of an incident: its ladder, and the answer of whoever was told."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.incident_steps import StepSchema
from servicedesk.api.loading import incident_to_change, readable_incident
from servicedesk.api.schemas.conversation import EscalationSchema, EscalationsSchema
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotFound
from servicedesk.core.permissions import Permission
from servicedesk.records.transitions import require_on
from servicedesk.service_levels import escalating
from servicedesk.service_levels.models import Escalation
from servicedesk.service_levels.queries import get_escalation, list_ladder
from servicedesk.web.access import current_actor, requires

escalations = ApiBlueprint(
    "escalations", "Who is told before an incident's time is up, and who has answered."
)


@escalations.get("/incidents/<record_number:number>/escalations")
@requires(Permission.ESCALATION_READ)
@escalations.answers(200, EscalationsSchema)
def read_escalations(number: str) -> dict[str, Any]:
    """List an incident's escalations, planned and past."""
    incident = readable_incident(number)
    require_on(current_actor(), Permission.ESCALATION_READ, incident)
    return {"items": list_ladder(incident.id)}


@escalations.post("/incidents/<record_number:number>/escalations/<id:escalation_id>/acknowledge")
@requires(Permission.ESCALATION_ACKNOWLEDGE)
@escalations.takes(StepSchema, needed=False)
@escalations.answers(200, EscalationSchema)
def acknowledge_escalation(body: dict[str, Any], number: str, escalation_id: int) -> Escalation:
    """Acknowledge an escalation.

    It walks on up the ladder until somebody does.
    """
    incident = incident_to_change(number, body)
    step = get_escalation(escalation_id)
    if step.record_id != incident.id:
        raise NotFound("There is no such escalation.")
    escalating.acknowledge_escalation(step, actor=current_actor(), now=utcnow())
    return step
