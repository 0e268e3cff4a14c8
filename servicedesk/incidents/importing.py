"""Take over another desk's incidents with their whole past.

What is past tells nobody and starts no ladder: events, ledger and clocks are written as rows, past the
subscribers that would send notices and set timers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, text

from servicedesk.core.audit import event_values, write_audit_events
from servicedesk.core.bulk import copy_rows, draw_ids
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.importing import Group
from servicedesk.core.mapping import Mapping
from servicedesk.core.numbering import next_numbers
from servicedesk.directory.models import Desk, Organisation
from servicedesk.incidents.import_directory import ImportDirectory
from servicedesk.incidents.import_history import Happening, Levels, happenings, odd_about, with_steps
from servicedesk.incidents.import_rows import History, RowReader, Snapshot, names_in
from servicedesk.incidents.models import Incident
from servicedesk.incidents.priority import priority_of
from servicedesk.incidents.queries import matrix_of
from servicedesk.incidents.states import OPEN_STATES, IncidentState
from servicedesk.incidents.workflow import HOLD_WORDS
from servicedesk.records.models import Record
from servicedesk.service_levels.bulk import ImportedClocks
from servicedesk.service_levels.ledger import HoldReason

_S = IncidentState
_ENDED = (_S.CLOSED, _S.CANCELLED)


@dataclass(frozen=True, slots=True)
class Place:
    """The desk that takes over, and where people who are made belong."""

    desk_id: int
    organisation_id: int


def find_place(mapping: Mapping) -> Place:
    """Return the desk and the organisation that the mapping names; raise NotFound if there is none."""
    wanted_desk = mapping["desk"].strip().lower()
    is_wanted = or_(Desk.slug == wanted_desk, func.lower(Desk.name) == wanted_desk)
    desk = db.session.scalar(select(Desk).where(is_wanted))
    if desk is None:
        slugs = ", ".join(db.session.scalars(select(Desk.slug).order_by(Desk.slug)))
        raise NotFound(f"There is no desk “{mapping['desk']}”. There are: {slugs or 'none yet'}.")
    wanted = select(Organisation.id).order_by(Organisation.id)
    if named := (mapping["organisation"] or "").strip().lower():
        names = func.lower(Organisation.short_name), func.lower(Organisation.name)
        wanted = wanted.where(or_(*(name == named for name in names)))
    elif desk.organisation_id is not None:
        wanted = wanted.where(Organisation.id == desk.organisation_id)
    organisation_id = db.session.scalar(wanted.limit(1))
    if organisation_id is None:
        raise NotFound(f"There is no organisation “{named}”." if named else "There is no organisation yet.")
    return Place(desk.id, organisation_id)


class IncidentImporter:
    """Imports incidents by one mapping, at one desk."""

    def __init__(self, mapping: Mapping, header: Sequence[str], place: Place) -> None:
        self.number_column = header.index(mapping["columns.number"])
        self.rows_are_scattered = mapping["rows_of_one_number"] == "scattered"
        self._mapping, self._place = mapping, place
        self._reader = RowReader(mapping, header)
        self._directory = ImportDirectory(mapping, place.desk_id, place.organisation_id)
        self._matrix: dict[tuple[int, int], int] = {}

    def known(self, numbers: Sequence[str]) -> set[str]:
        """Return which incidents were imported before.

        Two imports from one source take turns, batch by batch, so that neither makes what the other has made.
        """
        source = self._mapping["source"]
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"import {source}"}
        )
        self._matrix = matrix_of(self._place.desk_id)
        query = select(Record.external_number).where(
            Record.import_source == source, Record.external_number.in_(numbers)
        )
        return {number for number in db.session.scalars(query) if number is not None}

    def read(self, group: Group) -> History:
        """Return what the rows of an incident tell; raise RowRefused if one of them cannot be taken."""
        history = self._reader.history(group)
        history.flags = odd_about(history)
        if self._mapping["rows"] == "incidents":
            with_steps(history)
        return history

    def write(self, told: Sequence[History]) -> None:
        """Write incidents with their events, ledgers and clocks."""
        if not told:
            return
        now = utcnow()
        self._directory.learn(**names_in(told), now=now)
        ids, numbers = draw_ids(Record, len(told)), next_numbers("INC", len(told))
        labels = list(self._mapping["also_told"].values())
        pasts = [list(happenings(history, self._directory, self._levels, labels)) for history in told]
        rows = list(zip(ids, numbers, told, pasts, strict=True))
        clocks = ImportedClocks(self._place.desk_id, now)
        due_times = [{"due_at": clocks.follow(row_id, past)} for row_id, _, _, past in rows]
        records = [self._record(*row, now) for row in rows]
        copy_rows(Record, [record | due for record, due in zip(records, due_times, strict=True)])
        copy_rows(Incident, [self._incident(row_id, history, past) for row_id, _, history, past in rows])
        clocks.write()
        write_audit_events(
            [values for row_id, _, _, past in rows for values in self._events(row_id, past, now)]
        )

    def end(self) -> None:
        """Tell the database's planner of what came in, so that the queue is fast from the first page on."""
        for table in ("record", "incident", "clock", "ledger_entry", "audit_event", "person", "category"):
            db.session.execute(text(f"ANALYZE {table}"))

    def _levels(self, snapshot: Snapshot) -> Levels:
        """Return a row's levels, the unknown ones filled in."""
        impact = snapshot.impact or self._mapping["defaults.impact"]
        urgency = snapshot.urgency or self._mapping["defaults.urgency"]
        return Levels(impact, urgency, snapshot.priority or priority_of(self._matrix, impact, urgency))

    def _record(
        self, record_id: int, number: str, history: History, past: Sequence[Happening], now: datetime
    ) -> dict[str, Any]:
        """Return the row that all practices share."""
        last, ids = history.snapshots[-1], self._directory
        requester_id, reporter_id = ids.people[last.requester], ids.people.get(history.reporter or "")
        organisation_id, site_id = ids.homes[requester_id]
        return {
            "id": record_id, "number": number, "practice": "incident", "version": 1,
            "title": history.texts["title"], "description": history.texts["description"],
            "location": last.location, "channel": history.channel, "flags": history.flags,
            "priority": self._levels(last).priority, "desk_id": self._place.desk_id,
            "team_id": ids.teams.get(last.team or ""), "assignee_id": ids.people.get(last.assignee or ""),
            "requester_id": requester_id, "reporter_id": None if reporter_id == requester_id else reporter_id,
            "organisation_id": organisation_id, "site_id": site_id,
            "category_id": ids.categories.get(last.category or ""),
            "opened_at": history.opened_at, "changed_at": last.at,
            "import_source": self._mapping["source"], "external_number": history.number,
            **self._standing(history, past, now),
        }  # fmt: skip

    def _standing(self, history: History, past: Sequence[Happening], now: datetime) -> dict[str, Any]:
        """Return the columns that the state ties together."""
        last = history.snapshots[-1]
        is_held, is_open = last.state == _S.ON_HOLD, last.state in OPEN_STATES
        resolved_at = history.resolved_at or _last(past, "incident.resolved")
        if last.state == _S.RESOLVED:
            resolved_at = resolved_at or last.at
        return {
            "state": last.state,
            "is_open": is_open,
            "hold_reason": last.reason,
            "waiting_for": HOLD_WORDS[HoldReason(last.reason)] if is_held and last.reason else None,
            "review_at": now + timedelta(days=self._mapping["defaults.review_days"]) if is_held else None,
            "resolved_at": None if is_open else resolved_at,
            "closed_at": (history.closed_at or last.at) if last.state in _ENDED else None,
        }

    def _incident(self, record_id: int, history: History, past: Sequence[Happening]) -> dict[str, Any]:
        """Return the row of the incident's own columns."""
        last = history.snapshots[-1]
        levels = self._levels(last)
        by_matrix = priority_of(self._matrix, levels.impact, levels.urgency) == levels.priority
        return {
            "id": record_id,
            "impact": levels.impact,
            "urgency": levels.urgency,
            "priority_reason": None if by_matrix else f"As it was in {self._mapping['source']}.",
            "resolution": None if last.state in OPEN_STATES else history.texts["resolution"] or None,
            "transfer_count": _counted(history.transfer_count, past, "incident.transferred"),
            "reopen_count": _counted(history.reopen_count, past, "incident.reopened"),
        }

    def _events(self, record_id: int, past: Sequence[Happening], now: datetime) -> list[dict[str, Any]]:
        """Return an incident's past as audit events, and that it was imported just now."""
        told = [*past, Happening("incident.imported", now, None, {"source": self._mapping["source"]})]
        return [
            event_values(kind, Record.AUDIT_TYPE, record_id, actor_id, at, data)
            for kind, at, actor_id, data in told
        ]


def _last(past: Sequence[Happening], kind: str) -> datetime | None:
    """Return when something happened for the last time."""
    return next((happening.at for happening in reversed(past) if happening.kind == kind), None)


def _counted(told: int | None, past: Sequence[Happening], kind: str) -> int:
    """Return a counter as the export tells it, else how often it is seen to have happened."""
    return sum(happening.kind == kind for happening in past) if told is None else told
