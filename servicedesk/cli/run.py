"""The command that runs the whole system."""

import click

from servicedesk.settings import Settings
from servicedesk.supervision.processes import StartError
from servicedesk.supervision.system import run_system


@click.command()
@click.option("--demo/--no-demo", default=True, help="Load the demo organisation into an empty database.")
def run(demo: bool) -> None:
    """Start the servers, the pages, the workers and the timers, and keep them alive."""
    try:
        run_system(Settings.from_env(), has_demo=demo)
    except StartError as error:
        raise click.ClickException(str(error)) from error
