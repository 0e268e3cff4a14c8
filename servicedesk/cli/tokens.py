"""The commands that make, list and revoke access tokens for the API."""

from datetime import datetime, timedelta

import click

from servicedesk.app import create_app
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import DomainError
from servicedesk.core.jobs import in_transaction
from servicedesk.core.permissions import SYSTEM, Permission
from servicedesk.directory.models import Person
from servicedesk.directory.queries import find_person_by_mail
from servicedesk.directory.tokens import create_token, list_tokens, revoke_token
from servicedesk.settings import Settings


@click.group()
def tokens() -> None:
    """Make, list and revoke access tokens for the API."""


@tokens.command()
@click.option("--person", "mail", required=True, metavar="MAIL", help="Whose rights the token narrows.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([str(scope) for scope in Permission]),
    metavar="SCOPE",
    help="What it allows, such as incident:read; give it once for each. /api/docs lists them.",
)
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lasts; without it, until revoked.")
def create(mail: str, scopes: tuple[str, ...], name: str, days: int | None) -> None:
    """Make a token and print it, this once, on standard output."""
    with create_app(Settings.from_env()).app_context():
        token = in_transaction(_create, mail, scopes, name, days)
    click.echo("Keep it safe: it is stored as a hash only and cannot be shown again.", err=True)
    click.echo(token)


def _create(mail: str, scopes: tuple[str, ...], name: str, days: int | None) -> str:
    """Make the token within a transaction."""
    now = utcnow()
    until = now + timedelta(days=days) if days else None
    try:
        return create_token(_person(mail), actor=SYSTEM, name=name, scopes=scopes, expires_at=until, now=now)
    except DomainError as error:
        raise click.ClickException(str(error)) from error


@tokens.command("list")
@click.option("--person", "mail", required=True, metavar="MAIL", help="Whose tokens.")
def list_all(mail: str) -> None:
    """List somebody's tokens that are not revoked."""
    with create_app(Settings.from_env()).app_context():
        lines = in_transaction(_lines, mail)
    click.echo("\n".join(lines) if lines else "There are none.", err=not lines)


def _lines(mail: str) -> list[str]:
    """Return one line for each token: id, name, until when, scopes."""
    return [
        f"{held.id}\t{held.name}\t{_until(held.expires_at)}\t{' '.join(held.scopes)}"
        for held in list_tokens(_person(mail).id)
    ]


def _until(expires_at: datetime | None) -> str:
    """Return how long a token lasts."""
    return f"until {expires_at:%d %B %Y}" if expires_at else "until revoked"


@tokens.command()
@click.argument("token_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
def revoke(token_id: int) -> None:
    """End a token at once; `tokens list` shows its ID."""
    with create_app(Settings.from_env()).app_context():
        in_transaction(_revoke, token_id)
    click.echo(f"Token {token_id} is revoked.", err=True)


def _revoke(token_id: int) -> None:
    """End the token within a transaction."""
    try:
        revoke_token(token_id, actor=SYSTEM, now=utcnow())
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def _person(mail: str) -> Person:
    """Return the active person with that mail address; end with a sentence where there is none."""
    person = find_person_by_mail(mail)
    if person is None or not person.is_active:
        raise click.ClickException(f"Nobody here has the mail address {mail}.")
    return person
