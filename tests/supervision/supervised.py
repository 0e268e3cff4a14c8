"""A supervisor as a process of its own, for the tests to kill; arguments are its var and what to run."""

import sys
from pathlib import Path

import click

from servicedesk.supervision.places import prepare_places, sole_holder
from servicedesk.supervision.postgres import postgres_server
from servicedesk.supervision.processes import Program, StartError, end_leftovers
from servicedesk.supervision.supervisor import StopAskedError, Supervisor
from servicedesk.supervision.valkey import valkey_server

# A parent whose own child is out of reach of its process group, as a worker's is.
PARENT = (
    "import pathlib, subprocess, sys, time;"
    "child = subprocess.Popen(['sleep', '600'], start_new_session=True);"
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid));"
    "print('the parent speaks', flush=True);"
    "time.sleep(600)"
)


def programs(var: Path, kind: str) -> list[Program]:
    """Return what to run."""
    if kind == "servers":
        places = prepare_places(var)
        return [postgres_server(places), valkey_server(places)]
    if kind == "family":
        grandchild = var / "run" / "grandchild"
        argv = (sys.executable, "-c", PARENT, str(grandchild))
        return [Program("parent", argv, is_ready=lambda _pid: grandchild.exists())]
    argv = (sys.executable, "-c", "import sys, time; time.sleep(0.2); sys.exit('no such setting')")
    return [Program("broken", argv, is_ready=lambda _pid: False)]


def main(var: Path, kind: str) -> None:
    """Run the programs until asked to stop."""
    with sole_holder(var):
        end_leftovers(var / "run")
        supervisor = Supervisor(var / "run", var / "log")
        supervisor.listen_to_signals()
        try:
            for program in programs(var, kind):
                supervisor.start(program)
            click.echo("all started")
            supervisor.watch()
        except StopAskedError:
            click.echo("asked to stop")
        except StartError as error:
            click.echo(str(error))
        finally:
            supervisor.end_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
