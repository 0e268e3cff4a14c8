"""Timers: claimed by one process, done once, and never lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import delete, func, select

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db as database
from servicedesk.core.jobs import in_transaction, use_redis
from servicedesk.core.timers import (
    LEASE_SECONDS,
    LONGEST_LEASE_SECONDS,
    RUN_TIMER,
    AlreadyDone,
    Heartbeat,
    Timer,
    cancel_timers,
    claim_due,
    run_timer,
    set_timer,
    tick,
    timer_function,
)
from servicedesk.directory.models import Organisation

NOTE_DOWN = f"{__name__}.note_down"
GIVE_UP = f"{__name__}.give_up"
WAIT_FOR_CANCEL = f"{__name__}.wait_for_cancel"
BEGUN, CANCELLED = Event(), Event()
BREAK_DOWN = f"{__name__}.break_down"


@timer_function
def note_down(number: int, due_at: datetime) -> None:
    """Leave a row, which a second run would leave twice."""
    database.session.add(Organisation(name=f"{number} at {utcnow()}", short_name=f"{utcnow()}"))


@timer_function
def break_down(number: int, due_at: datetime) -> None:
    """Leave a row, then fail."""
    note_down(number, due_at)
    database.session.flush()
    raise ValueError("no luck")


@timer_function
def give_up(number: int, due_at: datetime) -> None:
    """Leave a row and cancel the timer that this was called by."""
    note_down(number, due_at)
    cancel_timers(f"test:{number}")


@timer_function
def wait_for_cancel(number: int, due_at: datetime) -> None:
    """Leave a row, and take so long that the timer is cancelled meanwhile."""
    note_down(number, due_at)
    BEGUN.set()
    CANCELLED.wait(20)


def effects() -> int:
    return database.session.scalar(select(func.count()).select_from(Organisation)) or 0


def make_timer(due_at: datetime, path: str = NOTE_DOWN, key: str = "test:1", number: int = 1) -> int:
    """Set a timer and return its id."""
    set_timer(key, path, number, due_at)
    return database.session.execute(select(Timer.id).where(Timer.key == key)).scalar_one()


def timer(timer_id: int) -> Timer:
    """Read a timer afresh."""
    database.session.expire_all()
    return database.session.get_one(Timer, timer_id)


@pytest.fixture
def committed(app: Flask) -> Iterator[None]:
    """Let a test really commit, and take away what it leaves."""
    with app.app_context():
        yield
        database.session.rollback()
        in_transaction(database.session.execute, delete(Timer))
        in_transaction(database.session.execute, delete(Organisation))


def test_what_is_due_is_claimed_oldest_first_and_what_is_not_waits(db: Any) -> None:
    now = utcnow()
    later = make_timer(now - timedelta(seconds=1), key="later")
    sooner = make_timer(now - timedelta(seconds=2), key="sooner")
    make_timer(now + timedelta(seconds=1), key="to come")
    assert claim_due(now) == [sooner, later]
    assert claim_due(now) == []


@pytest.mark.parametrize(
    ("attempts", "lease"),
    [(1, LEASE_SECONDS), (2, 20), (3, 40), (7, LONGEST_LEASE_SECONDS), (99, LONGEST_LEASE_SECONDS)],
)
def test_what_nobody_finished_is_claimed_again_after_a_lease_that_doubles(
    db: Any, attempts: int, lease: int
) -> None:
    now = utcnow()
    made = make_timer(now)
    assert claim_due(now) == [made]
    timer(made).attempts = attempts
    database.session.flush()
    assert claim_due(now + timedelta(seconds=lease)) == []
    assert claim_due(now + timedelta(seconds=lease + 1)) == [made]
    assert timer(made).attempts == attempts + 1


def test_two_timer_processes_share_what_is_due_and_neither_waits(committed: None, app: Flask) -> None:
    now, number = utcnow(), 40
    in_transaction(lambda: [make_timer(now, key=f"test:{place}") for place in range(number)])
    both_hold = Barrier(2, timeout=20)

    def claim() -> list[int]:
        with app.app_context():
            claimed = claim_due(now, limit=number // 2)
            both_hold.wait()
            in_transaction(lambda: None)
        return claimed

    with ThreadPoolExecutor(2) as processes:
        first, second = (running.result(30) for running in [processes.submit(claim) for _ in range(2)])
    assert len(first) == len(second) == number // 2
    assert set(first) & set(second) == set()


def test_it_is_done_once_however_often_it_is_handed_over(db: Any) -> None:
    made = make_timer(utcnow())
    for _ in range(3):
        run_timer(made)
    assert effects() == 1
    assert timer(made).done_at is not None
    assert claim_due(utcnow() + timedelta(days=1)) == []


def test_it_is_done_once_by_two_workers_at_the_same_time(committed: None, app: Flask) -> None:
    made = in_transaction(make_timer, utcnow())
    together = Barrier(2, timeout=20)

    def work() -> None:
        with app.app_context():
            together.wait()
            run_timer(made)

    with ThreadPoolExecutor(2) as workers:
        errors = [running.exception(30) for running in [workers.submit(work) for _ in range(2)]]
    assert effects() == 1
    assert len([error for error in errors if error]) <= 1


def test_one_that_was_moved_or_cancelled_after_the_claim_does_nothing(db: Any) -> None:
    now = utcnow()
    moved, cancelled = make_timer(now, key="moved"), make_timer(now, key="cancelled")
    assert len(claim_due(now)) == 2
    make_timer(now + timedelta(hours=1), key="moved")
    cancel_timers("cancelled")
    run_timer(moved)
    run_timer(cancelled)
    assert effects() == 0
    assert timer(moved).done_at is None
    assert claim_due(now + timedelta(hours=1)) == [moved]


def test_one_that_makes_itself_needless_is_done(db: Any) -> None:
    made = make_timer(utcnow(), GIVE_UP)
    run_timer(made)
    run_timer(made)
    assert effects() == 1
    assert database.session.get(Timer, made) is None


def test_one_that_others_cancel_while_it_is_being_done_comes_to_nothing(committed: None, app: Flask) -> None:
    made = in_transaction(make_timer, utcnow(), WAIT_FOR_CANCEL)
    with ThreadPoolExecutor(1) as workers:

        def work() -> None:
            with app.app_context():
                run_timer(made)

        working = workers.submit(work)
        BEGUN.wait(20)
        in_transaction(cancel_timers, "test:1")
        CANCELLED.set()
        with pytest.raises(AlreadyDone):
            working.result(20)
    assert effects() == 0


def test_one_without_a_moment_is_paused(db: Any) -> None:
    made = make_timer(utcnow())
    set_timer("test:1", NOTE_DOWN, 1, None)
    run_timer(made)
    assert effects() == 0
    assert claim_due(utcnow() + timedelta(days=1)) == []


def test_one_that_is_done_can_be_armed_again(db: Any) -> None:
    made = make_timer(utcnow())
    run_timer(made)
    assert make_timer(utcnow()) == made
    run_timer(made)
    assert effects() == 2


def test_one_that_fails_leaves_nothing_and_stays_to_be_tried_again(db: Any) -> None:
    made = make_timer(utcnow(), BREAK_DOWN)
    database.session.commit()
    assert claim_due(utcnow()) == [made]
    database.session.commit()
    with pytest.raises(ValueError, match="no luck"):
        run_timer(made)
    assert effects() == 0
    assert timer(made).done_at is None
    assert timer(made).attempts == 1
    assert claim_due(utcnow() + timedelta(seconds=LEASE_SECONDS + 1)) == [made]


def test_a_pass_leaves_a_heartbeat_and_hands_over_what_is_due(db: Any, queued: Any, run_jobs: Any) -> None:
    made = make_timer(utcnow())
    database.session.commit()
    assert tick() == 1
    assert queued("timers") == [(RUN_TIMER, (made,))]
    assert database.session.get_one(Heartbeat, "timers").seen_at <= utcnow()
    run_jobs("timers")
    assert effects() == 1
    assert tick() == 0


def test_without_redis_timers_wait_unclaimed(db: Any, redis: Redis, app: Flask) -> None:
    made = make_timer(utcnow())
    database.session.commit()
    use_redis("redis://127.0.0.1:1/0")
    try:
        assert tick() == 0
    finally:
        use_redis(app.config["SETTINGS"].redis_url)
    assert timer(made).claimed_at is None
    assert tick() == 1
