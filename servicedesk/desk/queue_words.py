"""The queue in words: what is shown, how it is sorted, where each record stands."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from servicedesk.directory.models import Desk, Person, Team
from servicedesk.incidents.listing import IncidentFilter
from servicedesk.records.transitions import state_words

SORT_WORDS = {
    "time-left": "Time left", "priority": "Priority", "oldest": "Oldest first", "newest": "Newest first",
    "changed": "Last change",
}  # fmt: skip
SORTED_BY = {
    "time-left": "sorted by time left", "priority": "sorted by priority", "oldest": "oldest first",
    "newest": "newest first", "changed": "last changed first",
}  # fmt: skip
STATES = {"open": "Open", "finished": "Finished", "all": "All records"}


def state_of(row: Any) -> str:
    """Return a record's state as the queue says it."""
    return f"held: {row.hold_reason}" if row.hold_reason else str(state_words(row.state))


def sentence(
    wanted: IncidentFilter, desks: Sequence[Desk], teams: Sequence[Team], requester: Person | None
) -> str:
    """Say what the queue shows: “Overdue, unassigned in ICT, sorted by time left”."""
    parts = [STATES.get(wanted.states) or state_words(wanted.states).capitalize()]
    parts += [f"P{wanted.priority}"] if wanted.priority else []
    parts += [{"overdue": "overdue", "soon": "due within an hour"}[wanted.due]] if wanted.due else []
    if wanted.assignee:
        parts.append({"me": "assigned to me", "nobody": "unassigned"}.get(wanted.assignee, "of one agent"))
    parts += [f"for {requester.name}"] if requester else []
    parts += ["in one category"] if wanted.category_id else []
    parts += [f"about “{wanted.text}”"] if wanted.text else []
    return f"{', '.join(parts)} {_place(wanted, desks, teams)}, {SORTED_BY[wanted.sort]}"


def _place(wanted: IncidentFilter, desks: Sequence[Desk], teams: Sequence[Team]) -> str:
    """Say at which team and desk."""
    by_desk, by_team = {desk.id: desk.name for desk in desks}, {team.id: team.name for team in teams}
    here = [by_team.get(wanted.team_id or 0), by_desk.get(wanted.desk_id or 0)]
    if len(desks) == 1 and not here[1]:
        here[1] = desks[0].name
    named = [name for name in here if name]
    return f"in {', '.join(named)}" if named else "at all my desks"


def sort_columns(wanted: IncidentFilter) -> list[dict[str, Any]]:
    """Return the table's columns; the order of a click is the one that an agent wants first."""
    moment = {"oldest": "Opened", "newest": "Opened", "changed": "Changed"}.get(wanted.sort)
    columns: list[dict[str, Any]] = [
        _column("priority", "Priority", wanted, "priority", fit=True),
        {"key": "number", "label": "Number", "fit": True, "nowrap": True},
        {"key": "title", "label": "Title", "main": True},
        {"key": "category", "label": "Category"},
        {"key": "state", "label": "State", "fit": True},
        {"key": "assignee", "label": "Assignee"},
        {"key": "requester", "label": "Requester"},
    ]
    if moment:
        columns.append({"key": "moment", "label": moment, "fit": True})
    return [*columns, _column("clock", "Time left", wanted, "time-left", fit=True)]


def _column(key: str, label: str, wanted: IncidentFilter, sort: str, **more: Any) -> dict[str, Any]:
    """Return a column that can be sorted by."""
    url = url_for("desk.list_incidents", **wanted.told(sort=sort))
    chosen = {"sorted": "ascending"} if wanted.sort == sort else {}
    return {"key": key, "label": label, "sort_url": url, **chosen, **more}
