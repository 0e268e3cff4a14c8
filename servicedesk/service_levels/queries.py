"""Reads about hours, clocks and ladders."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.paging import SortKey
from servicedesk.core.permissions import Actor, Permission
from servicedesk.records.models import Record
from servicedesk.service_levels.bank_holidays import bank_holidays
from servicedesk.service_levels.ledger import LedgerFact, LedgerKind
from servicedesk.service_levels.models import (
    Calendar,
    Clock,
    Escalation,
    LedgerEntry,
    ServiceLevelPolicy,
)
from servicedesk.service_levels.working_time import WorkingCalendar

RECENT = timedelta(days=30)
YEARS_OF_HOLIDAYS = (2015, 2036)


def calendar_of(desk_id: int) -> WorkingCalendar:
    """Return a desk's opening hours, ready to count with; made once for each revision and process."""
    found = db.session.execute(
        select(Calendar.id, Calendar.revision).where(Calendar.desk_id == desk_id)
    ).one_or_none()
    if found is None:
        raise NotFound("This desk has no opening hours yet. Ask an administrator to set them.")
    return _working_calendar(*found)


def calendars_by_policy() -> dict[int, WorkingCalendar]:
    """Return the opening hours that each policy counts with, all in one statement, for lists of clocks."""
    query = select(ServiceLevelPolicy.id, Calendar.id, Calendar.revision)
    rows = db.session.execute(query.join(Calendar, Calendar.desk_id == ServiceLevelPolicy.desk_id))
    return {
        policy_id: _working_calendar(calendar_id, revision) for policy_id, calendar_id, revision in rows.all()
    }


@lru_cache(maxsize=256)
def _working_calendar(calendar_id: int, revision: int) -> WorkingCalendar:
    """Build the pure calendar from its rows."""
    calendar = db.session.get_one(Calendar, calendar_id)
    windows: dict[int, list[tuple[int, int]]] = {}
    for window in calendar.windows:
        windows.setdefault(window.weekday, []).append((window.opens, window.closes))
    closed = {closure.day for closure in calendar.closures}
    if calendar.bank_holidays:
        closed |= set(bank_holidays(calendar.bank_holidays, range(*YEARS_OF_HOLIDAYS)))
    return WorkingCalendar(
        calendar.time_zone, {day: tuple(sorted(spans)) for day, spans in windows.items()}, frozenset(closed)
    )


def get_calendar(desk_id: int) -> Calendar:
    """Return the rows of a desk's opening hours."""
    calendar = find_calendar(desk_id)
    if calendar is None:
        raise NotFound("This desk has no opening hours yet.")
    return calendar


def find_calendar(desk_id: int) -> Calendar | None:
    """Return the rows of a desk's opening hours, if it has any."""
    return db.session.scalar(select(Calendar).where(Calendar.desk_id == desk_id))


def find_policy(desk_id: int) -> ServiceLevelPolicy | None:
    """Return a desk's policy, if it has one."""
    return db.session.scalar(select(ServiceLevelPolicy).where(ServiceLevelPolicy.desk_id == desk_id))


def find_clock(record_id: int) -> Clock | None:
    """Return a record's clock, if one follows it."""
    return db.session.get(Clock, record_id)


def find_clocks(record_ids: Iterable[int]) -> dict[int, Clock]:
    """Return the clocks of records by their ids."""
    query = select(Clock).where(Clock.record_id.in_(list(record_ids)))
    return {clock.record_id: clock for clock in db.session.scalars(query)}


def list_facts(record_id: int) -> list[LedgerFact]:
    """Return what happened to a record, in the order of its effect."""
    entries = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.record_id == record_id).order_by(LedgerEntry.at, LedgerEntry.id)
    )
    return [
        LedgerFact(LedgerKind(entry.kind), entry.at, entry.detail, entry.recorded_at) for entry in entries
    ]


def list_ladder(record_id: int) -> Sequence[Escalation]:
    """Return a record's steps, planned and past, in the order of the ladder."""
    query = select(Escalation).where(Escalation.record_id == record_id)
    people = (joinedload(Escalation.told_to), joinedload(Escalation.acknowledged_by))
    return db.session.scalars(query.order_by(Escalation.position, Escalation.round).options(*people)).all()


def get_escalation(escalation_id: int, *, lock: bool = False) -> Escalation:
    """Return one step, locked if it is to be changed; raise NotFound if there is none."""
    escalation = db.session.get(Escalation, escalation_id, with_for_update=lock or None)
    if escalation is None:
        raise NotFound("There is no such escalation.")
    return escalation


NEWEST_TOLD_FIRST = (
    SortKey(Escalation.told_at, "told_at", descending=True),
    SortKey(Escalation.id, "id", descending=True),
)


def list_escalations(actor: Actor, *, waiting: bool, told_to_me: bool = False) -> Select[Any]:
    """Return the query for the steps that the actor may see: those that wait, or all told of late.

    Page it by NEWEST_TOLD_FIRST.
    """
    query = select(Escalation).join(Record, Record.id == Escalation.record_id)
    desks = actor.desks_with(Permission.ESCALATION_READ)
    if desks is not None:
        query = query.where((Record.desk_id.in_(desks)) | (Escalation.told_to_id == actor.person_id))
    if waiting:
        query = query.where(Escalation.state == "told")
    else:
        query = query.where(Escalation.told_at > utcnow() - RECENT)
    if told_to_me:
        query = query.where(Escalation.told_to_id == actor.person_id)
    people = (joinedload(Escalation.told_to), joinedload(Escalation.acknowledged_by))
    return query.options(*people, joinedload(Escalation.record))


def count_to_acknowledge(person_id: int) -> int:
    """Return how many steps wait for this person's answer."""
    ids = select(Escalation.id).where(Escalation.told_to_id == person_id, Escalation.state == "told")
    return len(db.session.scalars(ids.limit(100)).all())
