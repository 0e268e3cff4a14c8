"""Jobs: functions that RQ workers run, each as one transaction, sent only after the commit.

A job takes ids, is safe to run twice and safe to lose: a row says whether its work is done, and the
timer process hands over again what Redis has lost.
"""

import functools
import importlib
import threading
from collections.abc import Callable
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from sqlalchemy import event
from sqlalchemy.orm import Session

from servicedesk.core.db import db

log = structlog.get_logger()
# One worker process serves one queue: on several, RQ can lose a job (measured).
QUEUES = ("timers", "mail", "background")
JOBS: dict[str, str] = {}
_redis: list[Redis] = []


def use_redis(url: str) -> None:
    """Take the address of the messenger; called once by the factory, connects at first use."""
    _redis[:] = [
        Redis.from_url(url, socket_connect_timeout=2, socket_timeout=10, health_check_interval=30),
    ]


def redis_connection() -> Redis:
    """Return the connection to the messenger."""
    return _redis[0]


def job(queue: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function as a job of a queue; the function runs as one transaction."""

    def declare(work: Callable[..., None]) -> Callable[..., None]:
        JOBS[f"{work.__module__}.{work.__qualname__}"] = queue

        @functools.wraps(work)
        def run(*arguments: Any) -> None:
            in_transaction(work, *arguments)

        return run

    return declare


def in_transaction(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function as one transaction of its own: for jobs and commands."""
    try:
        result = work(*arguments)
        db.session.commit()
        return result
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.remove()


def enqueue_after_commit(path: str, *arguments: int) -> None:
    """Remember a job for the moment at which this transaction is committed; forgotten if it is not."""
    db.session.info.setdefault("jobs", []).append((path, arguments))


def enqueue(path: str, *arguments: int) -> bool:
    """Hand a job to RQ; return False, with a log line, where Redis cannot be reached."""
    queue = Queue(_queue_of(path), connection=redis_connection(), serializer=JSONSerializer)
    job_id = "-".join([path.rsplit(".", 1)[-1], *map(str, arguments)])
    try:
        queue.enqueue(path, *arguments, job_id=job_id, result_ttl=0, failure_ttl=86_400, job_timeout=120)
    except RedisError as error:
        log.warning("job not handed over, the sweep will", job=job_id, error=type(error).__name__)
        return False
    return True


def _queue_of(path: str) -> str:
    """Return the queue that a job declares; naming it by its path spares its callers the import."""
    if path not in JOBS:
        importlib.import_module(path.rpartition(".")[0])
    return JOBS[path]


@event.listens_for(Session, "after_commit")
def _send_jobs(session: Session) -> None:
    """Send what was remembered; savepoints fire this too and are passed over."""
    if session.in_nested_transaction():
        return
    for path, arguments in session.info.pop("jobs", ()):
        enqueue(path, *arguments)


@event.listens_for(Session, "after_rollback")
def _drop_jobs(session: Session) -> None:
    """Forget the jobs of a transaction that came to nothing."""
    if not session.in_nested_transaction():
        session.info.pop("jobs", None)


class _Worker(SimpleWorker):
    """A worker without a fork for each job (three times as fast); timeouts work in any thread."""

    death_penalty_class = TimerDeathPenalty


def work(queue: str, stop: threading.Event | None = None, burst: bool = False) -> None:
    """Serve one queue until stopped; the caller has pushed an application context."""
    worker = _Worker(
        [Queue(queue, connection=redis_connection(), serializer=JSONSerializer)],
        connection=redis_connection(),
        serializer=JSONSerializer,
        worker_ttl=30,
    )
    worker.work(burst=burst, logging_level="WARNING", with_scheduler=False)
