"""Opening hours as people say them."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from servicedesk.core.db import db
from servicedesk.service_levels.models import Calendar, OpeningWindow

DAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Spans = tuple[tuple[int, int], ...]


def hours_by_desk() -> dict[int, str]:
    """Return every desk's opening hours in words: "Monday to Friday, 08:00 to 18:00"."""
    calendars = db.session.scalars(select(Calendar).options(selectinload(Calendar.windows)))
    return {calendar.desk_id: hours_in_words(calendar.windows) for calendar in calendars}


def hours_in_words(windows: Iterable[OpeningWindow]) -> str:
    """Say a week of opening windows; days in a row with the same hours are said together."""
    by_day: dict[int, Spans] = {}
    for window in sorted(windows, key=lambda each: (each.weekday, each.opens)):
        by_day[window.weekday] = (*by_day.get(window.weekday, ()), (window.opens, window.closes))
    runs = groupby(range(7), key=lambda day: by_day.get(day, ()))
    said = [_days([*days]) + ", " + _spans(spans) for spans, days in runs if spans]
    return "; ".join(said) or "Closed"


def _days(days: list[int]) -> str:
    """Say some days in a row."""
    if len(days) == 7:
        return "Every day"
    joint = " to " if len(days) > 2 else " and "
    return joint.join(dict.fromkeys((DAY_WORDS[days[0]], DAY_WORDS[days[-1]])))


def _spans(spans: Spans) -> str:
    """Say one day's windows."""
    if spans == ((0, 86_400),):
        return "day and night"
    return " and ".join(f"{_clock(opens)} to {_clock(closes)}" for opens, closes in spans)


def _clock(seconds: int) -> str:
    """Say a time of day; the end of the day is 24:00."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
