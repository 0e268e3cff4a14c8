"""The commands of the processes that work behind the pages."""

import signal
import threading

import click

from servicedesk.settings import Settings


@click.command()
@click.argument("queue")
def worker(queue: str) -> None:
    """Work on the jobs of one QUEUE until told to stop."""
    from servicedesk.core.jobs import work

    work(queue, Settings.from_env())


@click.command()
def timers() -> None:
    """Claim due times and hand them to the workers until told to stop."""
    from servicedesk.core.timers import run_timers

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_timers(Settings.from_env(), stop)
