"""Clocks and ladders as the desk shows them: working time in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from servicedesk.core.words import ClockView, clock_view, duration_in_words, moment_in_words
from servicedesk.incidents.workflow import HOLD_WORDS
from servicedesk.service_levels.derivation import ClockState
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.service_levels.models import Clock, Escalation
from servicedesk.service_levels.working_time import WorkingCalendar

ROLE_WORDS = {"team_lead": "team lead", "senior_officer": "senior officer", "administrator": "administrator"}
NO_CLOCK = ClockView("none", "No target", "no target")


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A clock, with what its record knows of the hold; a row of a queue has the same columns."""

    clock_state: str | None
    target_seconds: int
    counted_seconds: int
    stopped_at: datetime | None
    due_at: datetime | None
    hold_reason: str | None


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One line of a ladder, for the `ladder` macro; `escalation_id` is set where an answer is waited for."""

    words: str
    moment_words: str
    place: str
    escalation_id: int | None = None


def clock_pill(row: ClockFacts, calendar: WorkingCalendar | None, now: datetime) -> ClockView:
    """Dress a record's clock."""
    if row.clock_state is None or calendar is None:
        return NO_CLOCK
    used = min(1.0, row.counted_seconds / row.target_seconds) if row.target_seconds else 1.0
    if row.clock_state == ClockState.CANCELLED:
        return ClockView("none", "The clock ended when it was cancelled", "ended")
    if row.clock_state == ClockState.HELD:
        whom = HOLD_WORDS[HoldReason(row.hold_reason)] if row.hold_reason else "somebody"
        return ClockView("held", f"Clock held: waiting for {whom}", "clock held", used, row.due_at)
    if row.clock_state == ClockState.STOPPED:
        return clock_view(row.due_at, now, share=used, stopped_at=row.stopped_at)
    return _running(row, calendar, now)


def _running(row: ClockFacts, calendar: WorkingCalendar, now: datetime) -> ClockView:
    """Dress a clock that runs: its share and what is left come from the working time until it is due."""
    if row.due_at is None or row.due_at <= now:
        return clock_view(row.due_at, now, share=1.0)
    whole = now.replace(microsecond=0)
    left = calendar.working_seconds(whole, row.due_at)
    share = 1 - left / row.target_seconds if row.target_seconds else 1.0
    return clock_view(row.due_at, whole, share=max(0.0, share), left=timedelta(seconds=left))


def ladder_steps(
    steps: Sequence[Escalation], clock: Clock, calendar: WorkingCalendar, now: datetime
) -> list[LadderStep]:
    """Return a ladder in words: what was told and, while the clock may run, what is planned."""
    may_run = clock.state in (ClockState.RUNNING, ClockState.HELD)
    shown = [step for step in steps if step.told_at or (may_run and step.state == "planned")]
    told = [_ladder_step(step, clock.due_at, calendar, now) for step in shown]
    if clock.due_at is not None and may_run:
        told.append(
            LadderStep("Due", moment_in_words(clock.due_at, now), "due" if clock.due_at < now else "later")
        )
    return told


def _ladder_step(
    step: Escalation, due_at: datetime | None, calendar: WorkingCalendar, now: datetime
) -> LadderStep:
    """Return one step in words."""
    role = ROLE_WORDS.get(step.role, step.role)
    if step.told_at is None:
        when = moment_in_words(step.due_at, now) if step.due_at else "when the clock runs again"
        return LadderStep(f"Tell the {role}" + (" next" if step.round > 1 else ""), when, "later")
    name = step.told_to.name if step.told_to else "Nobody"
    parts = [moment_in_words(step.told_at, now), notice_words(step, due_at, calendar)]
    if step.late_seconds and step.late_seconds >= 60:
        parts.append(f"{duration_in_words(step.late_seconds)} late")
    if step.acknowledged_at is not None:
        by = step.acknowledged_by.name if step.acknowledged_by else "somebody"
        parts.append(f"acknowledged by {by}, {moment_in_words(step.acknowledged_at, now)}")
    waits = step.state == "told"
    parts += ["not acknowledged yet"] if waits else []
    words = f"{name} ({role}) told" if step.told_to else f"Nobody to tell ({role})"
    return LadderStep(
        words, ", ".join(filter(None, parts)), "due" if waits else "done", step.id if waits else None
    )


def notice_words(step: Escalation, due_at: datetime | None, calendar: WorkingCalendar | None) -> str:
    """Say how much working time lay between the telling and the due time: the notice really given."""
    if step.told_at is None or due_at is None or calendar is None:
        return ""
    if step.told_at >= due_at:
        return "after the due time"
    return f"{duration_in_words(calendar.working_seconds(step.told_at, due_at))} of notice"
