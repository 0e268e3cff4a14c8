"""The migrations: gapless, both ways, and leading to just what the models say."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from servicedesk.core.db import Model
from servicedesk.core.migrating import alembic_config, import_all_models, migrate
from servicedesk.settings import Settings

VERSIONS = Path(__file__).resolve().parents[1] / "migrations" / "versions"
# Whatever makes up a schema, as PostgreSQL itself writes it down; alembic's check overlooks some of it.
SHAPES = {
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
        AND conrelid <> coalesce(to_regclass('alembic_version'), 0)""",
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'""",
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'""",
    "sequences": "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
}


@pytest.fixture
def empty_database(settings: Settings) -> Iterator[Callable[[], Settings]]:
    """Return how to get the settings of one more database with nothing in it."""
    main = make_url(settings.database_url)
    admin = create_engine(main, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    made: list[str] = []

    def make() -> Settings:
        made.append(f"migrations_{uuid4().hex[:12]}")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {made[-1]}"))
        return replace(settings, database_url=main.set(database=made[-1]).render_as_string(False))

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def engine_of(settings: Settings) -> Engine:
    return create_engine(settings.database_url, poolclass=NullPool)


def shape(connection: Connection, name: str) -> list[tuple[object, ...]]:
    """Return one side of a schema, in an order of its own."""
    return sorted((tuple(row) for row in connection.execute(text(SHAPES[name]))), key=repr)


def test_they_are_numbered_without_a_gap_in_one_line_with_one_head(settings: Settings) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(settings))
    line = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert len(scripts.get_heads()) == 1
    assert line == [f"{number:04d}" for number in range(1, len(line) + 1)]
    assert [path.name[:4] for path in sorted(VERSIONS.glob("*.py"))] == line


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_each_says_why_it_is_there_and_leads_both_ways(path: Path) -> None:
    tree = ast.parse(path.read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert ast.get_docstring(tree)
    for name in ("upgrade", "downgrade"):
        assert not isinstance(functions[name].body[0], ast.Pass)


def test_they_lead_to_the_models_and_nothing_else(empty_database: Callable[[], Settings]) -> None:
    migrated, made = empty_database(), empty_database()
    migrate(migrated)
    command.check(alembic_config(migrated))
    import_all_models()
    with engine_of(made).begin() as connection:
        Model.metadata.create_all(connection)
    with engine_of(migrated).connect() as by_migrations, engine_of(made).connect() as by_models:
        for name in SHAPES:
            assert shape(by_migrations, name) == shape(by_models, name)


def test_they_lead_down_to_nothing_and_up_again(empty_database: Callable[[], Settings]) -> None:
    settings = empty_database()
    migrate(settings)
    with engine_of(settings).connect() as connection:
        before = {name: shape(connection, name) for name in SHAPES}
    command.downgrade(alembic_config(settings), "base")
    with engine_of(settings).connect() as connection:
        assert all(shape(connection, name) == [] for name in SHAPES)
    migrate(settings)
    with engine_of(settings).connect() as connection:
        assert {name: shape(connection, name) for name in SHAPES} == before


def test_one_that_finds_its_table_in_use_gives_way_soon(empty_database: Callable[[], Settings]) -> None:
    settings = empty_database()
    migrate(settings)
    with engine_of(settings).connect() as reader:
        reader.execute(text("SELECT * FROM person"))
        with pytest.raises(OperationalError, match="lock timeout"):
            command.downgrade(alembic_config(settings), "base")
        with engine_of(settings).connect() as other:
            assert other.execute(text("SELECT count(*) FROM person")).scalar() == 0
