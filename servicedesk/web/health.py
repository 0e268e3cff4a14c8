"""Whether the process lives, and whether everything that it needs is in order."""

from collections.abc import Callable
from datetime import timedelta

from flask import jsonify
from flask.typing import ResponseReturnValue
from rq import Worker
from sqlalchemy import select, text

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.jobs import QUEUES, redis_connection
from servicedesk.core.migrating import newest_revision
from servicedesk.core.timers import Heartbeat
from servicedesk.web.access import public
from servicedesk.web.blueprint import web

SILENT_AFTER = timedelta(seconds=60)


def _database() -> None:
    db.session.execute(text("SELECT 1"))


def _redis() -> None:
    redis_connection().ping()


def _workers() -> None:
    served = {name for worker in Worker.all(connection=redis_connection()) for name in worker.queue_names()}
    if missing := set(QUEUES) - served:
        raise LookupError(f"no worker serves {', '.join(sorted(missing))}")


def _timers() -> None:
    seen = db.session.scalar(select(Heartbeat.seen_at).where(Heartbeat.name == "timers"))
    if seen is None or utcnow() - seen > SILENT_AFTER:
        raise LookupError("no timer process is alive")


def _schema() -> None:
    newest = newest_revision()
    present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    if present != newest:
        raise LookupError(f"schema is at {present}, the code wants {newest}")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "redis": _redis,
    "worker": _workers,
    "timers": _timers,
    "schema": _schema,
}


@web.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process lives."""
    return jsonify(status="alive")


@web.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say what is in order and what is not."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
            found[name] = "ok"
        except Exception as error:  # whatever is wrong is the answer
            db.session.rollback()
            found[name] = str(error) if isinstance(error, LookupError) else type(error).__name__
    failing = sorted(name for name, state in found.items() if state != "ok")
    return jsonify(ready=not failing, failing=failing, checks=found), 503 if failing else 200
