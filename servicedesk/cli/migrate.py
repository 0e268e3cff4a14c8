"""The command that brings the schema up to date."""

import click

from servicedesk.core import migrating
from servicedesk.settings import Settings


@click.command()
def migrate() -> None:
    """Upgrade the database's schema to the newest migration."""
    migrating.migrate(Settings.from_env())
