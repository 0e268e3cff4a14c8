"""Opening hours, targets, what happened to a record, and the clocks that follow from it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from servicedesk.core.db import Model
from servicedesk.directory.models import Person
from servicedesk.records.models import Record


class Calendar(Model):
    """The hours in which a desk is open; `revision` grows with every change, for caches."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), unique=True)
    time_zone: Mapped[str] = mapped_column(server_default="Europe/London")
    bank_holidays: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    windows: Mapped[list["OpeningWindow"]] = relationship(
        order_by="(OpeningWindow.weekday, OpeningWindow.opens)", cascade="all, delete-orphan"
    )
    closures: Mapped[list["Closure"]] = relationship(order_by="Closure.day", cascade="all, delete-orphan")


class OpeningWindow(Model):
    """One stretch of opening time on a weekday (0 is Monday), in seconds of the local day."""

    __tablename__ = "opening_window"
    __table_args__ = (CheckConstraint("0 <= opens AND opens < closes AND closes <= 86400", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    opens: Mapped[int]
    closes: Mapped[int]


class Closure(Model):
    """A whole day on which a desk is closed: a bank holiday or its own."""

    __tablename__ = "closure"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str]


class ServiceLevelPolicy(Model):
    """A desk's resolution target, in working seconds, and the ladder that guards it."""

    __tablename__ = "service_level_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), unique=True)
    target_seconds: Mapped[int]
    pauses_on: Mapped[list[str]]
    rungs: Mapped[list["EscalationRung"]] = relationship(
        order_by="EscalationRung.position", cascade="all, delete-orphan"
    )


class EscalationRung(Model):
    """One step of a ladder: after how many counted seconds whom to tell, and how long they have to answer."""

    __tablename__ = "escalation_rung"
    __table_args__ = (UniqueConstraint("policy_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("service_level_policy.id", ondelete="CASCADE"))
    position: Mapped[int]
    after_seconds: Mapped[int]
    role: Mapped[str]
    answer_within_seconds: Mapped[int]


class LedgerEntry(Model):
    """One fact in a record's life that clocks depend on; only ever added."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_record", "record_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    kind: Mapped[str]
    detail: Mapped[str | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Clock(Model):
    """A record's resolution clock as derived from its ledger: may be thrown away and derived again."""

    __tablename__ = "clock"

    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("service_level_policy.id"))
    target_seconds: Mapped[int]
    state: Mapped[str]
    verdict: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    counted_seconds: Mapped[int]
    record: Mapped[Record] = relationship()


class Escalation(Model):
    """One step of a record's ladder: planned, told to somebody, answered or walked on from.

    `round` 1 is the rung as planned; each further round goes to the next rung up because nobody answered.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("record_id", "position", "round"),
        CheckConstraint(
            "(state = 'planned') = (told_at IS NULL) OR state = 'cancelled'", name="told_has_a_moment"
        ),
        CheckConstraint(
            "(acknowledged_at IS NOT NULL) = (state = 'acknowledged')", name="acknowledged_has_a_moment"
        ),
        Index("ix_escalation_waiting", "told_to_id", "id", postgresql_where=text("state = 'told'")),
        Index("ix_escalation_told_at", "told_at", "id", postgresql_where=text("told_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    position: Mapped[int]
    round: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    role: Mapped[str]
    after_seconds: Mapped[int]
    answer_within_seconds: Mapped[int]
    state: Mapped[str] = mapped_column(default="planned")
    due_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    late_seconds: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    record: Mapped[Record] = relationship()
    told_to: Mapped[Person | None] = relationship(foreign_keys=[told_to_id])
    acknowledged_by: Mapped[Person | None] = relationship(foreign_keys=[acknowledged_by_id])
