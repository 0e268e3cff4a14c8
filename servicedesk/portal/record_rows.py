"""Records as the portal's lists show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from servicedesk.core.words import MomentView, moment_view
from servicedesk.incidents.words import needs_requester, promised, short_state, where_it_stands
from servicedesk.notifications.queries import list_unread_records
from servicedesk.records.models import Record
from servicedesk.web.access import current_person


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in a list."""

    number: str
    title: str
    state: str
    state_words: str
    sentence: str
    promised: str
    requester: str
    is_mine: bool
    is_unread: bool
    needs_me: bool
    changed: MomentView


def record_rows(records: Iterable[Record], now: datetime) -> list[RecordRow]:
    """Return records in the words of their reader."""
    person = current_person()
    unread = list_unread_records(person.id)
    return [_row(record, person.id, record.id in unread, now) for record in records]


def _row(record: Record, reader_id: int, is_unread: bool, now: datetime) -> RecordRow:
    """Return one record in the words of its reader."""
    return RecordRow(
        number=record.number,
        title=record.title,
        state=record.state,
        state_words=short_state(record),
        sentence=where_it_stands(record, now),
        promised=promised(record, now),
        requester=record.requester.name,
        is_mine=record.requester_id == reader_id,
        is_unread=is_unread,
        needs_me=needs_requester(record) and reader_id in (record.requester_id, record.reporter_id),
        changed=moment_view(record.changed_at, now),
    )
