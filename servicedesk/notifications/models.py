"""What people are told of, and how they want to be told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from servicedesk.core.audit import AuditEvent
from servicedesk.core.db import Model
from servicedesk.directory.models import Person
from servicedesk.records.models import Record


class Notice(Model):
    """One person told of one audit event: in the application, and by mail if they want it so.

    Written with the event (an outbox); `mail_state` is none, queued, sent or failed.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("audit_event_id", "person_id"),
        Index("ix_notice_queued", "try_at", "id", postgresql_where=text("mail_state = 'queued'")),
        Index("ix_notice_failed", "id", postgresql_where=text("mail_state = 'failed'")),
        Index("ix_notice_unread", "person_id", "id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notice_person", "person_id", "id"),
        Index("ix_notice_record", "record_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    audit_event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"))
    template: Mapped[str]
    for_requester: Mapped[bool]
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_state: Mapped[str]
    try_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    person: Mapped[Person] = relationship()
    record: Mapped[Record] = relationship()
    audit_event: Mapped[AuditEvent] = relationship()


class NoticePreference(Model):
    """A group of notices that somebody does not want by mail (or does, where it is off at first)."""

    __tablename__ = "notice_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    by_mail: Mapped[bool]
