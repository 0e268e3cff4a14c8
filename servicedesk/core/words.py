"""Times in words, as every page and mail says them; static/js/app.js keeps the same words fresh."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DUE_SOON_SHARE = 0.75

ClockState = Literal["running", "due_soon", "breached", "held", "met", "none"]


@dataclass(frozen=True, slots=True)
class MomentView:
    """A past instant for people: full words, the short part of them, and the exact instant as a title."""

    at: datetime
    words: str
    short: str
    title: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """A target's clock for people; `live` says that its words run on with the wall clock."""

    state: ClockState
    words: str
    short: str
    share: float = 0.0
    due_at: datetime | None = None
    title: str = ""
    live: bool = False


def duration_in_words(seconds: float) -> str:
    """Say a length of time, cut to what matters: "45 s", "1 h 20 min", "1 day 4 h", "3 days", "5 months"."""
    whole = int(abs(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 60:
        return f"{whole} s"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h" + _tail(minutes % 60, "min")
    return "1 day" + _tail(hours % 24, "h") if days < 2 else _long(days)


def _long(days: int) -> str:
    """Say many days: nobody counts a hundred of them."""
    if days < 60:
        return f"{days} days"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"


def _tail(count: int, unit: str) -> str:
    return f" {count} {unit}" if count else ""


def moment_in_words(at: datetime, now: datetime, tz: ZoneInfo = LONDON) -> str:
    """Say when: "today 15:40", "tomorrow 09:00", "Thu 19 Nov 09:12", "Fri 3 Jan 2025 10:00"."""
    local, here = at.astimezone(tz), now.astimezone(tz)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((local.date() - here.date()).days)
    if near:
        return f"{near} {local:%H:%M}"
    year = "" if local.year == here.year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def ago_in_words(at: datetime, now: datetime, tz: ZoneInfo = LONDON) -> str:
    """Say how long ago and when: "2 days ago (Thu 19 Nov 09:12)"."""
    return f"{_ago(at, now)} ({moment_in_words(at, now, tz)})"


def _ago(at: datetime, now: datetime) -> str:
    # A clock that runs a little ahead on another machine must not put a comment in the future.
    passed = (now - at).total_seconds()
    return "just now" if passed < 60 else f"{duration_in_words(passed)} ago"


def due_in_words(due: datetime, now: datetime, tz: ZoneInfo = LONDON) -> str:
    """Say how near a due time is: "in 1 h 20 min (today 15:40)", "20 min overdue (today 15:40)"."""
    left = (due - now).total_seconds()
    lead = f"in {duration_in_words(left)}" if left >= 0 else f"{duration_in_words(left)} overdue"
    return f"{lead} ({moment_in_words(due, now, tz)})"


def exact(at: datetime, tz: ZoneInfo = LONDON) -> str:
    """Say an instant in full, with its zone: "Thursday 19 November 2026, 09:12:05 GMT"."""
    local = at.astimezone(tz)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S %Z}"


def moment_view(at: datetime, now: datetime, tz: ZoneInfo = LONDON) -> MomentView:
    """Dress a past instant for the `when` macro."""
    return MomentView(at, ago_in_words(at, now, tz), _ago(at, now), exact(at, tz))


def clock_view(
    due_at: datetime | None,
    now: datetime,
    *,
    share: float = 0.0,
    held_for: str | None = None,
    stopped_at: datetime | None = None,
    left: timedelta | None = None,
    tz: ZoneInfo = LONDON,
) -> ClockView:
    """Dress a clock for the `clock` macro.

    `held_for` names whom a held clock waits for; `stopped_at` is when the target was answered; `left` is the
    working time left where it differs from the wall clock (only the moment in brackets is then the wall's).
    """
    if due_at is None:
        return ClockView("none", "No target", "no target")
    if stopped_at is not None:
        return _stopped(due_at, stopped_at, now, share, tz)
    if held_for is not None:
        words = f"Clock held: waiting for {held_for}"
        return ClockView(
            "held", words, f"held: {held_for}", share, due_at, "The due time moves on while held"
        )
    return _running(due_at, now, share, left, tz)


def _stopped(due_at: datetime, stopped_at: datetime, now: datetime, share: float, tz: ZoneInfo) -> ClockView:
    when, title = moment_in_words(stopped_at, now, tz), f"Was due {exact(due_at, tz)}"
    if stopped_at <= due_at:
        return ClockView("met", f"Met ({when})", "met", share, due_at, title)
    return ClockView("breached", f"Missed ({when})", "missed", 1.0, due_at, title)


def _running(
    due_at: datetime, now: datetime, share: float, left: timedelta | None, tz: ZoneInfo
) -> ClockView:
    title = f"Due {exact(due_at, tz)}"
    if now > due_at:
        late = duration_in_words((now - due_at).total_seconds())
        return ClockView(
            "breached", due_in_words(due_at, now, tz), f"{late} overdue", 1.0, due_at, title, live=True
        )
    state: ClockState = "due_soon" if share >= DUE_SOON_SHARE else "running"
    if left is None or left == due_at - now:
        short = f"{duration_in_words((due_at - now).total_seconds())} left"
        return ClockView(state, due_in_words(due_at, now, tz), short, share, due_at, title, live=True)
    short = f"{duration_in_words(left.total_seconds())} left"
    words = f"{short} in working hours ({moment_in_words(due_at, now, tz)})"
    return ClockView(state, words, short, share, due_at, title)
