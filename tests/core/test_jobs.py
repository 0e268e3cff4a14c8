"""Jobs: sent after the commit, forgotten with a rollback, each a transaction of its own."""

from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import func, select

from servicedesk.core.db import db as database
from servicedesk.core.jobs import enqueue, enqueue_after_commit, in_transaction, use_redis
from servicedesk.core.timers import RUN_TIMER
from servicedesk.directory.models import Organisation


def add_organisation(name: str) -> None:
    database.session.add(Organisation(name=name, short_name=name))
    database.session.flush()


def names() -> list[str]:
    return list(database.session.scalars(select(Organisation.name)))


def test_a_job_is_sent_once_and_only_after_the_commit(db: Any, queued: Any) -> None:
    enqueue_after_commit(RUN_TIMER, 7)
    database.session.flush()
    assert queued("timers") == []
    database.session.commit()
    assert queued("timers") == [(RUN_TIMER, (7,))]
    database.session.commit()
    assert len(queued("timers")) == 1


def test_a_rollback_forgets_the_job(db: Any, queued: Any) -> None:
    add_organisation("Half")
    enqueue_after_commit(RUN_TIMER, 7)
    database.session.rollback()
    database.session.commit()
    assert queued("timers") == []
    assert names() == []


def test_the_end_of_a_savepoint_sends_nothing_yet_and_forgets_nothing(db: Any, queued: Any) -> None:
    enqueue_after_commit(RUN_TIMER, 1)
    with database.session.begin_nested():
        add_organisation("Kept")
    assert queued("timers") == []
    undone = database.session.begin_nested()
    add_organisation("Undone")
    undone.rollback()
    assert queued("timers") == []
    database.session.commit()
    assert queued("timers") == [(RUN_TIMER, (1,))]
    assert names() == ["Kept"]


def test_a_failed_job_leaves_nothing_half_written(db: Any, queued: Any) -> None:
    def work() -> None:
        add_organisation("Half")
        enqueue_after_commit(RUN_TIMER, 7)
        raise LookupError("gone")

    with pytest.raises(LookupError):
        in_transaction(work)
    assert database.session.scalar(select(func.count()).select_from(Organisation)) == 0
    assert queued("timers") == []


def test_without_redis_a_commit_still_holds(db: Any, redis: Redis, app: Flask) -> None:
    use_redis("redis://127.0.0.1:1/0")
    try:
        add_organisation("Kept")
        enqueue_after_commit(RUN_TIMER, 1)
        database.session.commit()
        assert not enqueue(RUN_TIMER, 1)
    finally:
        use_redis(app.config["SETTINGS"].redis_url)
    assert names() == ["Kept"]
