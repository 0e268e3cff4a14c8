"""Working calendars: how many seconds of opening hours lie between two instants, and the way back.

Instants are aware and come back in UTC; everything is exact to the second, and fractions of a second are
dropped. The second that begins at an opening is open, the one that begins at a closing is not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from servicedesk.core.errors import RuleViolation
from servicedesk.service_levels.open_time import LAST_YEAR, OpenTime, Windows

DAY_SECONDS = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_WINDOW = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)")


def to_seconds(at: datetime) -> int:
    """Return the whole seconds since 1970 of an aware instant; a naive one is a mistake of the caller."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone.")
    return (at - _EPOCH) // _SECOND


def to_instant(seconds: int) -> datetime:
    """Return the instant of so many seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Opening windows of each weekday (0 is Monday, in seconds of the local day) without the closed days.

    A window that ends at 86400 ends with the day, however long that day is. The index of open time is made
    at first use, so keep a calendar rather than making it again for each question.
    """

    time_zone: str
    windows: Windows = field(hash=False)
    closures: frozenset[date] = frozenset()
    open_time: OpenTime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone = _zone(self.time_zone)
        windows = {day: tuple(sorted(self.windows[day])) for day in sorted(self.windows)}
        _check_windows(windows)
        object.__setattr__(self, "windows", windows)
        object.__setattr__(self, "closures", frozenset(self.closures))
        object.__setattr__(self, "open_time", OpenTime(zone, windows, self.closures))

    @classmethod
    def weekly(
        cls, time_zone: str, opening: Mapping[str, Iterable[str]], *, closures: Iterable[date] = ()
    ) -> Self:
        """Make a calendar from text such as {"mon-fri": ["08:00-12:00", "13:00-18:00"], "sat": […]}."""
        windows: dict[int, tuple[tuple[int, int], ...]] = {}
        for days, texts in opening.items():
            parsed = tuple(_parse_window(text) for text in texts)
            for day in _parse_days(days):
                windows[day] = windows.get(day, ()) + parsed
        return cls(time_zone, windows, frozenset(closures))

    def working_seconds(self, start: datetime, end: datetime) -> int:
        """Count the open seconds from start to end, which must not lie before it."""
        first, last = to_seconds(start), to_seconds(end)
        if last < first:
            raise ValueError(f"{end} is before {start}.")
        return self.open_time.between(first, last)

    def add(self, start: datetime, seconds: int) -> datetime:
        """Return the first instant at which so many open seconds have been counted since start.

        So ten hours from Monday 08:00 end on Monday at 18:00, not on Tuesday at 08:00. Nothing added gives
        start itself, even while closed; `next_opening` tells when counting begins.
        """
        if seconds < 0:
            raise ValueError("Working time cannot be counted backwards.")
        return to_instant(self.open_time.after(to_seconds(start), seconds))

    def is_open(self, at: datetime) -> bool:
        """Tell whether the second that begins at this instant is open."""
        return self.open_time.is_open(to_seconds(at))

    def next_opening(self, at: datetime) -> datetime:
        """Return the instant itself where it is open, else the next opening."""
        return to_instant(self.open_time.next_opening(to_seconds(at)))

    def working_days_in_seconds(self, start: datetime, days: int) -> int:
        """Turn a target in working days into the open seconds that it allows from this start.

        Rule: from the first open second at or after start to the same local time so many working days
        later; a working day is a local day on which the calendar opens at all. So one day from 17:50, with
        a holiday next, lasts until 17:50 on the day after that: never only the ten minutes left of today.
        Where that time is not open, as on a shorter day, all open time before it counts. The seconds are
        settled at the start; holds then move the due instant as they do for a target in hours.
        """
        if days < 0:
            raise ValueError("Working time cannot be counted backwards.")
        begins = self.open_time.next_opening(to_seconds(start))
        local = self.open_time.local_time(begins)
        left = days
        while left and local.year <= LAST_YEAR:
            local += timedelta(days=1)
            left -= self.open_time.is_working_day(local.date())
        return self.open_time.between(begins, self.open_time.instant_of(local))

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return when so many working days end, by the rule of `working_days_in_seconds`."""
        return self.add(start, self.working_days_in_seconds(start, days))

    def windows_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open intervals between two instants, cut to them; those that touch are one."""
        for opens, closes in self.open_time.spans(to_seconds(start), to_seconds(end)):
            yield to_instant(opens), to_instant(closes)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise RuleViolation(time_zone=f"There is no time zone “{name}”.") from error


def _check_windows(windows: Windows) -> None:
    """Refuse windows that are impossible or overlap, and a week without any."""
    for day, spans in windows.items():
        if day not in range(7):
            raise RuleViolation(windows=f"{day} is no weekday; 0 is Monday and 6 is Sunday.")
        closed_until = 0
        for opens, closes in spans:
            if not 0 <= opens < closes <= DAY_SECONDS:
                raise RuleViolation(
                    windows=f"On {DAY_NAMES[day]} an opening does not come before its closing."
                )
            if opens < closed_until:
                raise RuleViolation(windows=f"On {DAY_NAMES[day]} two opening times overlap.")
            closed_until = closes
    if not any(windows.values()):
        raise RuleViolation(windows="The calendar has no open time.")


def _parse_days(text: str) -> list[int]:
    """Read “mon” or “mon-fri”; “sat-mon” goes over the weekend."""
    first, _, last = text.strip().lower().partition("-")
    try:
        start, end = WEEKDAYS.index(first.strip()), WEEKDAYS.index((last or first).strip())
    except ValueError as error:
        raise RuleViolation(windows=f"“{text}” names no days; write “mon” or “mon-fri”.") from error
    return [(start + step) % 7 for step in range((end - start) % 7 + 1)]


def _parse_window(text: str) -> tuple[int, int]:
    """Read “08:00-18:00” as seconds of the day; 24:00 is the end of the day."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise RuleViolation(windows=f"“{text}” is no opening time; write “08:00-18:00”.")
    hour, minute, last_hour, last_minute = map(int, match.groups())
    if max(minute, last_minute) > 59:
        raise RuleViolation(windows=f"“{text}” has a minute past 59.")
    return hour * 3600 + minute * 60, last_hour * 3600 + last_minute * 60
