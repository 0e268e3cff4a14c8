"""Reads about notices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.paging import SortKey
from servicedesk.notifications.models import Notice, NoticePreference
from servicedesk.notifications.rules import Topic

NEWEST_FIRST = (SortKey(Notice.id, "id", descending=True),)


def list_notices(person_id: int) -> Select[Any]:
    """Return the query for somebody's notices; page it by NEWEST_FIRST."""
    query = select(Notice).where(Notice.person_id == person_id)
    return query.options(joinedload(Notice.record), joinedload(Notice.audit_event))


def list_notices_of_record(record_id: int, limit: int = 100) -> Sequence[Notice]:
    """Return who was told what about a record, and whether the mail has left, newest first."""
    query = select(Notice).where(Notice.record_id == record_id).order_by(Notice.id.desc()).limit(limit)
    return db.session.scalars(query.options(joinedload(Notice.person), joinedload(Notice.audit_event))).all()


def count_unread(person_id: int) -> int:
    """Return how many notices somebody has not read (at most 100 are counted)."""
    ids = select(Notice.id).where(Notice.person_id == person_id, Notice.read_at.is_(None)).limit(100)
    return len(db.session.scalars(ids).all())


def list_unread_records(person_id: int) -> set[int]:
    """Return the ids of the records of which somebody has notices that they have not read."""
    query = select(Notice.record_id).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return set(db.session.scalars(query.distinct()))


def mail_choices(person_id: int) -> dict[Topic, bool]:
    """Return, for every topic, whether somebody wants it by mail."""
    chosen = {
        choice.topic: choice.by_mail
        for choice in db.session.scalars(
            select(NoticePreference).where(NoticePreference.person_id == person_id)
        )
    }
    return {topic: chosen.get(topic, True) for topic in Topic}


def select_failed() -> Select[Notice]:
    """Return the query for notices whose mail was given up."""
    people = joinedload(Notice.person), joinedload(Notice.record), joinedload(Notice.audit_event)
    return select(Notice).where(Notice.mail_state == "failed").options(*people)


def count_failed() -> int:
    """Return how many mails were given up (at most 1,000 are counted)."""
    ids = select(Notice.id).where(Notice.mail_state == "failed").limit(1000)
    return len(db.session.scalars(ids).all())


def get_notice(notice_id: int, *, lock: bool = False) -> Notice:
    """Return one notice; raise NotFound if there is none."""
    notice = db.session.get(Notice, notice_id, with_for_update=lock or None)
    if notice is None:
        raise NotFound("There is no such notice.")
    return notice
