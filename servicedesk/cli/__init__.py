"""The commands behind `python -m servicedesk`, one module per topic, each imported only when it is called."""

import importlib
from typing import Any

import click

from servicedesk.core.errors import DomainError
from servicedesk.settings import SettingsError

# name of the command: module and function
COMMANDS = {
    "audit": "servicedesk.cli.audit:audit",
    "demo": "servicedesk.cli.demo:demo",
    "import": "servicedesk.cli.imports:import_records",
    "migrate": "servicedesk.cli.migrate:migrate",
    "people": "servicedesk.cli.people:people",
    "run": "servicedesk.cli.run:run",
    "timers": "servicedesk.cli.worker:timers",
    "tokens": "servicedesk.cli.tokens:tokens",
    "worker": "servicedesk.cli.worker:worker",
}


class BadSettings(click.ClickException):
    """A refused setting, told in one line."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that none pays for another."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; what the operator can mend gets a sentence and no traceback."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise BadSettings(str(error)) from error
        except DomainError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
def main() -> None:
    """Run the service desk and look after it."""
