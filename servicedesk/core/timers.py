"""Everything that must happen at a moment: rows, claimed by any number of timer processes, done by workers.

A timer names a job path, one id and the moment. The timer process claims what is due and hands it to
RQ; the worker runs it and marks it done in the same transaction, so its effect happens once, however
often it is handed over. What a dead worker or an emptied Redis has swallowed is claimed again after a
lease. Redis is never trusted with the truth.
"""

import importlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Index, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from servicedesk.core.clock import utcnow
from servicedesk.core.db import Model, db
from servicedesk.core.jobs import enqueue, in_transaction, job, redis_connection

log = structlog.get_logger()
LEASE_SECONDS = 10
LONGEST_LEASE_SECONDS = 600
TICK_SECONDS = 1.0
RUN_TIMER = "servicedesk.core.timers.run_timer"
TIMER_FUNCTIONS: set[str] = set()


class Timer(Model):
    """One thing to do at one moment; the key says what it is, so it cannot be set twice."""

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_due_at", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_timer_key", "key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    path: Mapped[str]
    argument: Mapped[int]
    due_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    done_at: Mapped[datetime | None]


class Heartbeat(Model):
    """When a process without a port was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


def timer_function(work: Callable[[int, datetime], None]) -> Callable[[int, datetime], None]:
    """Declare a function that timers may name; it gets the argument and the moment that was due."""
    TIMER_FUNCTIONS.add(f"{work.__module__}.{work.__qualname__}")
    return work


def set_timer(key: str, path: str, argument: int, due_at: datetime | None) -> None:
    """Set, move or (without a moment) pause a timer; one that is done is armed again."""
    values = {"key": key, "path": path, "argument": argument, "due_at": due_at}
    fresh = {"claimed_at": None, "attempts": 0, "done_at": None}
    statement = insert(Timer).values(**values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values | fresh))


def cancel_timers(*keys: str) -> None:
    """Forget timers that have not been done."""
    waiting = delete(Timer).where(Timer.key.in_(keys), Timer.done_at.is_(None))
    # Fetched, so that the session forgets exactly the rows that this statement took away.
    db.session.execute(waiting.execution_options(synchronize_session="fetch"))


def claim_due(now: datetime, limit: int = 100) -> list[int]:
    """Claim what is due, oldest first; each failed attempt doubles the lease."""
    lease = func.least(
        LEASE_SECONDS * func.power(2, func.least(Timer.attempts - 1, 10)), LONGEST_LEASE_SECONDS
    )
    free = or_(Timer.claimed_at.is_(None), Timer.claimed_at + lease * timedelta(seconds=1) < now)
    due = (
        select(Timer.id)
        .where(Timer.done_at.is_(None), Timer.due_at <= now, free)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(Timer)
        .where(Timer.id.in_(due.scalar_subquery()))
        .values(claimed_at=now, attempts=Timer.attempts + 1)
        .returning(Timer.id, Timer.due_at)
        .execution_options(synchronize_session=False)
    )
    return [row.id for row in sorted(db.session.execute(claim), key=lambda row: (row.due_at, row.id))]


class AlreadyDone(Exception):
    """Another did or cancelled this while we did; what we did is rolled back."""


@job(queue="timers")
def run_timer(timer_id: int) -> None:
    """Do what one timer asks for, once, and not before its time.

    The function takes its own locks first and the timer's row is locked after it, in the same order as
    in operations that move a timer: the other way round they would wait for each other.
    """
    timer = db.session.get(Timer, timer_id)
    now = utcnow()
    if timer is None or timer.done_at is not None or timer.due_at is None or timer.due_at > now:
        return
    module, _, name = timer.path.rpartition(".")
    getattr(importlib.import_module(module), name)(timer.argument, timer.due_at)
    db.session.flush()
    if timer not in db.session:
        return  # what it did made it needless, such as the review of a hold that it has ended
    found = select(Timer).where(Timer.id == timer_id).with_for_update()
    timer = db.session.scalar(found.execution_options(populate_existing=True))
    if timer is None or timer.done_at is not None:
        raise AlreadyDone(f"timer {timer_id}")
    if timer.due_at is not None and timer.due_at <= now:
        timer.done_at = now


def run_timers(stop: threading.Event) -> None:
    """Hand over what is due, once a second, until told to stop; never ends on an error."""
    while not stop.is_set():
        try:
            handed = tick()
        except Exception as error:
            log.error("timer pass failed", error=type(error).__name__)
            handed = 0
        if handed == 0:
            stop.wait(TICK_SECONDS)


def tick() -> int:
    """Make one pass: leave a heartbeat, claim what is due while Redis answers, hand it over."""
    in_transaction(beat, "timers")
    try:
        redis_connection().ping()
    except RedisError:
        log.warning("redis is away, timers wait")
        return 0
    claimed: list[int] = in_transaction(claim_due, utcnow())
    for timer_id in claimed:
        enqueue(RUN_TIMER, timer_id)
    return len(claimed)


def beat(name: str) -> None:
    """Leave a sign of life."""
    values = {"name": name, "seen_at": utcnow()}
    statement = insert(Heartbeat).values(**values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
