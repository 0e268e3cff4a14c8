"""Run migrations against the database of the settings, one transaction each, one caller at a time."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from servicedesk.core.db import Model
from servicedesk.core.migrating import import_all_models
from servicedesk.settings import Settings

# Any number will do, if nothing else in this database locks it.
ADVISORY_LOCK = 7_355_608


def migrate(connection: Connection) -> None:
    """Take the lock, then run what is missing; the session's end frees the lock."""
    connection.execute(text("SET lock_timeout = '15min'"))
    connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": ADVISORY_LOCK})
    # One that waits for a busy table makes everybody else wait behind it: rather fail and try again.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need the database; there is no offline mode.")

import_all_models()
url = context.config.attributes.get("database_url") or Settings.from_env().database_url
with create_engine(url, poolclass=pool.NullPool).connect() as database:
    migrate(database)
