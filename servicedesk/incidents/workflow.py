"""Every step of an incident's workflow: rules first, then the one transition function."""

from datetime import datetime, timedelta
from typing import Any

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import SYSTEM, Actor, Permission
from servicedesk.core.timers import cancel_timers, set_timer, timer_function
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import categorise_incident
from servicedesk.incidents.states import IncidentState
from servicedesk.records.models import Record
from servicedesk.records.operations import add_comment, clean_text
from servicedesk.records.transitions import allowed_steps, transition
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.service_levels.queries import calendar_of

NO_HOLD: dict[str, Any] = {"hold_reason": None, "waiting_for": None, "review_at": None}
LONGEST_HOLD = timedelta(days=366)
HOLD_WORDS = {
    HoldReason.REQUESTER: "the requester",
    HoldReason.SUPPLIER: "a supplier",
    HoldReason.CHANGE: "a change",
    HoldReason.PROBLEM: "a problem",
}


def start_incident(incident: Incident, *, actor: Actor, now: datetime) -> None:
    """Begin to work on a new incident."""
    transition(incident, "start", actor=actor, now=now)


def hold_incident(
    incident: Incident, *, actor: Actor, reason: str, waiting_for: str, review_at: datetime, now: datetime
) -> None:
    """Wait for somebody or something; the hold ends by itself at the time of the review.

    Holding what is held already changes the reason and whom we wait for (S10).
    """
    if reason not in set(HoldReason):
        raise RuleViolation(reason=f"Choose why: {', '.join(HoldReason)}.")
    whom = clean_text(waiting_for, field="waiting_for", missing="Say whom or what we wait for.", longest=200)
    if not now < review_at <= now + LONGEST_HOLD:
        raise RuleViolation(review_at="Choose a time for the review that is in the future, within a year.")
    changes = {"hold_reason": reason, "waiting_for": whom, "review_at": review_at}
    transition(
        incident,
        "hold",
        actor=actor,
        now=now,
        changes=changes,
        reason=reason,
        review_at=review_at.isoformat(),
    )
    set_timer(_review_key(incident.id), "servicedesk.incidents.workflow.review_hold", incident.id, review_at)


def resume_incident(incident: Incident, *, actor: Actor, now: datetime, because: str = "agent") -> None:
    """End a hold: an agent did, the requester answered, or the time of the review has come."""
    transition(incident, "resume", actor=actor, now=now, changes=NO_HOLD, because=because)
    cancel_timers(_review_key(incident.id))


@timer_function
def review_hold(incident_id: int, due_at: datetime) -> None:
    """Resume an incident whose time of review has come."""
    incident = _locked(incident_id)
    now = utcnow()
    if (
        incident.state == IncidentState.ON_HOLD
        and incident.review_at is not None
        and incident.review_at <= now
    ):
        resume_incident(incident, actor=SYSTEM, now=now, because="review")


def resolve_incident(
    incident: Incident, *, actor: Actor, resolution: str, now: datetime, category_id: int | None = None
) -> None:
    """Record that service is restored; the requester may still say that it is not."""
    how = clean_text(resolution, field="resolution", missing="Say how service was restored.")
    if category_id is not None:
        categorise_incident(incident, actor=actor, category_id=category_id, now=now)
    if incident.category_id is None:
        raise RuleViolation(category_id="Choose a category: it is needed to find what keeps happening.")
    changes = NO_HOLD | {"resolution": how, "resolved_at": now}
    transition(incident, "resolve", actor=actor, now=now, changes=changes)
    cancel_timers(_review_key(incident.id))
    closes_at = calendar_of(incident.desk_id).add_working_days(now, incident.desk.close_after_days)
    set_timer(
        _close_key(incident.id), "servicedesk.incidents.workflow.close_resolved", incident.id, closes_at
    )


def close_incident(incident: Incident, *, actor: Actor, now: datetime, by: str = "agent") -> None:
    """End a resolved incident for good: confirmed, or not objected to in time."""
    transition(incident, "close", actor=actor, now=now, changes={"closed_at": now}, by=by)
    cancel_timers(_close_key(incident.id))


@timer_function
def close_resolved(incident_id: int, due_at: datetime) -> None:
    """Close an incident that has stayed resolved for the desk's number of working days."""
    incident = _locked(incident_id)
    if incident.state == IncidentState.RESOLVED:
        close_incident(incident, actor=SYSTEM, now=utcnow(), by="time")


def reopen_incident(incident: Incident, *, actor: Actor, reason: str, now: datetime) -> None:
    """Take up an incident again because it is not fixed, within the desk's reopening period."""
    why = clean_text(reason, field="reason", missing="Say what is still wrong.")
    until = reopen_until(incident)
    if until is not None and now > until:
        raise InvalidTransition(
            f"{incident.number} could be reopened until {until:%d %B %Y}. "
            "Report a new incident and name this one in it."
        )
    changes = {
        "resolved_at": None,
        "closed_at": None,
        "resolution": None,
        "reopen_count": incident.reopen_count + 1,
    }
    transition(incident, "reopen", actor=actor, now=now, changes=changes)
    cancel_timers(_close_key(incident.id))
    _say(incident, why, actor, now)


def reopen_until(incident: Incident) -> datetime | None:
    """Return the last moment at which the incident may be reopened; None while it was not resolved."""
    since = incident.resolved_at or incident.closed_at
    if since is None:
        return None
    return calendar_of(incident.desk_id).add_working_days(since, incident.desk.reopen_within_days)


def cancel_incident(incident: Incident, *, actor: Actor, reason: str, now: datetime) -> None:
    """End an incident that needs no work: a mistake, or gone by itself."""
    why = clean_text(reason, field="reason", missing="Say why it is no longer needed.")
    transition(incident, "cancel", actor=actor, now=now, changes=NO_HOLD | {"closed_at": now})
    cancel_timers(_review_key(incident.id))
    _say(incident, why, actor, now)


def _say(incident: Incident, words: str, actor: Actor, now: datetime) -> None:
    """Keep the reason for a step where the requester can read it."""
    channel = "desk" if actor.may(Permission.INCIDENT_COMMENT, incident.desk_id) else "portal"
    add_comment(incident, actor=actor, body=words, is_public=True, channel=channel, now=now)


def steps_now(incident: Incident, *, actor: Actor, now: datetime) -> list[str]:
    """Return the steps that the actor can really take: the table's, less a reopening that comes too late."""
    steps = allowed_steps(actor, incident)
    if "reopen" in steps:
        until = reopen_until(incident)
        if until is not None and now > until:
            steps.remove("reopen")
    return steps


def _locked(incident_id: int) -> Incident:
    """Return an incident as a timer needs it: its record locked, then read."""
    db.session.get_one(Record, incident_id, with_for_update=True)
    return db.session.get_one(Incident, incident_id, populate_existing=True)


def _review_key(incident_id: int) -> str:
    """Name the timer of a hold's review."""
    return f"review:{incident_id}"


def _close_key(incident_id: int) -> str:
    """Name the timer of the closing."""
    return f"close:{incident_id}"
