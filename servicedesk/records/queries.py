"""Reads that all practices share: who may see which records, and what hangs on one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.numbering import parse_number
from servicedesk.core.permissions import Actor, Permission
from servicedesk.records.models import Attachment, Category, Comment, Record, RecordShare, Watch


def visible_to(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the one condition that limits a query to records which the actor may read at a desk."""
    desks = actor.desks_with(permission)
    if desks is None:
        return true()
    if not desks:
        return false()
    shared = select(RecordShare.record_id).where(RecordShare.desk_id.in_(desks))
    return or_(Record.desk_id.in_(desks), Record.id.in_(shared))


def followed_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that limits a query to the actor's own records and those they watch."""
    if actor.person_id is None or not actor.may(Permission.INCIDENT_FOLLOW):
        return false()
    # A union, not an OR: each of its parts is answered from an index of its own.
    mine = union_all(
        select(Record.id).where(Record.requester_id == actor.person_id),
        select(Record.id).where(Record.reporter_id == actor.person_id),
        select(Watch.record_id).where(Watch.person_id == actor.person_id),
    )
    return Record.id.in_(mine)


def select_followed(actor: Actor, *, is_live: bool) -> Select[Record]:
    """Return the query for the records that somebody follows, live or finished, with the names they show.

    The calls that an agent has logged for others are work, not the agent's own records.
    """
    watched = select(Watch.record_id).where(Watch.person_id == actor.person_id)
    not_a_call = or_(Record.reporter_id.is_distinct_from(actor.person_id), Record.channel == "portal")
    query = select(Record).where(followed_by(actor), or_(not_a_call, Record.id.in_(watched)))
    names = (joinedload(Record.requester), joinedload(Record.assignee), joinedload(Record.desk))
    return query.where(Record.closed_at.is_(None) if is_live else Record.closed_at.is_not(None)).options(
        *names
    )


def list_followed(actor: Actor, *, is_live: bool, limit: int) -> Sequence[Record]:
    """Return the records that somebody follows, the last changed first."""
    query = select_followed(actor, is_live=is_live).order_by(Record.changed_at.desc(), Record.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def get_followed(number: str, *, actor: Actor) -> Record:
    """Return a record of any practice that somebody follows; raise NotFound if they may not know of it."""
    record = db.session.scalar(
        select(Record).where(Record.number == parse_number(number), followed_by(actor))
    )
    if record is None:
        raise NotFound(f"There is nothing with the number {number} that you may see.")
    return record


def list_comments(record_id: int, *, internal: bool) -> Sequence[Comment]:
    """Return what was said on a record, oldest first; notes only for those who may read them."""
    query = select(Comment).where(Comment.record_id == record_id).options(joinedload(Comment.author))
    if not internal:
        query = query.where(Comment.is_public)
    return db.session.scalars(query.order_by(Comment.at, Comment.id)).all()


def list_attachments(record_id: int, *, internal: bool) -> Sequence[Attachment]:
    """Return a record's files, oldest first, without their bytes."""
    query = select(Attachment).where(Attachment.record_id == record_id)
    if not internal:
        query = query.where(Attachment.is_public)
    return db.session.scalars(query.order_by(Attachment.id)).all()


def get_attachment(attachment_id: int, record: Record, *, internal: bool) -> Attachment:
    """Return one file of a record; raise NotFound if it is not on it, or internal."""
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None or attachment.record_id != record.id or not (internal or attachment.is_public):
        raise NotFound("There is no such file on this record.")
    return attachment


def list_draft_files(draft_id: int) -> Sequence[Attachment]:
    """Return the files that wait on a draft."""
    return db.session.scalars(
        select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id)
    ).all()


def list_watchers(record_id: int) -> Sequence[Watch]:
    """Return who watches a record."""
    query = select(Watch).where(Watch.record_id == record_id).options(joinedload(Watch.person))
    return db.session.scalars(query.order_by(Watch.person_id)).all()


def list_shares(record_id: int) -> Sequence[RecordShare]:
    """Return the desks that a record is shared with."""
    query = (
        select(RecordShare).where(RecordShare.record_id == record_id).options(joinedload(RecordShare.desk))
    )
    return db.session.scalars(query).all()


def list_categories(desk_id: int | None = None, *, inactive: bool = False) -> Sequence[Category]:
    """Return a desk's categories, or every desk's, in the order of the tree."""
    query = select(Category).order_by(Category.desk_id, Category.path)
    if desk_id is not None:
        query = query.where(Category.desk_id == desk_id)
    return db.session.scalars(query if inactive else query.where(Category.is_active)).all()


def get_category(category_id: int) -> Category:
    """Return one category; raise NotFound if there is none."""
    category = db.session.get(Category, category_id)
    if category is None:
        raise NotFound("There is no such category.")
    return category
