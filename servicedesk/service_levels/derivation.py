"""Clocks derived from the ledger alone: nothing is stored that these functions could not tell again.

Wall time runs from the opening to the close, else to the last resolving if nothing follows, else to the
instant of the reading, and falls into four buckets that always add up to it:

- counted: open seconds in which the clock ran;
- held: open seconds in which a hold paused it;
- closed: all other seconds until it was resolved, held or not;
- resolved: the seconds spent resolved, closed or cancelled before the end, in or out of hours.

A target is used up at the first instant at which it has been counted whole. To stop at that very second,
or later without having counted another, still meets it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from servicedesk.service_levels.ledger import LIVE, LedgerFact, LedgerKind, Life, Phase, Stretch, follow
from servicedesk.service_levels.open_time import OpenTime
from servicedesk.service_levels.working_time import WorkingCalendar, to_instant

RESOLUTION_STOPS = frozenset({LedgerKind.RESOLVED})
RESPONSE_STOPS = frozenset({LedgerKind.RESPONDED, LedgerKind.RESOLVED})


class ClockState(StrEnum):
    """What a clock is doing."""

    RUNNING = "running"
    HELD = "held"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a clock says about its target."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    CANCELLED = "cancelled"


class Colour(StrEnum):
    """The bucket that a second of wall time belongs to."""

    COUNTED = "counted"
    HELD = "held"
    CLOSED = "closed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What one clock shows at one instant.

    `due_at` is empty while a hold keeps it open; of a stopped clock it is when the rest of the target would
    have been used up, had it run on. `breached_at` is empty unless more than the target was counted.
    """

    state: ClockState
    verdict: Verdict
    target_seconds: int
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    counted_seconds: int
    held_seconds: int
    closed_seconds: int
    resolved_seconds: int
    wall_seconds: int

    @property
    def overrun_seconds(self) -> int:
        """How much more than the target was counted."""
        return max(0, self.counted_seconds - self.target_seconds)

    @property
    def used_percent(self) -> int:
        """The share of the target that is used, in whole percent, rounded down: the one figure to show."""
        return 100 * self.counted_seconds // self.target_seconds if self.target_seconds else 100


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the timeline in one colour; the reason is that of the hold, whether it paused or not."""

    starts_at: datetime
    ends_at: datetime
    colour: Colour
    reason: str | None

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return int((self.ends_at - self.starts_at).total_seconds())


@dataclass(slots=True)
class _Clock:
    """The life of a record, seen through one calendar and one choice of pausing holds."""

    life: Life
    open_time: OpenTime
    pauses_on: frozenset[str]

    def pauses(self, phase: Phase, reason: str | None) -> bool:
        return phase is Phase.HELD and reason in self.pauses_on

    def counting(self) -> Iterator[Stretch]:
        """Yield the stretches in which open time counts."""
        for stretch in self.life.stretches:
            if stretch.phase in LIVE and not self.pauses(stretch.phase, stretch.reason):
                yield stretch

    def state(self) -> ClockState:
        if self.life.phase in LIVE:
            paused = self.pauses(self.life.phase, self.life.reason)
            return ClockState.HELD if paused else ClockState.RUNNING
        return ClockState.CANCELLED if self.life.phase is Phase.CANCELLED else ClockState.STOPPED

    def sums(self) -> dict[Colour, int]:
        """Add up the buckets."""
        sums = dict.fromkeys(Colour, 0)
        for starts, ends, phase, reason in self.life.stretches:
            if phase not in LIVE:
                sums[Colour.RESOLVED] += ends - starts
                continue
            opened = self.open_time.between(starts, ends)
            sums[Colour.CLOSED] += ends - starts - opened
            sums[Colour.HELD if self.pauses(phase, reason) else Colour.COUNTED] += opened
        return sums

    def reached(self, seconds: int) -> tuple[int | None, int]:
        """Return when so much was counted, or nothing and how much was still missing at the end."""
        if seconds <= 0:
            return self.life.opened, 0
        missing = seconds
        for stretch in self.counting():
            counted = self.open_time.between(stretch.starts, stretch.ends)
            if counted >= missing:
                return self.open_time.after(stretch.starts, missing), 0
            missing -= counted
        return None, missing

    def expected(self, seconds: int) -> int | None:
        """Return when so much was or will be counted if nothing else happens."""
        reached, missing = self.reached(seconds)
        if reached is None and self.state() is ClockState.RUNNING:
            return self.open_time.after(self.life.ended, missing)
        return reached

    def due(self, seconds: int) -> int | None:
        """Return when the target is used up, for a stopped clock as if it had run on."""
        reached, missing = self.reached(seconds)
        if reached is not None or self.state() in {ClockState.HELD, ClockState.CANCELLED}:
            return reached
        lived = (stretch.ends for stretch in reversed(self.life.stretches) if stretch.phase in LIVE)
        return self.open_time.after(next(lived, self.life.opened), missing)

    def verdict(self, breached: bool) -> Verdict:
        state = self.state()
        if state is ClockState.CANCELLED:
            return Verdict.CANCELLED
        if breached:
            return Verdict.BREACHED
        return Verdict.MET if state is ClockState.STOPPED else Verdict.RUNNING


def read_clock(
    facts: Iterable[LedgerFact],
    *,
    target_seconds: int,
    calendar: WorkingCalendar,
    pauses_on: frozenset[str],
    as_of: datetime,
    stops_on: frozenset[LedgerKind] = RESOLUTION_STOPS,
) -> ClockReading:
    """Derive what a clock shows at an instant from what happened until then."""
    clock = _Clock(follow(facts, as_of=as_of, stops_on=stops_on), calendar.open_time, pauses_on)
    life, sums, due = clock.life, clock.sums(), clock.due(target_seconds)
    breached = sums[Colour.COUNTED] > target_seconds
    return ClockReading(
        state=clock.state(),
        verdict=clock.verdict(breached),
        target_seconds=target_seconds,
        started_at=to_instant(life.opened),
        due_at=_instant_or_none(due),
        stopped_at=_instant_or_none(life.stopped),
        breached_at=_instant_or_none(due) if breached else None,
        counted_seconds=sums[Colour.COUNTED],
        held_seconds=sums[Colour.HELD],
        closed_seconds=sums[Colour.CLOSED],
        resolved_seconds=sums[Colour.RESOLVED],
        wall_seconds=life.ended - life.opened,
    )


def instant_of(
    facts: Iterable[LedgerFact],
    counted_seconds: int,
    *,
    calendar: WorkingCalendar,
    pauses_on: frozenset[str],
    as_of: datetime,
    stops_on: frozenset[LedgerKind] = RESOLUTION_STOPS,
) -> datetime | None:
    """Return when the count reached, or will reach if nothing else happens, so many seconds.

    Nothing while the clock is paused, or once it stopped, before that. Zero or less is the opening itself,
    so that a step that would fall before it is taken once, at the start.
    """
    clock = _Clock(follow(facts, as_of=as_of, stops_on=stops_on), calendar.open_time, pauses_on)
    return _instant_or_none(clock.expected(counted_seconds))


def segments(
    facts: Iterable[LedgerFact],
    *,
    calendar: WorkingCalendar,
    pauses_on: frozenset[str],
    as_of: datetime,
    stops_on: frozenset[LedgerKind] = RESOLUTION_STOPS,
) -> list[Segment]:
    """Colour every second of wall time, in order and without gaps; the same colour and reason is one part."""
    clock = _Clock(follow(facts, as_of=as_of, stops_on=stops_on), calendar.open_time, pauses_on)
    merged: list[Segment] = []
    for starts, ends, colour, reason in _coloured(clock):
        if merged and (merged[-1].colour, merged[-1].reason) == (colour, reason):
            merged[-1] = Segment(merged[-1].starts_at, to_instant(ends), colour, reason)
        else:
            merged.append(Segment(to_instant(starts), to_instant(ends), colour, reason))
    return merged


def _coloured(clock: _Clock) -> Iterator[tuple[int, int, Colour, str | None]]:
    """Yield the parts of each stretch in turn, its open and its closed hours apart."""
    for starts, ends, phase, reason in clock.life.stretches:
        if phase not in LIVE:
            yield starts, ends, Colour.RESOLVED, None
            continue
        colour = Colour.HELD if clock.pauses(phase, reason) else Colour.COUNTED
        done = starts
        for opens, closes in clock.open_time.spans(starts, ends):
            if opens > done:
                yield done, opens, Colour.CLOSED, None
            yield opens, closes, colour, reason
            done = closes
        if done < ends:
            yield done, ends, Colour.CLOSED, None


def _instant_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else to_instant(seconds)
