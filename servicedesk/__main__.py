"""The door of all commands: `python -m servicedesk COMMAND`."""

from servicedesk.cli import main

main(prog_name="python -m servicedesk")
