"""The clock and the ladder of a record: derived anew from its ledger after every fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.db import db
from servicedesk.core.timers import cancel_timers, set_timer
from servicedesk.records.models import Record
from servicedesk.service_levels.derivation import ClockReading, ClockState, instant_of, read_clock
from servicedesk.service_levels.ledger import LedgerFact, LedgerKind
from servicedesk.service_levels.models import Clock, Escalation, LedgerEntry, ServiceLevelPolicy
from servicedesk.service_levels.queries import calendar_of, find_policy, list_facts
from servicedesk.service_levels.working_time import WorkingCalendar

ESCALATE = "servicedesk.service_levels.escalating.escalate"

# Which audit kind puts which fact into the ledger, and which of its keys is the fact's detail.
FOLLOWED: dict[str, tuple[LedgerKind, str | None]] = {
    "incident.logged": (LedgerKind.OPENED, None),
    "incident.started": (LedgerKind.RESPONDED, None),
    "incident.held": (LedgerKind.HELD, "reason"),
    "incident.resumed": (LedgerKind.RESUMED, None),
    "incident.prioritised": (LedgerKind.PRIORITISED, "priority"),
    "incident.categorised": (LedgerKind.RECATEGORISED, None),
    "incident.transferred": (LedgerKind.TRANSFERRED, None),
    "incident.resolved": (LedgerKind.RESOLVED, None),
    "incident.reopened": (LedgerKind.REOPENED, None),
    "incident.cancelled": (LedgerKind.CANCELLED, None),
    "incident.closed": (LedgerKind.CLOSED, None),
}


@dataclass(frozen=True, slots=True)
class Following:
    """Everything that a record's clock is derived from."""

    policy: ServiceLevelPolicy
    calendar: WorkingCalendar
    facts: list[LedgerFact]

    def read(self, as_of: datetime) -> ClockReading:
        """Derive the clock."""
        return read_clock(
            self.facts,
            target_seconds=self.policy.target_seconds,
            calendar=self.calendar,
            pauses_on=frozenset(self.policy.pauses_on),
            as_of=as_of,
        )

    def instant_of(self, counted_seconds: int, as_of: datetime) -> datetime | None:
        """Return when the clock reached, or will reach, a count; None while it does not run."""
        return instant_of(
            self.facts,
            counted_seconds,
            calendar=self.calendar,
            pauses_on=frozenset(self.policy.pauses_on),
            as_of=as_of,
        )


def record_fact(event: AuditEvent, record: Record) -> None:
    """Put what an audit event tells into the ledger, and derive clock and ladder anew (a subscriber)."""
    fact = fact_of(event.kind, event.at, event.data, event.recorded_at)
    db.session.add(
        LedgerEntry(
            record_id=record.id, kind=fact.kind, detail=fact.detail, at=fact.at, recorded_at=event.recorded_at
        )
    )
    db.session.flush()
    derive_clock(record, as_of=event.recorded_at)


def fact_of(kind: str, at: datetime, data: Mapping[str, Any], recorded_at: datetime) -> LedgerFact:
    """Return what an event of a followed kind says to the ledger."""
    fact, key = FOLLOWED[kind]
    detail = str(data[key]) if key and data.get(key) is not None else None
    return LedgerFact(fact, at, detail, recorded_at)


def following(record: Record) -> Following | None:
    """Return what the record's clock is derived from; None where its desk has no policy.

    The policy stays that of the desk at which the clock started: the customer's clock goes on when the
    record moves to another desk (S26).
    """
    clock = db.session.get(Clock, record.id)
    policy = db.session.get(ServiceLevelPolicy, clock.policy_id) if clock else find_policy(record.desk_id)
    if policy is None:
        return None
    return Following(policy, calendar_of(policy.desk_id), list_facts(record.id))


def derive_clock(record: Record, *, as_of: datetime) -> None:
    """Derive the record's clock row, due time and the moments of its ladder from its ledger."""
    source = following(record)
    if source is None:
        return
    reading = source.read(as_of)
    clock = db.session.get(Clock, record.id)
    if clock is None:
        clock = Clock(record_id=record.id, policy_id=source.policy.id, **clock_values(reading))
        db.session.add(clock)
        _plan_ladder(record, source.policy)
    elif _is_settled(clock, reading):
        return
    else:
        for name, value in clock_values(reading).items():
            setattr(clock, name, value)
    record.due_at = reading.due_at
    db.session.flush()
    _set_moments(record, source, reading, as_of)


def _is_settled(clock: Clock, reading: ClockReading) -> bool:
    """Return whether the clock stopped before this reading: later hours do not move its verdict (S14)."""
    return clock.stopped_at is not None and (clock.stopped_at, clock.state) == (
        reading.stopped_at,
        reading.state,
    )


def clock_values(reading: ClockReading) -> dict[str, object]:
    """Return the columns of a clock row."""
    names = ("target_seconds", "state", "verdict", "started_at", "due_at", "stopped_at", "counted_seconds")
    return {name: getattr(reading, name) for name in names}


def _plan_ladder(record: Record, policy: ServiceLevelPolicy) -> None:
    """Write the steps of the policy's ladder for a record whose clock has just started."""
    db.session.add_all(
        Escalation(
            record_id=record.id,
            position=rung.position,
            round=1,
            role=rung.role,
            after_seconds=rung.after_seconds,
            answer_within_seconds=rung.answer_within_seconds,
            state="planned",
        )
        for rung in policy.rungs
    )


def _set_moments(record: Record, source: Following, reading: ClockReading, as_of: datetime) -> None:
    """Give each planned step its moment, or none while the clock does not run; a stop ends the waiting."""
    runs = reading.state is ClockState.RUNNING
    steps = select(Escalation).where(
        Escalation.record_id == record.id, Escalation.state.in_(["planned", "told"])
    )
    for step in db.session.scalars(steps.order_by(Escalation.position, Escalation.round)):
        if step.state == "planned":
            plan_moment(step, source.instant_of(step.after_seconds, as_of) if runs else None)
        elif step.state == "told" and reading.state in (ClockState.STOPPED, ClockState.CANCELLED):
            step.state = "cancelled"


def plan_moment(step: Escalation, due_at: datetime | None) -> None:
    """Set the moment of a planned step and the timer that goes with it."""
    step.due_at = due_at
    key = f"escalation:{step.id}"
    if due_at is None:
        cancel_timers(key)
    else:
        set_timer(key, ESCALATE, step.id, due_at)
