"""Reads about known outages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.paging import SortKey
from servicedesk.core.permissions import Actor, Permission
from servicedesk.knowledge.models import Outage


def list_current_outages(now: datetime, desk_id: int | None = None) -> Sequence[Outage]:
    """Return the outages that are going on, newest first, of all desks or one."""
    going_on = (Outage.starts_at <= now, or_(Outage.ends_at.is_(None), Outage.ends_at > now))
    query = select(Outage).where(*going_on).order_by(Outage.starts_at.desc(), Outage.id.desc())
    if desk_id is not None:
        query = query.where(Outage.desk_id == desk_id)
    return db.session.scalars(query.options(joinedload(Outage.desk)).limit(20)).all()


NEWEST_FIRST = (
    SortKey(Outage.starts_at, "starts_at", descending=True),
    SortKey(Outage.id, "id", descending=True),
)


def list_outages(actor: Actor) -> Select[Any]:
    """Return the query for the notices of the actor's desks; page it by NEWEST_FIRST."""
    query = select(Outage).options(joinedload(Outage.desk))
    desks = actor.desks_with(Permission.OUTAGE_PUBLISH)
    return query if desks is None else query.where(Outage.desk_id.in_(desks))


def get_outage(outage_id: int, *, lock: bool = False) -> Outage:
    """Return one notice, locked if it is to be changed; raise NotFound if there is none."""
    outage = db.session.get(Outage, outage_id, with_for_update=lock or None)
    if outage is None:
        raise NotFound("There is no such outage notice.")
    return outage
