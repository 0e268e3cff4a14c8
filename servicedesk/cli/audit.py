"""The commands that prove the audit trail and keep its heads outside the database."""

from typing import TYPE_CHECKING

import click

from servicedesk.settings import Settings

if TYPE_CHECKING:
    from servicedesk.core.audit_chain import Fault

MOST_SHOWN = 50


@click.group()
def audit() -> None:
    """Prove the audit trail, or anchor it."""


@audit.command()
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Find every event that was altered, taken out or put in; the exit status is 1 if there is any."""
    from servicedesk.app import create_app

    settings = Settings.from_env()
    with create_app(settings).app_context():
        ctx.exit(1 if _verify(settings) else 0)


@audit.command()
def anchor() -> None:
    """Keep the present heads of the chain outside the database, now."""
    from servicedesk.app import create_app
    from servicedesk.core.audit_chain import anchor_file, write_anchor
    from servicedesk.core.jobs import in_transaction

    settings = Settings.from_env()
    with create_app(settings).app_context():
        kept = in_transaction(write_anchor, settings.var)
    events = sum(position for position, _ in kept.heads.values())
    click.echo(f"Anchored {events:,} events in {anchor_file(settings.var)}.")


def _verify(settings: Settings) -> int:
    """Walk the whole trail, tell each fault, and return how many there are."""
    from servicedesk.core.audit_chain import count_events, examine_anchors, verify_chain
    from servicedesk.core.clock import utcnow
    from servicedesk.core.progress import Progress, duration

    started, walked = utcnow(), [0]
    anchors, told = examine_anchors(settings.var)
    with Progress("Verifying the audit trail", count_events(), "events") as progress:

        def show(events: int) -> None:
            walked[0] = events
            progress.show(events, events)

        told += [_told(fault) for fault in verify_chain(anchors, show)]
    for words in told[:MOST_SHOWN]:
        click.echo(words)
    if len(told) > MOST_SHOWN:
        click.echo(f"… and {len(told) - MOST_SHOWN:,} more.")
    result = f"{len(told):,} {'fault' if len(told) == 1 else 'faults'}" if told else "No fault"
    seconds = duration((utcnow() - started).total_seconds())
    held_against = f"{len(anchors):,} {'anchor' if len(anchors) == 1 else 'anchors'}"
    click.echo(f"{result} in {walked[0]:,} events, by {held_against} ({seconds}).")
    return len(told)


def _told(fault: "Fault") -> str:
    """Return a fault in one line."""
    event = f" (event {fault.event_id})" if fault.event_id else ""
    return f"Lane {fault.lane}, position {fault.position:,}{event}: {fault.words}."
