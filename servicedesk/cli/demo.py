"""The command that fills an empty database with the demo organisation."""

import click

from servicedesk.settings import Settings
from servicedesk.supervision.sign_ins import write_sign_ins


@click.command()
def demo() -> None:
    """Load the demo organisation, if the database is empty, and write its sign-ins to demo.json."""
    from servicedesk.demo import load_demo

    settings = Settings.from_env()
    if accounts := load_demo(settings):
        write_sign_ins(settings, accounts)
