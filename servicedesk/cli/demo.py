"""The command that fills an empty database with the demo organisation."""

import click

from servicedesk.settings import Settings
from servicedesk.supervision.sign_ins import write_sign_ins


@click.command()
def demo() -> None:
    """Load the demo organisation, if the database is empty, and write its sign-ins to demo.json."""
    from servicedesk.app import create_app
    from servicedesk.core.jobs import in_transaction
    from servicedesk.demo.loading import load_demo

    settings = Settings.from_env()
    with create_app(settings).app_context():
        if accounts := in_transaction(load_demo, settings.policy_file):
            write_sign_ins(settings, accounts)
