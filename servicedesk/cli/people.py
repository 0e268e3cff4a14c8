"""The command that lets the first administrator in."""

import secrets

import click

from servicedesk.settings import Settings


@click.group()
def people() -> None:
    """Look after people's accounts."""


@people.command("create-administrator")
@click.option("--mail", required=True, help="The address that the person signs in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--organisation", default="East Herts", show_default=True, help="Where they belong; made if absent."
)
def create_administrator(mail: str, name: str, organisation: str) -> None:
    """Make an administrator of everything and print the first password, once."""
    from servicedesk.app import create_app
    from servicedesk.core.jobs import in_transaction
    from servicedesk.directory.first_administrator import make_first_administrator

    password = secrets.token_urlsafe(15)
    with create_app(Settings.from_env()).app_context():
        in_transaction(lambda: make_first_administrator(mail, name, organisation, password))
    click.echo(password)
