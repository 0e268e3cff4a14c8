"""The one list of incidents: what may be asked of it, and the query that answers.

Queue, API and CSV read the same filter and order, so they can never show different records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import SortKey
from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.models import Organisation, Person, Team
from servicedesk.incidents.models import Incident
from servicedesk.incidents.queries import SHOWN
from servicedesk.incidents.states import IncidentState
from servicedesk.records.models import Category, Record
from servicedesk.records.queries import followed_by, visible_to
from servicedesk.service_levels.models import Clock

DUE_SOON = timedelta(hours=1)
LONGEST_SEARCH = 200
MOST_WORDS = 8
STATES = ("open", *IncidentState, "finished", "all")
DUES = ("overdue", "soon")
ME, NOBODY = "me", "nobody"

_BY_ID = SortKey(Record.id, "id")
SORTS: dict[str, tuple[SortKey, ...]] = {
    "time-left": (SortKey(Record.due_at, "due_at", nullable=True), _BY_ID),
    "priority": (SortKey(Record.priority, "priority"), _BY_ID),
    "oldest": (SortKey(Record.opened_at, "opened_at"), _BY_ID),
    "newest": (
        SortKey(Record.opened_at, "opened_at", descending=True),
        SortKey(Record.id, "id", descending=True),
    ),
    "changed": (
        SortKey(Record.changed_at, "changed_at", descending=True),
        SortKey(Record.id, "id", descending=True),
    ),
}
# What a URL calls each part of a filter.
NAMES = {
    "desk": "desk_id", "team": "team_id", "assignee": "assignee", "state": "state", "priority": "priority",
    "requester": "requester_id", "category": "category_id", "due": "due", "q": "text", "sort": "sort",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What a list of incidents is narrowed to, and its order; nothing given asks for all that are open.

    `assignee` is "me", "nobody" or a person's id. Without a state, a search looks at finished ones too.
    """

    desk_id: int | None = None
    team_id: int | None = None
    assignee: str = ""
    state: str = ""
    priority: int | None = None
    requester_id: int | None = None
    category_id: int | None = None
    due: str = ""
    text: str = ""
    sort: str = "time-left"

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Read a filter from a URL's parameters; raise RuleViolation naming what makes no sense."""
        told = {name: given.get(name, "").replace("\x00", "").strip() for name in NAMES}
        ids = {NAMES[name]: _id(name, told[name]) for name in ("desk", "team", "requester", "category")}
        assignee = (
            told["assignee"]
            if told["assignee"] in (ME, NOBODY)
            else str(_id("assignee", told["assignee"]) or "")
        )
        state, usual = _one_of("state", told["state"], STATES), "all" if told["q"] else "open"
        return cls(
            **ids,
            assignee=assignee,
            state="" if state == usual else state,
            priority=int(
                _one_of("priority", told["priority"].lower().removeprefix("p"), ("1", "2", "3", "4")) or 0
            )
            or None,
            due=_one_of("due", told["due"], DUES),
            text=told["q"][:LONGEST_SEARCH],
            sort=_one_of("sort", told["sort"], tuple(SORTS)) or "time-left",
        )

    def told(self, **changes: Any) -> dict[str, Any]:
        """Return the filter as a URL's parameters, with some of it changed; what is not asked is left out."""
        changed, fresh = replace(self, **changes), IncidentFilter()
        values = {name: getattr(changed, attribute) for name, attribute in NAMES.items()}
        return {name: str(value) for name, value in values.items() if value != getattr(fresh, NAMES[name])}

    @property
    def states(self) -> str:
        """Return which states are asked for."""
        return self.state or ("all" if self.text else "open")

    @property
    def order(self) -> tuple[SortKey, ...]:
        """Return the keys that the list is sorted and paged by."""
        return SORTS[self.sort]


def _id(name: str, text: str) -> int | None:
    """Read the id of something."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise RuleViolation(**{name: f"“{text[:50]}” is not a {name}'s id."})
    return int(text)


def _one_of(name: str, text: str, choices: Sequence[str]) -> str:
    """Read a choice."""
    if text and text not in choices:
        raise RuleViolation(**{name: f"“{text[:50]}” is not a {name}. Choose one of: {', '.join(choices)}."})
    return text


def list_incidents(wanted: IncidentFilter, actor: Actor, now: datetime) -> Select[Any]:
    """Return the query for the incidents of a filter that the actor may read; page it by `wanted.order`."""
    return select(Incident).where(*_conditions(wanted, actor, now)).options(*SHOWN)


def list_followed(wanted: IncidentFilter, actor: Actor, now: datetime) -> Select[Any]:
    """Return the query for the incidents of a filter that the actor follows; page it by `wanted.order`."""
    return select(Incident).where(followed_by(actor), *_asked(wanted, actor, now)).options(*SHOWN)


def list_rows(wanted: IncidentFilter, actor: Actor, now: datetime) -> Select[Any]:
    """Return the query for what a queue shows of each incident: rows, which load quicker than entities."""
    assignee, requester = aliased(Person), aliased(Person)
    columns: tuple[Any, ...] = (
        Record.id, Record.number, Record.title, Record.state, Record.priority, Record.desk_id, Record.due_at,
        Record.opened_at, Record.changed_at, Record.hold_reason,
        Category.path.label("category"), Team.name.label("team"), assignee.name.label("assignee"),
        requester.name.label("requester"), Organisation.short_name.label("organisation"),
        Clock.policy_id, Clock.state.label("clock_state"), Clock.target_seconds, Clock.counted_seconds,
        Clock.stopped_at,
    )  # fmt: skip
    query: Select[Any] = (
        select(*columns)
        .select_from(Record)
        .join(requester, requester.id == Record.requester_id)
        .join(Organisation, Organisation.id == Record.organisation_id)
        .outerjoin(assignee, assignee.id == Record.assignee_id)
        .outerjoin(Category, Category.id == Record.category_id)
        .outerjoin(Team, Team.id == Record.team_id)
        .outerjoin(Clock, Clock.record_id == Record.id)
        .where(Record.practice == "incident", *_conditions(wanted, actor, now))
    )
    return query


def find_number(number: str, actor: Actor) -> bool:
    """Return whether there is an incident of that number that the actor may read."""
    seen = visible_to(actor, Permission.INCIDENT_READ)
    return db.session.scalar(select(Record.id).where(Record.number == number, seen)) is not None


def _conditions(wanted: IncidentFilter, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a record that the actor may read must meet."""
    return [visible_to(actor, Permission.INCIDENT_READ), *_asked(wanted, actor, now)]


def _asked(wanted: IncidentFilter, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a filter asks of a record."""
    found = _in_state(wanted.states)
    for column, value in (
        (Record.desk_id, wanted.desk_id), (Record.team_id, wanted.team_id),
        (Record.requester_id, wanted.requester_id), (Record.category_id, wanted.category_id),
        (Record.priority, wanted.priority),
    ):  # fmt: skip
        if value is not None:
            found.append(column == value)
    if wanted.assignee:
        found.append(_with_assignee(wanted.assignee, actor))
    if wanted.due:
        found.append(is_overdue(now) if wanted.due == "overdue" else is_due_soon(now))
    return found + [_says(word) for word in wanted.text.split()[:MOST_WORDS]]


def _in_state(state: str) -> list[ColumnElement[bool]]:
    """Return the condition for a state, or for all that are open or finished."""
    if state == "all":
        return []
    if state in ("open", "finished"):
        return [Record.is_open == (state == "open")]
    return [Record.state == state]


def _with_assignee(assignee: str, actor: Actor) -> ColumnElement[bool]:
    """Return the condition for who works on a record."""
    if assignee == NOBODY:
        return Record.assignee_id.is_(None)
    return Record.assignee_id == (actor.person_id if assignee == ME else int(assignee))


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition for an open record whose time is up; one that is held has no due time."""
    return Record.is_open & (Record.due_at < now)


def is_due_soon(now: datetime) -> ColumnElement[bool]:
    """Return the condition for an open record whose time is up within the hour, not yet overdue."""
    return Record.is_open & Record.due_at.between(now, now + DUE_SOON)


def _says(word: str) -> ColumnElement[bool]:
    """Return the condition for a word in the title, the number or what the requester is found by."""
    people = select(Person.id).where(Person.search_text.contains(word.lower(), autoescape=True))
    return or_(
        Record.title.icontains(word, autoescape=True),
        Record.number == word.upper(),
        Record.external_number == word,
        Record.requester_id.in_(people),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open records wait in each standard view."""

    mine: int
    unassigned: int
    soon: int
    overdue: int
    held: int
    all_open: int


def count_views(actor: Actor, desk_id: int | None, now: datetime) -> Counts:
    """Return the figures of the standard views, counted in one pass over what is open."""
    counted = (
        Record.assignee_id == actor.person_id, Record.assignee_id.is_(None), is_due_soon(now),
        is_overdue(now), Record.state == IncidentState.ON_HOLD,
    )  # fmt: skip
    columns: list[Any] = [func.count().filter(condition) for condition in counted]
    query = select(*columns, func.count()).where(*_conditions(IncidentFilter(desk_id=desk_id), actor, now))
    return Counts(*tuple(db.session.execute(query).one()))
