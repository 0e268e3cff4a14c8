"""The incident and the matrix that gives its priority."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from servicedesk.core.db import Model
from servicedesk.incidents.states import OPEN_STATES, TRANSITIONS
from servicedesk.records.models import Record
from servicedesk.records.transitions import Transition


class Incident(Record):
    """An unplanned interruption to a service, or a drop in its quality."""

    __tablename__ = "incident"
    __mapper_args__ = {"polymorphic_identity": "incident"}
    __table_args__ = (
        CheckConstraint("impact BETWEEN 1 AND 3", name="impact_known"),
        CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency_known"),
    )
    TRANSITIONS: ClassVar[dict[str, Transition]] = TRANSITIONS
    OPEN_STATES: ClassVar[frozenset[str]] = OPEN_STATES

    id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    impact: Mapped[int]
    urgency: Mapped[int]
    priority_reason: Mapped[str | None]
    resolution: Mapped[str | None]
    reopen_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    transfer_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class PriorityRule(Model):
    """One cell of a desk's matrix: what an impact and an urgency make together."""

    __tablename__ = "priority_rule"
    __table_args__ = (CheckConstraint("priority BETWEEN 1 AND 4", name="priority_known"),)

    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    impact: Mapped[int] = mapped_column(primary_key=True)
    urgency: Mapped[int] = mapped_column(primary_key=True)
    priority: Mapped[int]
