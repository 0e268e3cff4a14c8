"""What is said on an incident: answers, notes and files."""

from collections.abc import Sequence
from datetime import datetime

from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission
from servicedesk.incidents.models import Incident
from servicedesk.incidents.states import IncidentState
from servicedesk.incidents.workflow import resume_incident
from servicedesk.records.models import Comment
from servicedesk.records.operations import File, add_comment, add_files
from servicedesk.records.transitions import is_for, require_on


def comment_on_incident(
    incident: Incident,
    *,
    actor: Actor,
    body: str,
    is_public: bool,
    channel: str,
    now: datetime,
    files: Sequence[File] = (),
) -> Comment:
    """Answer in public or leave a note; the requester's answer ends a hold (S17)."""
    own = is_for(incident, actor) and actor.may(Permission.INCIDENT_FOLLOW)
    if not (own and is_public):
        require_on(actor, Permission.INCIDENT_COMMENT, incident)
    _refuse_if_over(incident)
    comment = add_comment(
        incident, actor=actor, body=body, is_public=is_public, channel=channel, now=now, files=files
    )
    if own and is_public and incident.state == IncidentState.ON_HOLD:
        resume_incident(incident, actor=actor, now=now, because="answer")
    return comment


def attach_to_incident(incident: Incident, files: Sequence[File], *, actor: Actor, now: datetime) -> None:
    """Add files to an incident, for all who may read it; the requester's end a hold as an answer does."""
    own = is_for(incident, actor) and actor.may(Permission.INCIDENT_FOLLOW)
    if not own:
        require_on(actor, Permission.INCIDENT_COMMENT, incident)
    _refuse_if_over(incident)
    if not files:
        raise RuleViolation(files="Choose a file.")
    add_files(incident, files, actor=actor, now=now)
    if own and incident.state == IncidentState.ON_HOLD:
        resume_incident(incident, actor=actor, now=now, because="answer")


def _refuse_if_over(incident: Incident) -> None:
    """Raise InvalidTransition once an incident is closed or cancelled."""
    if not incident.is_live:
        raise InvalidTransition(
            f"{incident.number} is {incident.state}. Reopen it, or report a new incident."
        )
