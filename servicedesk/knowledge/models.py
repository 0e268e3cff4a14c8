"""What people are told before they ask."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from servicedesk.core.db import Model
from servicedesk.directory.models import Desk


class Outage(Model):
    """A known outage, shown in the portal from one moment until another (or until it is ended)."""

    __tablename__ = "outage"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        Index("ix_outage_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    title: Mapped[str]
    text: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    desk: Mapped[Desk] = relationship()
