"""What all practices share: the record, what is said on it and who may see it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from servicedesk.core.db import Model
from servicedesk.directory.models import Desk, Organisation, Person, Site, Team


class Category(Model):
    """A place in a desk's tree of categories; `path` is the whole way to it, for showing."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("desk_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str]
    path: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class Record(Model):
    """One piece of work with a number: what an incident, a request, a problem and a change share.

    Every column that a queue shows or sorts by is here. `is_open` means that somebody still has to act.
    """

    __tablename__ = "record"
    AUDIT_TYPE = "record"
    __table_args__: Any = (
        CheckConstraint("(state = 'on_hold') = (hold_reason IS NOT NULL)", name="hold_has_a_reason"),
        CheckConstraint("state <> 'on_hold' OR review_at IS NOT NULL", name="hold_has_a_review"),
        CheckConstraint("state <> 'resolved' OR resolved_at IS NOT NULL", name="resolved_has_a_moment"),
        CheckConstraint(
            "(state IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)", name="closed_has_a_moment"
        ),
        CheckConstraint("NOT is_open OR closed_at IS NULL", name="open_is_not_closed"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority_known"),
        Index("uq_record_import", "import_source", "external_number", unique=True),
        Index("ix_record_open_due", "desk_id", "due_at", "id", postgresql_where=text("is_open")),
        Index("ix_record_open_priority", "desk_id", "priority", "id", postgresql_where=text("is_open")),
        Index("ix_record_open_team", "team_id", "id", postgresql_where=text("is_open")),
        Index("ix_record_open_assignee", "assignee_id", "id", postgresql_where=text("is_open")),
        Index("ix_record_desk_opened", "desk_id", "opened_at", "id"),
        Index("ix_record_requester", "requester_id", "id"),
        Index("ix_record_reporter", "reporter_id", "id", postgresql_where=text("reporter_id IS NOT NULL")),
        Index("ix_record_opened", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    practice: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    is_open: Mapped[bool]
    priority: Mapped[int]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    requester_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    channel: Mapped[str]
    contact_by: Mapped[str] = mapped_column(server_default="mail")
    contact_detail: Mapped[str] = mapped_column(server_default="")
    location: Mapped[str] = mapped_column(server_default="")
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    hold_reason: Mapped[str | None]
    waiting_for: Mapped[str | None]
    review_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    import_source: Mapped[str | None]
    external_number: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    __mapper_args__ = {"polymorphic_on": "practice", "version_id_col": version}

    desk: Mapped[Desk] = relationship()
    team: Mapped[Team | None] = relationship()
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    requester: Mapped[Person] = relationship(foreign_keys=[requester_id])
    reporter: Mapped[Person | None] = relationship(foreign_keys=[reporter_id])
    organisation: Mapped[Organisation] = relationship()
    site: Mapped[Site | None] = relationship()
    category: Mapped[Category | None] = relationship()

    @property
    def is_live(self) -> bool:
        """Return whether the record can still come back: open, or resolved and not yet closed."""
        return self.closed_at is None


class RecordShare(Model):
    """Another desk that may read a record and speak on it."""

    __tablename__ = "record_share"

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True, index=True)
    desk: Mapped[Desk] = relationship()


class Watch(Model):
    """Somebody who is told what the requester is told."""

    __tablename__ = "watch"

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    person: Mapped[Person] = relationship()


class Comment(Model):
    """Something said on a record: to the requester (public) or among agents (a note)."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_record", "record_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    is_public: Mapped[bool]
    channel: Mapped[str]
    body: Mapped[str]
    author: Mapped[Person | None] = relationship()


class Draft(Model):
    """What somebody has typed for a record that is not sent yet; one for each person and practice."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "practice"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    practice: Mapped[str]
    answers: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


class Attachment(Model):
    """A file on a record, on one of its comments, or waiting on a draft; the bytes load only when asked for.

    Files live in the database, so that they are written with what they belong to and saved with it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("num_nonnulls(record_id, draft_id) = 1", name="belongs_to_one"),
        Index("ix_attachment_record", "record_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    is_public: Mapped[bool] = mapped_column(server_default=text("true"))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
