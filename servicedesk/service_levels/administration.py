"""Change a desk's opening hours and closures; the clocks that run are then derived anew."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from servicedesk.core.amending import one_line
from servicedesk.core.audit import AuditEvent, write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import NotFound, RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk
from servicedesk.service_levels.bank_holidays import SUBDIVISIONS, bank_holidays
from servicedesk.service_levels.models import Calendar, Closure, OpeningWindow
from servicedesk.service_levels.rederiving import rederive_after
from servicedesk.service_levels.working_time import WEEKDAYS, WorkingCalendar

TIME_ZONE = "Europe/London"
LONGEST_CLOSURE_DAYS = 31
CLOSURE_YEARS = range(2015, 2036)

Windows = dict[int, tuple[tuple[int, int], ...]]


def set_opening_hours(
    desk: Desk, *, actor: Actor, hours: Mapping[str, str], nation: str | None, now: datetime
) -> None:
    """Set when a desk opens each weekday (“08:00-12:00, 13:00-17:00”) and whose bank holidays it keeps."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    if nation is not None and nation not in SUBDIVISIONS:
        raise RuleViolation(bank_holidays="Choose a nation, or none.")
    windows = read_hours(hours)
    calendar = _locked_calendar(desk)
    fields = [
        name
        for name, differs in (
            ("windows", _windows_of(calendar) != windows),
            ("bank_holidays", calendar.bank_holidays != nation),
        )
        if differs
    ]
    if not fields:
        return
    calendar.bank_holidays = nation
    if "windows" in fields:
        calendar.windows = [
            OpeningWindow(weekday=day, opens=opens, closes=closes)
            for day, spans in windows.items()
            for opens, closes in spans
        ]
    _changed("calendar.amended", calendar, actor, now, fields=fields)


def read_hours(hours: Mapping[str, str]) -> Windows:
    """Read the hours of each weekday; raise RuleViolation naming every day that cannot be read."""
    windows: Windows = {}
    wrong: dict[str, str] = {}
    for day, text in hours.items():
        spans = [part.strip().replace("–", "-") for part in text.replace(";", ",").split(",") if part.strip()]
        if not spans:
            continue
        try:
            windows |= WorkingCalendar.weekly(TIME_ZONE, {day: spans}).windows
        except RuleViolation as violation:
            wrong[day] = " ".join(violation.messages.values())
    if wrong:
        raise RuleViolation(**wrong)
    if not windows:
        raise RuleViolation(
            windows="Enter the hours of at least one day: a desk that never opens has no clock."
        )
    return windows


def hours_in_words(calendar: Calendar | None) -> dict[str, str]:
    """Return the hours of each weekday as they are typed."""
    windows = _windows_of(calendar) if calendar else {}
    return {
        name: ", ".join(
            f"{_clock_words(opens)}-{_clock_words(closes)}" for opens, closes in windows.get(day, ())
        )
        for day, name in enumerate(WEEKDAYS)
    }


def _clock_words(seconds: int) -> str:
    """Return a second of the day as a time."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _windows_of(calendar: Calendar) -> Windows:
    """Return the opening windows of a calendar by weekday."""
    windows: Windows = {}
    for window in sorted(calendar.windows, key=lambda one: (one.weekday, one.opens)):
        windows[window.weekday] = (*windows.get(window.weekday, ()), (window.opens, window.closes))
    return windows


def add_closures(
    desk: Desk, *, actor: Actor, first_day: date, last_day: date | None, name: str, now: datetime
) -> list[date]:
    """Close a desk on one day or several in a row; days that are closed already stay as they are."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    clean = one_line(name, field="name", missing="Say why the desk is closed, such as “Christmas closure”.")
    days = _days(first_day, last_day or first_day)
    calendar = _existing_calendar(desk)
    closed = {closure.day for closure in calendar.closures}
    if calendar.bank_holidays:
        closed |= set(bank_holidays(calendar.bank_holidays, {day.year for day in days}))
    added = [day for day in days if day not in closed]
    if not added:
        raise RuleViolation(first_day="The desk is closed then already.")
    calendar.closures.extend(Closure(day=day, name=clean) for day in added)
    for day in added:
        event = write_audit_event(
            "calendar.closure-added", subject=calendar, actor=actor, at=now, desk=desk.id, day=day.isoformat()
        )
    _count_up(calendar, event)
    return added


def _days(first: date, last: date) -> list[date]:
    """Return the days of a closure; raise RuleViolation if they are out of order or too many."""
    if last < first:
        raise RuleViolation(last_day="The last day must not be before the first.")
    count = (last - first).days + 1
    if count > LONGEST_CLOSURE_DAYS:
        raise RuleViolation(last_day=f"Enter at most {LONGEST_CLOSURE_DAYS} days at a time.")
    if first.year not in CLOSURE_YEARS or last.year not in CLOSURE_YEARS:
        years = f"{CLOSURE_YEARS[0]} to {CLOSURE_YEARS[-1]}"
        raise RuleViolation(first_day=f"Enter days in the years {years}.")
    return [first + timedelta(days=step) for step in range(count)]


def remove_closure(desk: Desk, closure_id: int, *, actor: Actor, now: datetime) -> date:
    """Open a desk again on a day on which it was to be closed."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    calendar = _existing_calendar(desk)
    closure = next((each for each in calendar.closures if each.id == closure_id), None)
    if closure is None:
        raise NotFound("There is no such closure; somebody may have removed it already.")
    day = closure.day
    calendar.closures.remove(closure)
    _changed("calendar.closure-removed", calendar, actor, now, day=day.isoformat())
    return day


def _changed(kind: str, calendar: Calendar, actor: Actor, now: datetime, **data: object) -> None:
    """Write what was changed and let the clocks follow."""
    db.session.flush()
    event = write_audit_event(kind, subject=calendar, actor=actor, at=now, desk=calendar.desk_id, **data)
    _count_up(calendar, event)


def _count_up(calendar: Calendar, event: AuditEvent) -> None:
    """Make the calendar's revision grow, so that no process counts with the hours that it knew."""
    calendar.revision += 1
    db.session.flush()
    rederive_after(event, calendar.desk_id)


def _locked_calendar(desk: Desk) -> Calendar:
    """Return a desk's calendar with nobody else changing it; a new desk gets an empty one."""
    db.session.execute(select(Desk.id).where(Desk.id == desk.id).with_for_update())
    found = select(Calendar).where(Calendar.desk_id == desk.id).execution_options(populate_existing=True)
    calendar = db.session.scalar(found)
    if calendar is None:
        calendar = Calendar(desk_id=desk.id, time_zone=TIME_ZONE)
        db.session.add(calendar)
        db.session.flush()
    return calendar


def _existing_calendar(desk: Desk) -> Calendar:
    """Return a desk's calendar, locked; raise RuleViolation if it has no hours yet."""
    calendar = _locked_calendar(desk)
    if not calendar.windows:
        raise RuleViolation(first_day="Set the desk's opening hours first.")
    return calendar
