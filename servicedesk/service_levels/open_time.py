"""The open seconds of a calendar, indexed so that no question walks over days.

Instants are whole seconds since 1970 here. Windows are in local time; each is turned into UTC by itself,
so that a change of the clocks makes a day of 23 or 25 hours without any special case.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from servicedesk.core.errors import RuleViolation

Windows = Mapping[int, tuple[tuple[int, int], ...]]

FIRST_YEAR, LAST_YEAR = 1900, 2199
# Two days inside those years, so that every instant between has a local year within them in any zone.
_EARLIEST = int(datetime(FIRST_YEAR, 1, 3, tzinfo=UTC).timestamp())
_LATEST = int(datetime(LAST_YEAR, 12, 29, tzinfo=UTC).timestamp())


class _Index(NamedTuple):
    """Every open span of some whole years, in order and disjoint, with the open seconds before each."""

    first_year: int
    last_year: int
    since: int
    until: int
    opens: list[int]
    closes: list[int]
    before: list[int]

    def counted_at(self, at: int) -> int:
        """Return the open seconds from the start of the index to an instant."""
        span = bisect_right(self.opens, at) - 1
        if span < 0:
            return 0
        return self.before[span] + min(at, self.closes[span]) - self.opens[span]

    @property
    def total(self) -> int:
        """All open seconds of the index."""
        return self.counted_at(self.until)


class OpenTime:
    """When a service is open: a week of local windows without the closed days."""

    __slots__ = ("_closures", "_index", "_windows", "_zone")

    def __init__(self, zone: ZoneInfo, windows: Windows, closures: frozenset[date]) -> None:
        self._zone = zone
        self._windows = windows
        self._closures = closures
        self._index: _Index | None = None

    def between(self, start: int, end: int) -> int:
        """Count the open seconds from start to end, which is not before it."""
        index = self._covering(start, end)
        return index.counted_at(end) - index.counted_at(start)

    def after(self, start: int, seconds: int) -> int:
        """Return the first instant at which so many open seconds have passed since start."""
        if seconds == 0:
            return start
        index = self._covering(start, start)
        counted = index.counted_at(start) + seconds
        while index.total < counted:
            index = self._longer(index)
            counted = index.counted_at(start) + seconds
        span = bisect_left(index.before, counted) - 1
        return index.opens[span] + counted - index.before[span]

    def is_open(self, at: int) -> bool:
        """Tell whether the second that begins at this instant is open."""
        index = self._covering(at, at)
        span = bisect_right(index.opens, at) - 1
        return span >= 0 and at < index.closes[span]

    def next_opening(self, at: int) -> int:
        """Return the instant itself where it is open, else the next opening."""
        index = self._covering(at, at)
        while not index.closes or index.closes[-1] <= at:
            index = self._longer(index)
        return max(at, index.opens[bisect_right(index.closes, at)])

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open spans between two instants, cut to them; windows that touch are one span."""
        if start >= end:
            return
        index = self._covering(start, end)
        for span in range(bisect_right(index.closes, start), bisect_left(index.opens, end)):
            yield max(start, index.opens[span]), min(end, index.closes[span])

    def local_time(self, at: int) -> datetime:
        """Return what the clocks of the zone show at an instant, without the zone."""
        return datetime.fromtimestamp(at, self._zone).replace(tzinfo=None)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a local day has any open window."""
        return day not in self._closures and bool(self._windows.get(day.weekday()))

    def instant_of(self, local: datetime) -> int:
        """Return the first second at which the clocks of the zone show this local time, or a later one.

        A time that comes twice means its first coming; one that is jumped over means the jump.
        """
        at = int(local.replace(tzinfo=self._zone).timestamp())
        if self.local_time(at) == local:
            return at
        day_before = range(at - 86_400, at + 1)
        return day_before[bisect_left(day_before, local, key=self.local_time)]

    def _covering(self, start: int, end: int) -> _Index:
        index = self._index
        if index is not None and index.since <= start and end < index.until:
            return index
        if start < _EARLIEST or end > _LATEST:
            raise RuleViolation(at=f"Instants must lie between the years {FIRST_YEAR} and {LAST_YEAR}.")
        first, last = self.local_time(start).year, self.local_time(end).year + 1
        if index is not None:
            first, last = min(first, index.first_year), max(last, index.last_year)
        return self._build(first, min(last, LAST_YEAR))

    def _longer(self, index: _Index) -> _Index:
        """Return an index of twice as many years, up to the last year that there is."""
        if index.last_year == LAST_YEAR:
            raise RuleViolation(
                windows=f"This calendar has too little open time: the search ended with {LAST_YEAR}."
            )
        years = index.last_year - index.first_year + 1
        return self._build(index.first_year, min(index.last_year + years, LAST_YEAR))

    def _build(self, first_year: int, last_year: int) -> _Index:
        since = self.instant_of(_midnight(date(first_year, 1, 1)))
        until = self.instant_of(_midnight(date(last_year + 1, 1, 1)))
        index = _Index(first_year, last_year, since, until, [], [], [])
        counted = 0
        for opens, closes in self._spans_of_days(first_year, last_year):
            if index.closes and index.closes[-1] == opens:
                index.closes[-1] = closes
            else:
                index.opens.append(opens)
                index.closes.append(closes)
                index.before.append(counted)
            counted += closes - opens
        # Assigned whole, so that threads that share a calendar only ever see a finished index.
        self._index = index
        return index

    def _spans_of_days(self, first_year: int, last_year: int) -> Iterator[tuple[int, int]]:
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        for day in map(date.fromordinal, range(first, last + 1)):
            if day in self._closures:
                continue
            midnight = _midnight(day)
            for opens, closes in self._windows.get(day.weekday(), ()):
                opening = self.instant_of(midnight + timedelta(seconds=opens))
                closing = self.instant_of(midnight + timedelta(seconds=closes))
                if opening < closing:
                    yield opening, closing


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
