"""What the rows of an export say of an incident: read by a mapping, in our own words but with their names."""

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from string import Formatter
from zoneinfo import ZoneInfo

from servicedesk.core.import_files import Row
from servicedesk.core.importing import Group, RowRefused
from servicedesk.core.mapping import Mapping
from servicedesk.incidents.import_keys import LEVELS, TEMPLATES
from servicedesk.incidents.import_mapping import template_columns
from servicedesk.incidents.operations import LONGEST_TITLE
from servicedesk.incidents.states import IncidentState
from servicedesk.records.operations import LONGEST_TEXT
from servicedesk.service_levels.ledger import HoldReason

LONGEST_NAME = 200
CATEGORY_JOINT = " / "
_EDGES = " \t–—-/:,;"


@dataclass(slots=True)
class Snapshot:
    """One row: how an incident stood after one change; a state that nobody mapped is the one before."""

    line: int
    at: datetime
    state: str
    reason: str | None
    state_not_understood: str | None
    changed_by: str | None
    requester: str
    assignee: str | None
    team: str | None
    category: str | None
    impact: int | None
    urgency: int | None
    priority: int | None
    location: str
    change_count: int | None
    others: tuple[str | None, ...]


@dataclass(slots=True)
class History:
    """All that an export says of one incident."""

    number: str
    snapshots: list[Snapshot]
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reporter: str | None
    channel: str
    texts: dict[str, str]
    transfer_count: int | None
    reopen_count: int | None
    flags: list[str] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file by one mapping."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        self._mapping = mapping
        self._columns = {name: index for index, name in enumerate(header)}
        self._unknown = {"", *mapping["unknown"]}
        self._zone = ZoneInfo(mapping["time_zone"])
        self._places = {
            name.removeprefix("columns."): self._columns[value]
            for name, value in mapping.values.items()
            if name.startswith("columns.") and isinstance(value, str)
        }
        self._category = [self._columns[column] for column in mapping["columns.category"] or ()]
        self._others = [self._columns[column] for column in mapping["also_told"]]
        self._states = {theirs: _state(ours) for theirs, ours in mapping["states"].items()}
        self._levels = {
            name: {theirs: int(ours) for theirs, ours in mapping[name].items()} for name in LEVELS
        }
        self._templates = {name: (mapping[name], template_columns(mapping[name])) for name in TEMPLATES}
        self._times: dict[str, datetime] = {}

    def history(self, group: Group) -> History:
        """Return what the rows of an incident say together; raise RowRefused for one that says nonsense."""
        snapshots: list[Snapshot] = []
        state: tuple[str, str | None] = (IncidentState.NEW, None)
        for row in self._in_order(group.rows):
            try:
                snapshots.append(self._snapshot(row, state))
            except ValueError as error:
                raise RowRefused(row.line, str(error)) from error
            state = (snapshots[-1].state, snapshots[-1].reason)
        try:
            return self._history(group.number, row, snapshots)
        except ValueError as error:
            raise RowRefused(row.line, str(error)) from error

    def _in_order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows in the order in which the changes were made."""
        if self._mapping["order"] == "file":
            return rows
        try:
            return sorted(rows, key=self._moment)
        except ValueError as error:
            raise RowRefused(rows[0].line, str(error)) from error

    def _history(self, number: str, row: Row, snapshots: list[Snapshot]) -> History:
        """Return what the last row says of the whole incident."""
        opened_at = self._time(row, "opened_at")
        if opened_at is None:
            raise ValueError("it does not say when it was opened")
        channel = self._mapping["channels"].get(self._text(row, "channel") or "", "import")
        return History(
            number=number,
            snapshots=snapshots,
            opened_at=opened_at,
            resolved_at=self._time(row, "resolved_at"),
            closed_at=self._time(row, "closed_at"),
            reporter=self._name(row, "reporter"),
            channel=channel,
            texts=self._texts(row),
            transfer_count=self._count(row, "transfer_count"),
            reopen_count=self._count(row, "reopen_count"),
        )

    def _moment(self, row: Row) -> datetime:
        """Return when a row's change was made."""
        at = self._time(row, "updated_at") or self._time(row, "opened_at")
        if at is None:
            raise ValueError("it does not say when it was changed")
        return at

    def _snapshot(self, row: Row, before: tuple[str, str | None]) -> Snapshot:
        """Return how the incident stood after a row's change."""
        state_text = self._text(row, "state") or ""
        state, reason = self._states.get(state_text, before)
        return Snapshot(
            line=row.line,
            at=self._moment(row),
            state=state,
            reason=reason,
            state_not_understood=None if state_text in self._states else state_text,
            changed_by=self._name(row, "changed_by"),
            requester=self._name(row, "requester") or self._mapping["defaults.requester"],
            assignee=self._name(row, "assignee"),
            team=self._name(row, "team"),
            category=self._path(row),
            impact=self._level(row, "impact", "impacts"),
            urgency=self._level(row, "urgency", "urgencies"),
            priority=self._level(row, "priority", "priorities"),
            location=(self._text(row, "location") or "")[:LONGEST_TITLE],
            change_count=self._count(row, "change_count"),
            others=tuple(self._cell(row, place) for place in self._others),
        )

    def _cell(self, row: Row, place: int) -> str | None:
        """Return a value without its edges; nothing where it is not known."""
        text = row.values[place].replace("\x00", "").strip()
        return None if text in self._unknown else text

    def _text(self, row: Row, name: str) -> str | None:
        """Return the value of a mapped column; nothing where it is not mapped."""
        place = self._places.get(name)
        return None if place is None else self._cell(row, place)

    def _name(self, row: Row, name: str) -> str | None:
        """Return a name on one line."""
        text = self._text(row, name)
        return " ".join(text.split())[:LONGEST_NAME] if text else None

    def _path(self, row: Row) -> str | None:
        """Return the way to the category as far down as it is known."""
        names = []
        for place in self._category:
            name = self._cell(row, place)
            if name is None:
                break
            names.append(" ".join(name.split())[:LONGEST_NAME].replace(CATEGORY_JOINT, "/"))
        return CATEGORY_JOINT.join(names) or None

    def _count(self, row: Row, name: str) -> int | None:
        """Return a counter."""
        text = self._text(row, name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValueError(f"“{text}” in the column {self._mapping[f'columns.{name}']} is no count")
        return int(text)

    def _level(self, row: Row, name: str, table: str) -> int | None:
        """Return an impact, urgency or priority as a number."""
        text = self._text(row, name)
        if text is None:
            return None
        levels = self._levels[table]
        level = levels.get(text) if levels else _first_digit(text, LEVELS[table])
        if level is None:
            raise ValueError(f"the {name} “{text}” is not in the mapping's {table}")
        return level

    def _time(self, row: Row, name: str) -> datetime | None:
        """Return a time in UTC; most come again and again, so each is worked out once."""
        text = self._text(row, name)
        if text is None:
            return None
        found = self._times.get(text)
        if found is None:
            if len(self._times) > 100_000:
                self._times.clear()
            found = self._times[text] = self._parsed(text, name)
        return found

    def _parsed(self, text: str, name: str) -> datetime:
        """Work a time out."""
        for pattern in self._mapping["dates"]:
            try:
                found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is given below
            except ValueError:
                continue
            try:
                return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)
            except OverflowError:
                break
        column = self._mapping[f"columns.{name}"]
        raise ValueError(f"“{text}” in the column {column} is no time as the mapping's dates have it")

    def _texts(self, row: Row) -> dict[str, str]:
        """Return title, description and resolution, filled in from the row."""
        filled = {}
        for name, (template, columns) in self._templates.items():
            known = {column: self._cell(row, self._columns[column]) or "" for column in columns}
            pieces = [
                literal + known.get(column or "", "") for literal, column, _, _ in Formatter().parse(template)
            ]
            filled[name] = "".join(pieces).strip(_EDGES) if any(known.values()) or not columns else ""
        title = " ".join(filled["title"].split())[:LONGEST_TITLE] or self._mapping["defaults.title"]
        return {name: text[:LONGEST_TEXT] for name, text in filled.items()} | {"title": title}


def _state(ours: str) -> tuple[str, str | None]:
    """Return a state and the reason for its hold."""
    state, _, reason = ours.partition(" ")
    return state, (reason or HoldReason.REQUESTER) if state == IncidentState.ON_HOLD else None


def _first_digit(text: str, most: int) -> int | None:
    """Return the level that a text such as “2 - High” begins with."""
    return int(text[0]) if text[0] in "123456789"[:most] else None


def names_in(histories: Sequence[History]) -> Table[str, set[str]]:
    """Return all people, teams and categories that some histories name."""
    people: set[str | None] = {history.reporter for history in histories}
    teams: set[str | None] = set()
    categories: set[str | None] = set()
    for history in histories:
        for snapshot in history.snapshots:
            people |= {snapshot.changed_by, snapshot.requester, snapshot.assignee}
            teams.add(snapshot.team)
            categories.add(snapshot.category)
    found = {"people": people, "teams": teams, "categories": categories}
    return {kind: {name for name in names if name} for kind, names in found.items()}
