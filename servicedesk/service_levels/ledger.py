"""What happened to a record, and the phases of its life that follow from it.

A ledger may be written late, in any order, and by several hands. The rules that make one life of it:

- Facts count in the order of the moments at which they took effect, then of their recording, then as given.
- The earliest opening opens; what is dated before it takes effect at it; later openings say nothing.
- A hold ends by being resumed, by a stop, or by another hold, which only changes the reason. A hold or a
  resumption of what does not run says nothing.
- A second resolving without a reopening between moves the stop, not the count.
- After a close, a cancellation or a merge nothing counts except a reopening, which starts the clock again.
- What stops a clock other than these (a first response, a transfer to the next desk) does so for good.
- What is dated after the instant of the reading has not happened yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from servicedesk.core.errors import RuleViolation
from servicedesk.service_levels.working_time import to_seconds


class LedgerKind(StrEnum):
    """What can happen to a record that a clock may care about."""

    OPENED = "opened"
    HELD = "held"
    RESUMED = "resumed"
    PRIORITISED = "prioritised"
    RECATEGORISED = "recategorised"
    TRANSFERRED = "transferred"
    RESPONDED = "responded"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MERGED = "merged"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class HoldReason(StrEnum):
    """Whom or what a record on hold waits for."""

    REQUESTER = "requester"
    SUPPLIER = "supplier"
    CHANGE = "change"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class LedgerFact:
    """Something that took effect at one moment and was recorded at the same moment or later.

    The detail of a hold is its reason. Without `recorded_at` it was recorded as it happened.
    """

    kind: LedgerKind
    at: datetime
    detail: str | None = None
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or (self.recorded_at is not None and self.recorded_at.tzinfo is None):
            raise ValueError(f"The instants of “{self.kind}” need a time zone.")


class Phase(StrEnum):
    """What a record is doing, as one clock sees it."""

    RUNNING = "running"
    HELD = "held"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DONE = "done"


class Stretch(NamedTuple):
    """A part of a record's life in one phase, in whole seconds since 1970."""

    starts: int
    ends: int
    phase: Phase
    reason: str | None


LIVE = frozenset({Phase.RUNNING, Phase.HELD})

_P = Phase
_CANCELLING = {_P.RUNNING: _P.CANCELLED, _P.HELD: _P.CANCELLED, _P.RESOLVED: _P.CANCELLED}
_NOTHING: Mapping[Phase, Phase] = {}
_STOPPING_FOR_GOOD = {_P.RUNNING: _P.DONE, _P.HELD: _P.DONE}
_TURNS: Mapping[LedgerKind, Mapping[Phase, Phase]] = {
    LedgerKind.HELD: {_P.RUNNING: _P.HELD, _P.HELD: _P.HELD},
    LedgerKind.RESUMED: {_P.HELD: _P.RUNNING},
    LedgerKind.REOPENED: {_P.RESOLVED: _P.RUNNING, _P.CLOSED: _P.RUNNING, _P.CANCELLED: _P.RUNNING},
    LedgerKind.CLOSED: {_P.RUNNING: _P.CLOSED, _P.HELD: _P.CLOSED, _P.RESOLVED: _P.CLOSED},
    LedgerKind.CANCELLED: _CANCELLING,
    LedgerKind.MERGED: _CANCELLING,
}
_RESOLVING = {_P.RUNNING: _P.RESOLVED, _P.HELD: _P.RESOLVED, _P.RESOLVED: _P.RESOLVED}


@dataclass(slots=True)
class Life:
    """The phases of one record so far: finished stretches, and the phase that it is in since."""

    opened: int
    since: int
    phase: Phase = Phase.RUNNING
    reason: str | None = None
    stopped: int | None = None
    stretches: list[Stretch] = field(default_factory=list)

    def turn(self, phase: Phase, at: int, reason: str | None) -> None:
        """Enter a phase; the instant of the stop stays unless it is resolved again or starts again."""
        if phase in LIVE:
            self.stopped = None
        elif self.phase in LIVE or phase is Phase.RESOLVED:
            self.stopped = at
        self.end(at)
        self.phase, self.reason = phase, reason

    def end(self, at: int) -> None:
        """Finish the present stretch at an instant; an empty one leaves no trace."""
        if at > self.since:
            self.stretches.append(Stretch(self.since, at, self.phase, self.reason))
            self.since = at

    @property
    def ended(self) -> int:
        """The end of the last stretch: wall time runs from the opening to here."""
        return self.since


def follow(facts: Iterable[LedgerFact], *, as_of: datetime, stops_on: frozenset[LedgerKind]) -> Life:
    """Make one life of the facts known of a record, by the rules above."""
    ordered = sorted(facts, key=_order)
    opened = next((to_seconds(fact.at) for fact in ordered if fact.kind is LedgerKind.OPENED), None)
    if opened is None:
        raise RuleViolation(facts="A clock needs the opening of its record.")
    life, until = Life(opened, opened), to_seconds(as_of)
    for fact in ordered:
        at = to_seconds(fact.at)
        if at > until:
            break
        phase = _turns(fact.kind, stops_on).get(life.phase)
        if phase is not None:
            life.turn(phase, max(at, opened), fact.detail if phase is Phase.HELD else None)
    if life.phase in LIVE:
        life.end(until)
    return life


def _order(fact: LedgerFact) -> tuple[datetime, datetime]:
    return fact.at, fact.recorded_at or fact.at


def _turns(kind: LedgerKind, stops_on: frozenset[LedgerKind]) -> Mapping[Phase, Phase]:
    """Return where a kind of fact leads from each phase."""
    if kind in stops_on:
        return _RESOLVING if kind is LedgerKind.RESOLVED else _TURNS.get(kind, _STOPPING_FOR_GOOD)
    return _TURNS.get(kind, _NOTHING)
