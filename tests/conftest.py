"""Real servers for every test: PostgreSQL migrated once, Valkey, and a transaction that is rolled back."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import NullPool, create_engine, make_url, text

from servicedesk.app import create_app
from servicedesk.core import jobs
from servicedesk.core.db import db as database
from servicedesk.core.migrating import migrate
from servicedesk.settings import Settings
from servicedesk.supervision.embedded import embedded_servers
from servicedesk.supervision.places import remove_places
from tests import factories

pytest_plugins = ["tests.chromium"]
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the process that the workers of xdist descend from."""
    if hasattr(config, "workerinput") or os.environ.get("DATABASE_URL"):
        return
    folder = Path(tempfile.mkdtemp(prefix="servicedesk-tests-"))
    folder.chmod(0o755)
    _servers.callback(shutil.rmtree, folder, ignore_errors=True)
    _servers.callback(remove_places, folder / "var")
    database_url, redis_url = _servers.enter_context(embedded_servers(folder / "var"))
    _servers.callback(_restore, {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")})
    os.environ.update(DATABASE_URL=database_url, REDIS_URL=redis_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    _servers.close()


def _restore(environment: dict[str, str | None]) -> None:
    """Put the environment back."""
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what reads the data beside the project where it is absent."""
    if not SHARED_DATA.is_dir():
        skip = pytest.mark.skip(reason="needs the public data in ../shared/data")
        for item in items:
            if item.get_closest_marker("shared_data"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Give a database and a Redis database of this process's own, migrated."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    main = make_url(os.environ["DATABASE_URL"])
    name = f"test_{os.getpid()}_{worker}"
    with create_engine(main, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    folder = Path(tempfile.mkdtemp(prefix="servicedesk-var-"))
    redis_url = os.environ["REDIS_URL"]
    made = Settings.from_env({
        "SERVICEDESK_VAR": str(folder),
        "DATABASE_URL": main.set(database=name).render_as_string(hide_password=False),
        "REDIS_URL": f"{redis_url}{'&' if '?' in redis_url else '?'}db={int(worker) + 1}",
        "WRITE_LIMIT": "100000 per minute",
        "PUBLIC_URL": "http://desk.test",
    })  # fmt: skip
    migrate(made)
    yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """Make the application as it runs, on this process's database."""
    application = create_app(settings)
    yield application
    with application.app_context():
        database.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[Any]:
    """Give the session, inside a transaction that is rolled back after the test."""
    with app.app_context():
        engine = database.engine
        connection = engine.connect()
        outer = connection.begin()
        engines = database._app_engines[app]
        engines[None] = connection
        options = {"join_transaction_mode": "create_savepoint"}
        database.session.session_factory.configure(**options)
        factories.start_anew()
        yield database
        database.session.remove()
        database.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
        engines[None] = engine
        outer.rollback()
        connection.close()


@pytest.fixture
def committed_desk(app: Flask) -> Iterator[Any]:
    """Make a desk that other processes see; everything is taken away again after the test."""
    with app.app_context():
        factories.start_anew()
        factories.the_organisation()
        desk = factories.make_desk(name="ICT", slug="ict")
        database.session.commit()
        yield desk
        database.session.remove()
        kept = ("audit_lane",)
        names = ", ".join(table.name for table in database.metadata.sorted_tables if table.name not in kept)
        database.session.execute(text(f"TRUNCATE {names}"))
        database.session.execute(text("UPDATE audit_lane SET position = 0, hash = ''"))
        database.session.commit()
        factories.start_anew()


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    """Empty this process's own Redis database."""
    connection = Redis.from_url(settings.redis_url)
    connection.flushdb()
    yield connection
    connection.flushdb()
    connection.close()


@pytest.fixture
def queued(redis: Redis) -> Callable[[str], list[tuple[str, tuple[Any, ...]]]]:
    """Return what waits in an RQ queue, as (path, arguments)."""

    def waiting(queue: str) -> list[tuple[str, tuple[Any, ...]]]:
        found = Queue(queue, connection=redis, serializer=JSONSerializer).get_jobs()
        return [(job.func_name, tuple(job.args)) for job in found]

    return waiting


@pytest.fixture
def run_jobs(db: Any, redis: Redis) -> Callable[[str], None]:
    """Return how to let a real worker do all that waits in a queue."""
    return lambda queue: jobs.work(queue, burst=True)


class Browser(FlaskClient):
    """A client whose requests see what the test has written."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Commit the test's own changes (to its savepoint) first; each request starts with nothing known.

        Requests share the test's application context, so what the last one kept in `g` is forgotten first.
        """
        database.session.commit()
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)

    def form_token(self, path: str) -> str:
        """Return the CSRF token of a page's form."""
        page = self.get(path).get_data(as_text=True)
        return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    def send(self, path: str, page: str | None = None, **fields: Any) -> Any:
        """Send a form as somebody would: with the token of the page that shows it."""
        return self.post(path, data={"csrf_token": self.form_token(page or path), **fields})


@pytest.fixture
def client(app: Flask, db: Any) -> Browser:
    """Open a browser in which nobody is signed in."""
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, db: Any) -> Callable[[Any], Browser]:
    """Return how to get a browser in which somebody is signed in."""

    def browser_of(person: Any) -> Browser:
        app.test_client_class = Browser
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = factories.make_session_token(person)
            session["_fresh"] = True
        return browser

    return browser_of


@pytest.fixture
def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
