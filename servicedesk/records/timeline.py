"""The timeline of a record: what was said and what was done, in one order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from servicedesk.core.audit import KINDS, AuditEvent
from servicedesk.core.db import db
from servicedesk.directory.models import Desk, Person, Team
from servicedesk.records.models import Attachment, Category, Comment, Record
from servicedesk.records.queries import list_attachments, list_comments

# Told through the comment or file itself.
_SHOWN_OTHERWISE = ("comment.added",)
_NAMED: dict[str, tuple[Any, Any]] = {
    "assignee": (Person, Person.name), "person": (Person, Person.name), "team": (Team, Team.name),
    "desk": (Desk, Desk.name), "category": (Category, Category.path),
    "attachment": (Attachment, Attachment.name),
}  # fmt: skip
_NOBODY = {"assignee": "nobody", "category": "no category", "team": "no team"}
REASONS = {
    "requester": "waiting for the requester", "supplier": "waiting for a supplier",
    "change": "waiting for a change", "problem": "waiting for a problem",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the timeline; kind is public, note or change."""

    kind: str
    at: datetime
    author_id: int | None
    author: str
    text: str
    via: str = ""
    files: tuple[Attachment, ...] = ()
    id: str = ""
    event: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Names = dict[tuple[str, int], str]


def list_events(record_id: int) -> Sequence[AuditEvent]:
    """Return a record's audit events in the order of their effect."""
    query = select(AuditEvent).where(AuditEvent.subject_type == "record", AuditEvent.subject_id == record_id)
    return db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)).all()


def names_for(events: Iterable[AuditEvent]) -> Names:
    """Return the names behind the ids in the events' data, one query for each table."""
    wanted: dict[Any, set[int]] = {}
    for event in events:
        for key, (entity, _) in _NAMED.items():
            if isinstance(event.data.get(key), int):
                wanted.setdefault(entity, set()).add(event.data[key])
        if event.actor_id is not None:
            wanted.setdefault(Person, set()).add(event.actor_id)
    columns = dict(_NAMED.values())
    names: Names = {}
    for entity, ids in wanted.items():
        rows = db.session.execute(select(entity.id, columns[entity]).where(entity.id.in_(ids)))
        names |= {(entity.__tablename__, row_id): name for row_id, name in rows}
    return names


def tell_event(event: AuditEvent, names: Names) -> str:
    """Return an event in words: “put it on hold: waiting for a supplier”."""
    told = dict(event.data)
    for key, (entity, _) in _NAMED.items():
        if key in told:
            told[key] = names.get((entity.__tablename__, told[key]), _NOBODY.get(key, "somebody"))
    if "reason" in told:
        told["reason"] = REASONS.get(told["reason"], told["reason"])
    if "fields" in told:
        told["fields"] = ", ".join(told["fields"])
    return KINDS[event.kind].words.format_map(told)


def timeline_of(record: Record, *, internal: bool) -> list[Entry]:
    """Return everything on a record, oldest first; without what is internal for those on its other side."""
    events = [event for event in list_events(record.id) if event.kind not in _SHOWN_OTHERWISE]
    files = list_attachments(record.id, internal=internal)
    by_comment: dict[int, list[Attachment]] = {}
    for file in files:
        if file.comment_id is not None:
            by_comment.setdefault(file.comment_id, []).append(file)
    with_comment = {file.id for found in by_comment.values() for file in found}
    names = names_for(events)
    shown = [event for event in events if event.data.get("attachment") not in with_comment]
    if not internal:
        shown = [event for event in shown if event.data.get("public", True)]
    entries = [_change(event, names) for event in shown]
    entries += [
        _said(comment, by_comment.get(comment.id, []))
        for comment in list_comments(record.id, internal=internal)
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _change(event: AuditEvent, names: Names) -> Entry:
    """Return an audit event as an entry."""
    author = names.get(("person", event.actor_id), "somebody") if event.actor_id else "Service desk"
    words = tell_event(event, names)
    if event.kind == "attachment.added":
        words += f" “{names.get(('attachment', event.data['attachment']), '')}”"
    return Entry(
        "change", event.at, event.actor_id, author, words, id=f"event-{event.id}", event=event.kind,
        data=event.data,
    )  # fmt: skip


def _said(comment: Comment, files: Sequence[Attachment]) -> Entry:
    """Return a comment as an entry."""
    return Entry(
        "public" if comment.is_public else "note",
        comment.at,
        comment.author_id,
        comment.author.name if comment.author else "Service desk",
        comment.body,
        via=comment.channel,
        files=tuple(files),
        id=f"comment-{comment.id}",
        event="comment.added",
    )
