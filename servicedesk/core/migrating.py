"""Bring the database's schema up to date; alembic reads its settings from pyproject.toml."""

import importlib
import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from servicedesk.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("servicedesk", "catalogue")
DECLARATION = re.compile(r"^( +__tablename__ =|declare_kinds\()", re.MULTILINE)


def migrate(settings: Settings) -> None:
    """Upgrade the schema to the newest migration; a second caller at the same time waits for the first."""
    command.upgrade(alembic_config(settings), "head")


def alembic_config(settings: Settings) -> Config:
    """Return what alembic's commands need; migrations/env.py finds the database in it."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"database_url": settings.database_url})


def newest_revision() -> str | None:
    """Return the revision that an up-to-date database has."""
    return ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml")).get_current_head()


def import_all_models() -> None:
    """Import every module that declares a table or audit kinds: one not loaded would be missing unsaid."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if DECLARATION.search(path.read_text()):
                importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
