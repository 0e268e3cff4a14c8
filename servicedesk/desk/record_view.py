"""Everything that stands beside a record's conversation: steps, clock, people, who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import fetch_page
from servicedesk.core.permissions import Actor, Permission
from servicedesk.core.words import ClockView, moment_in_words
from servicedesk.desk.clocks import NO_CLOCK, ClockFacts, LadderStep, clock_pill, ladder_steps
from servicedesk.desk.telling import told_words
from servicedesk.directory.models import Person
from servicedesk.directory.queries import find_person
from servicedesk.incidents.listing import IncidentFilter, list_rows
from servicedesk.incidents.models import Incident
from servicedesk.incidents.workflow import steps_now
from servicedesk.notifications.models import Notice
from servicedesk.notifications.queries import list_notices_of_record
from servicedesk.records.models import RecordShare, Watch
from servicedesk.records.queries import list_shares, list_watchers
from servicedesk.records.timeline import names_for
from servicedesk.records.transitions import may_on
from servicedesk.service_levels.models import Clock
from servicedesk.service_levels.queries import calendars_by_policy, find_clock, list_ladder

_P = Permission
MOST_OTHERS = 5
# Step of the workflow: what its button says, and whether the button is enough or a page asks for more.
STEP_BUTTONS = {
    "start": ("Start work", True), "resolve": ("Resolve", False), "hold": ("Put on hold", False),
    "resume": ("Resume", True), "close": ("Close", True), "reopen": ("Reopen", False),
    "cancel": ("Cancel it", False),
}  # fmt: skip
MAIL_WORDS = {
    "none": "in the application",
    "queued": "mail queued",
    "sent": "mail sent",
    "failed": "mail failed",
}
MAIL_TONES = {"none": "held", "queued": "info", "sent": "done", "failed": "danger"}


@dataclass(frozen=True, slots=True)
class StepButton:
    """One thing that the actor can do now; `at_once` ones are sent by the button itself."""

    words: str
    url: str
    at_once: bool


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """Who was told of what, and how far the mail has come."""

    person: str
    words: str
    at: datetime
    mail_words: str
    tone: str
    error: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the right third of a record's page shows."""

    steps: list[StepButton]
    clock: ClockView
    review_words: str
    ladder: list[LadderStep]
    may_acknowledge: bool
    may_amend: bool
    may_share: bool
    may_comment: bool
    manager: Person | None
    others: Sequence[Any]
    watchers: Sequence[Watch]
    shares: Sequence[RecordShare]
    notices: list[ToldNotice]


def view_record(incident: Incident, actor: Actor) -> RecordView:
    """Gather what stands beside an incident for somebody at the desk."""
    now, desk_id = utcnow(), incident.desk_id
    clock, ladder = _clock(incident, now)
    return RecordView(
        steps=_steps(incident, actor, now),
        clock=clock,
        review_words=moment_in_words(incident.review_at, now) if incident.review_at else "",
        ladder=ladder,
        may_acknowledge=may_on(actor, _P.ESCALATION_ACKNOWLEDGE, incident),
        may_amend=actor.may(_P.INCIDENT_AMEND, desk_id),
        may_share=actor.may(_P.INCIDENT_SHARE, desk_id),
        may_comment=incident.is_live and may_on(actor, _P.INCIDENT_COMMENT, incident),
        manager=find_person(incident.requester.manager_id) if incident.requester.manager_id else None,
        others=_others(incident, actor, now),
        watchers=list_watchers(incident.id),
        shares=list_shares(incident.id),
        notices=told_notices(list_notices_of_record(incident.id)),
    )


def _steps(incident: Incident, actor: Actor, now: datetime) -> list[StepButton]:
    """Return the buttons: who works on it first, then the steps that the workflow allows."""

    def button(words: str, verb: str, at_once: bool = False) -> StepButton:
        return StepButton(words, url_for(f"desk.{verb}_incident", number=incident.number), at_once)

    found = []
    if incident.is_open and actor.may(_P.INCIDENT_ASSIGN, incident.desk_id):
        found += [button("Take", "take", at_once=True)] if incident.assignee_id != actor.person_id else []
        found.append(button("Assign", "assign"))
    for step in steps_now(incident, actor=actor, now=now):
        words, at_once = STEP_BUTTONS[step]
        if actor.may(incident.TRANSITIONS[step].permission, incident.desk_id):
            changes_hold = step == "hold" and incident.hold_reason is not None
            found.append(button("Change the hold" if changes_hold else words, step, at_once))
    if incident.is_open and actor.may(_P.INCIDENT_TRANSFER, incident.desk_id):
        # To cancel is what one does least, so it stands last.
        found.insert(
            -1 if found[-1].words == STEP_BUTTONS["cancel"][0] else len(found), button("Transfer", "transfer")
        )
    return found


def _clock(incident: Incident, now: datetime) -> tuple[ClockView, list[LadderStep]]:
    """Return the clock and its ladder."""
    clock = find_clock(incident.id)
    calendar = calendars_by_policy().get(clock.policy_id) if clock else None
    if clock is None or calendar is None:
        return NO_CLOCK, []
    pill = clock_pill(_facts(clock, incident), calendar, now)
    return pill, ladder_steps(list_ladder(incident.id), clock, calendar, now)


def _facts(clock: Clock, incident: Incident) -> ClockFacts:
    """Return a clock as `clock_pill` takes it."""
    return ClockFacts(
        clock.state, clock.target_seconds, clock.counted_seconds, clock.stopped_at, clock.due_at,
        incident.hold_reason,
    )  # fmt: skip


def _others(incident: Incident, actor: Actor, now: datetime) -> list[Any]:
    """Return the other open records of the requester that the actor may see."""
    wanted = IncidentFilter(requester_id=incident.requester_id, sort="newest")
    rows = fetch_page(list_rows(wanted, actor, now), wanted.order, size=MOST_OTHERS + 1).rows
    return [row for row in rows if row.id != incident.id][:MOST_OTHERS]


def told_notices(notices: Sequence[Notice]) -> list[ToldNotice]:
    """Dress notices: who was told of what."""
    names = names_for(notice.audit_event for notice in notices)
    return [
        ToldNotice(
            person=notice.person.name,
            words=told_words(notice.audit_event, names),
            at=notice.created_at,
            mail_words=MAIL_WORDS[notice.mail_state],
            tone=MAIL_TONES[notice.mail_state],
            error=notice.error or "",
        )
        for notice in notices
    ]
