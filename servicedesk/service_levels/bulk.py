"""Ledgers and clocks of records that come in with their past: as rows, without a ladder or a timer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from servicedesk.core.bulk import copy_rows
from servicedesk.service_levels.derivation import read_clock
from servicedesk.service_levels.ledger import LedgerFact
from servicedesk.service_levels.models import Clock, LedgerEntry
from servicedesk.service_levels.operations import FOLLOWED, clock_values, fact_of
from servicedesk.service_levels.queries import calendar_of, find_policy


class PastEvent(Protocol):
    """What clocks need to know of something that happened."""

    @property
    def kind(self) -> str:
        """Return which kind of audit event it is."""

    @property
    def at(self) -> datetime:
        """Return when it happened."""

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what is told of it."""


class ImportedClocks:
    """The ledgers and clocks of a batch of records of one desk, by the desk's policy of today."""

    def __init__(self, desk_id: int, now: datetime) -> None:
        self._policy, self._now = find_policy(desk_id), now
        self._calendar = calendar_of(desk_id) if self._policy else None
        self._entries: list[dict[str, Any]] = []
        self._clocks: list[dict[str, Any]] = []

    def follow(self, record_id: int, past: Iterable[PastEvent]) -> datetime | None:
        """Note what happened to a record; return its due time if it has one."""
        facts = [
            fact_of(event.kind, event.at, event.data, self._now) for event in past if event.kind in FOLLOWED
        ]
        self._entries += [
            {
                "record_id": record_id,
                "kind": fact.kind,
                "detail": fact.detail,
                "at": fact.at,
                "recorded_at": self._now,
            }
            for fact in facts
        ]
        return self._read(record_id, facts)

    def _read(self, record_id: int, facts: list[LedgerFact]) -> datetime | None:
        """Derive a record's clock."""
        if self._policy is None or self._calendar is None:
            return None
        reading = read_clock(
            facts,
            target_seconds=self._policy.target_seconds,
            calendar=self._calendar,
            pauses_on=frozenset(self._policy.pauses_on),
            as_of=self._now,
        )
        self._clocks.append({"record_id": record_id, "policy_id": self._policy.id, **clock_values(reading)})
        return reading.due_at

    def write(self) -> None:
        """Write what was noted; the records must be there by now."""
        copy_rows(LedgerEntry, self._entries)
        copy_rows(Clock, self._clocks)
