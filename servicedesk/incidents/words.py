"""An incident in its requester's words: where it stands, what happened, what they have to do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from servicedesk.core.words import moment_in_words
from servicedesk.incidents.models import Incident
from servicedesk.incidents.states import IncidentState
from servicedesk.records.models import Record
from servicedesk.records.timeline import Entry
from servicedesk.service_levels.ledger import HoldReason

_S = IncidentState
STATE_WORDS = {
    _S.NEW: "Reported",
    _S.IN_PROGRESS: "Being worked on",
    _S.ON_HOLD: "Waiting",
    _S.RESOLVED: "Fixed: please check",
    _S.CLOSED: "Closed",
    _S.CANCELLED: "Cancelled",
}
STEPS = ("Reported", "Being worked on", "Fixed", "Closed")
_REACHED = {_S.NEW: 0, _S.IN_PROGRESS: 1, _S.ON_HOLD: 1, _S.RESOLVED: 2, _S.CLOSED: 4}
_HELD_FOR = {
    HoldReason.SUPPLIER: "We are waiting for a supplier: {waiting_for}.",
    HoldReason.CHANGE: "We are waiting for a planned change: {waiting_for}.",
    HoldReason.PROBLEM: "We are looking for the cause of a wider problem: {waiting_for}.",
}


def short_state(record: Record) -> str:
    """Return a state in two or three words, for a list."""
    if waits_for_requester(record):
        return "Waiting for you"
    return STATE_WORDS[IncidentState(record.state)]


def waits_for_requester(record: Record) -> bool:
    """Return whether the work stands still until the requester answers."""
    return record.hold_reason == HoldReason.REQUESTER


def needs_requester(record: Record) -> bool:
    """Return whether the next word is the requester's: an answer, or whether it works again."""
    return waits_for_requester(record) or record.state == _S.RESOLVED


def where_it_stands(record: Record, now: datetime) -> str:
    """Say in a sentence or two where it stands and what the reader has to do."""
    return _SENTENCES[IncidentState(record.state)](record, now)


def promise(record: Record, now: datetime) -> str:
    """Say by when we promised to have it fixed; nothing if no promise is running."""
    if record.due_at is None or not record.is_open:
        return ""
    due = moment_in_words(record.due_at, now)
    if record.due_at < now:
        return f"We promised it for {due} and are late. We are sorry."
    return f"We promised {due}."


def promised(record: Record, now: datetime) -> str:
    """Return the promised moment for a list; nothing if no promise is running."""
    if record.due_at is None or not record.is_open:
        return ""
    return moment_in_words(record.due_at, now) + (" (we are late)" if record.due_at < now else "")


def _new(record: Record, now: datetime) -> str:
    return f"{record.desk.name} has it; nobody has started yet. {promise(record, now)}".strip()


def _in_progress(record: Record, now: datetime) -> str:
    who = record.assignee.name if record.assignee else record.desk.name
    return f"{who} is working on it. {promise(record, now)}".strip()


def _on_hold(record: Record, now: datetime) -> str:
    if waits_for_requester(record):
        return f"We need something from you: {_whom(record)}. Answer, and we go on."
    held = _HELD_FOR[HoldReason(record.hold_reason or "")].format(waiting_for=_whom(record))
    review = f" We look at it again {moment_in_words(record.review_at, now)}." if record.review_at else ""
    return f"{held}{review} You need do nothing."


def _whom(record: Record) -> str:
    """Return what we wait for, ready to stand in a sentence."""
    return (record.waiting_for or "").rstrip(" .")


def _resolved(record: Record, now: datetime) -> str:
    days = record.desk.close_after_days
    return (
        "We think that it is fixed. Does it work again? "
        f"If you say nothing, we close it after {days} working days."
    )


def _closed(record: Record, now: datetime) -> str:
    return f"It was closed {_when(record.closed_at, now)}. You need do nothing."


def _cancelled(record: Record, now: datetime) -> str:
    return f"It was cancelled {_when(record.closed_at, now)}. Nobody works on it any more."


_SENTENCES: dict[IncidentState, Callable[[Record, datetime], str]] = {
    _S.NEW: _new,
    _S.IN_PROGRESS: _in_progress,
    _S.ON_HOLD: _on_hold,
    _S.RESOLVED: _resolved,
    _S.CLOSED: _closed,
    _S.CANCELLED: _cancelled,
}


def _when(at: datetime | None, now: datetime) -> str:
    """Say a moment that may not be known, as with records of other systems."""
    return moment_in_words(at, now) if at else "earlier"


def progress(incident: Incident, now: datetime) -> list[dict[str, str]]:
    """Return the step line: reported, being worked on, fixed, closed."""
    reported = moment_in_words(incident.opened_at, now)
    if incident.state == _S.CANCELLED:
        ended = {"words": "Cancelled", "place": "done", "detail": _when(incident.closed_at, now)}
        return [{"words": STEPS[0], "place": "done", "detail": reported}, ended]
    reached = _REACHED[IncidentState(incident.state)]
    held = short_state(incident) if incident.state == _S.ON_HOLD else STEPS[1]
    details = (reported, "", _when(incident.resolved_at, now) if reached >= 2 else "",
               _when(incident.closed_at, now) if reached == 4 else "")  # fmt: skip
    return [
        {"words": words, "place": _place(index, reached), "detail": detail}
        for index, (words, detail) in enumerate(zip((STEPS[0], held, *STEPS[2:]), details, strict=True))
    ]


def _place(index: int, reached: int) -> str:
    """Return whether a step lies behind, here or ahead."""
    if index == reached:
        return "now"
    return "done" if index < reached else "later"


def change_words(entry: Entry, *, mine: bool, reader_side: bool) -> str | None:
    """Say a change as its requester should read it; None for what only the desk needs to know."""
    told = _CHANGES.get(entry.event)
    if told is None:
        return None
    return told("You" if mine else entry.author, entry.data, reader_side)


def _held(who: str, data: Any, reader_side: bool) -> str:
    if data.get("reason") == HoldReason.REQUESTER:
        return f"{who} asked {'you' if reader_side else 'the requester'} for something"
    return (
        f"{who} had to wait for {'a supplier' if data.get('reason') == HoldReason.SUPPLIER else 'other work'}"
    )


def _resumed(who: str, data: Any, reader_side: bool) -> str:
    if data.get("because") == "answer":
        return "With the answer, work could go on"
    return "The wait is over; work goes on"


def _closed_by(who: str, data: Any, reader_side: bool) -> str:
    if data.get("by") == "time":
        return "Closed, since nobody said that it was not fixed"
    return f"{who} closed it"


_CHANGES: dict[str, Callable[[str, Any, bool], str]] = {
    "incident.cancelled": lambda who, data, side: f"{who} cancelled it",
    "incident.closed": _closed_by,
    "incident.held": _held,
    "incident.imported": lambda who, data, side: "Taken over from the system used before",
    "incident.reopened": lambda who, data, side: f"{who} reopened it",
    "incident.resolved": lambda who, data, side: f"{who} fixed it",
    "incident.resumed": _resumed,
    "incident.started": lambda who, data, side: f"{who} started work on it",
    "incident.transferred": lambda who, data, side: "Another team took it over",
}
