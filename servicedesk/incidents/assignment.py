"""Who works on an incident: take, assign, transfer, share."""

from datetime import datetime

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.models import Person, Team
from servicedesk.directory.queries import actor_for
from servicedesk.incidents.models import Incident
from servicedesk.incidents.queries import priority_for
from servicedesk.incidents.states import IncidentState
from servicedesk.incidents.workflow import start_incident
from servicedesk.records.models import RecordShare
from servicedesk.records.operations import add_comment
from servicedesk.records.transitions import require_on


def take_incident(incident: Incident, *, actor: Actor, person: Person, now: datetime) -> None:
    """Take an incident oneself, and begin if nobody has."""
    assign_incident(incident, actor=actor, assignee=person, now=now)
    if incident.state == IncidentState.NEW:
        start_incident(incident, actor=actor, now=now)


def assign_incident(incident: Incident, *, actor: Actor, assignee: Person | None, now: datetime) -> None:
    """Give an incident to somebody of its desk, or back to the team (no assignee)."""
    require_on(actor, Permission.INCIDENT_ASSIGN, incident)
    _refuse_unless_open(incident)
    if assignee is not None and not (
        assignee.is_active and actor_for(assignee).may(Permission.INCIDENT_RESOLVE, incident.desk_id)
    ):
        raise RuleViolation(
            assignee_id=f"{assignee.name} does not work at this desk. Choose one of its agents."
        )
    before = incident.assignee_id
    if before == (assignee.id if assignee else None):
        return
    incident.assignee_id, incident.changed_at = assignee.id if assignee else None, now
    db.session.flush()
    db.session.expire(incident, ["assignee"])
    write_audit_event(
        "incident.assigned",
        subject=incident,
        actor=actor,
        at=now,
        assignee=incident.assignee_id,
        before=before,
    )


def transfer_incident(incident: Incident, *, actor: Actor, team: Team, reason: str, now: datetime) -> None:
    """Pass an incident to another team, of this desk or another; its assignee does not go with it.

    At another desk the category is chosen anew and the desk's own matrix gives the priority.
    """
    require_on(actor, Permission.INCIDENT_TRANSFER, incident)
    _refuse_unless_open(incident)
    if not team.is_active:
        raise RuleViolation(team_id="This team is no longer in use. Choose another.")
    if team.id == incident.team_id:
        raise RuleViolation(team_id=f"{incident.number} is with {team.name} already.")
    before, desk_changes = incident.team_id, team.desk_id != incident.desk_id
    if reason.strip():
        add_comment(incident, actor=actor, body=reason, is_public=False, channel="desk", now=now)
    incident.team_id, incident.assignee_id, incident.changed_at = team.id, None, now
    incident.transfer_count += 1
    if desk_changes:
        incident.desk_id, incident.category_id = team.desk_id, None
        if incident.priority_reason is None:
            incident.priority = priority_for(team.desk_id, incident.impact, incident.urgency)
    db.session.flush()
    db.session.expire(incident, ["team", "assignee", "desk", "category"])
    write_audit_event(
        "incident.transferred", subject=incident, actor=actor, at=now,
        team=team.id, desk=team.desk_id if desk_changes else None, before=before,
    )  # fmt: skip


def share_incident(incident: Incident, *, actor: Actor, desk_id: int, now: datetime) -> None:
    """Let another desk read an incident and speak on it."""
    require_on(actor, Permission.INCIDENT_SHARE, incident)
    if desk_id == incident.desk_id:
        raise RuleViolation(desk_id="It is this desk's own. Choose another desk.")
    if db.session.get(RecordShare, (incident.id, desk_id)) is None:
        db.session.add(RecordShare(record_id=incident.id, desk_id=desk_id))
        incident.changed_at = now
        write_audit_event("incident.shared", subject=incident, actor=actor, at=now, desk=desk_id)


def _refuse_unless_open(incident: Incident) -> None:
    """Raise InvalidTransition for an incident on which nobody works any more."""
    if not incident.is_open:
        raise InvalidTransition(
            f"{incident.number} is {incident.state}, so it cannot change hands. Reopen it first."
        )
