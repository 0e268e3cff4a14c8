"""The commands of the processes that work behind the pages."""

import signal
import threading

import click

from servicedesk.settings import Settings


@click.command()
@click.argument("queue")
def worker(queue: str) -> None:
    """Work on the jobs of one QUEUE until told to stop."""
    from servicedesk.app import create_app
    from servicedesk.core.jobs import work

    with create_app(Settings.from_env()).app_context():
        work(queue)


@click.command()
def timers() -> None:
    """Claim due times and hand them to the workers until told to stop."""
    from servicedesk.app import create_app
    from servicedesk.core.timers import run_timers
    from servicedesk.schedule import arm_schedule

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with create_app(Settings.from_env()).app_context():
        arm_schedule()
        run_timers(stop)
