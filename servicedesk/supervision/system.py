"""The whole system as one list of programs: what `python -m servicedesk run` starts."""

import errno
import http.client
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from servicedesk.settings import Settings
from servicedesk.supervision.output import say
from servicedesk.supervision.places import prepare_places, sole_holder
from servicedesk.supervision.postgres import postgres_server
from servicedesk.supervision.processes import Program, StartError, end_leftovers, write_pid
from servicedesk.supervision.sign_ins import describe, read_sign_ins
from servicedesk.supervision.supervisor import StopAskedError, Supervisor
from servicedesk.supervision.valkey import valkey_server

PYTHON = (sys.executable, "-u", "-m")
GRACEFUL_SECONDS = 15


def run_system(settings: Settings, *, has_demo: bool) -> None:
    """Run everything until asked to stop."""
    with sole_holder(settings.var):
        run_folder, log_folder = settings.var / "run", settings.var / "log"
        for name in end_leftovers(run_folder):
            say(f"supervisor | {name} of a killed supervisor was still running and has been ended.")
        refuse_taken_port(settings)
        write_pid(run_folder / "supervisor.pid", os.getpid())
        supervisor = Supervisor(run_folder, log_folder)
        supervisor.listen_to_signals()
        try:
            start_system(supervisor, settings, has_demo=has_demo)
            supervisor.watch()
        except StopAskedError:
            say("supervisor | Ending everything.")
        finally:
            supervisor.end_all()
            (run_folder / "supervisor.pid").unlink(missing_ok=True)


def start_system(supervisor: Supervisor, settings: Settings, *, has_demo: bool) -> None:
    """Start the programs in order; the pages listen only once the data is in order."""
    needs_database, needs_redis = settings.has_private_database, settings.has_private_redis
    if needs_database or needs_redis:
        places = prepare_places(settings.var)
        if places.postgres != settings.var / "postgres":
            say(f"supervisor | Data is in {places.postgres.parent}: its user cannot reach {settings.var}.")
        if needs_database:
            supervisor.start(postgres_server(places))
        if needs_redis:
            supervisor.start(valkey_server(places))
    supervisor.perform(command("migrate"))
    if has_demo and not (settings.var / "demo.json").exists():
        say("supervisor | Loading the demo organisation.")
        supervisor.perform(command("demo"))
    supervisor.start(web(settings))
    for program in workers():
        supervisor.start(program)
    supervisor.wait_until(lambda: is_answered(settings, "/readyz"), "The system (see /readyz)", 60)
    announce(settings)


def command(name: str, *arguments: str) -> Program:
    """Return one of our own commands as a program."""
    return Program("-".join((name, *arguments)), (*PYTHON, "servicedesk", name, *arguments), grace_seconds=15)


def workers() -> list[Program]:
    """Return the processes behind the pages: one worker for each queue, for RQ can lose a job between two."""
    from servicedesk.core.jobs import QUEUES  # imported late, because it brings the whole database layer

    return [*(command("worker", queue) for queue in QUEUES), command("timers")]


def web(settings: Settings) -> Program:
    """Return the web server."""
    options = {
        "worker-class": "gthread",
        "workers": str(settings.web_workers),
        "threads": str(settings.web_threads),
        "bind": _joined(settings.host, settings.port),
        "graceful-timeout": str(GRACEFUL_SECONDS),
        "timeout": "60",
        "log-level": "warning",
    }
    words = tuple(word for name, value in options.items() for word in (f"--{name}", value))
    return Program(
        "web",
        (*PYTHON, "gunicorn", *words, "--no-control-socket", "wsgi:app"),
        grace_seconds=GRACEFUL_SECONDS + 5,
        is_ready=lambda _pid: is_answered(settings, "/healthz"),
    )


def announce(settings: Settings) -> None:
    """Say where it is and who may sign in."""
    say(f"\nThe service desk is at {settings.public_url}\n")
    if sign_ins := read_sign_ins(settings):
        say(f"{describe(sign_ins)}\n\nThese demo accounts also stand in {_short(sign_ins.file)}.")
    say(f"Logs are in {_short(settings.var / 'log')}. Ctrl-C ends everything.\n")


def refuse_taken_port(settings: Settings) -> None:
    """Say at once that the port is taken, before anything is started."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(address)
        except OSError as error:
            place = _joined(settings.host, settings.port)
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"Another program listens on {place}. Choose another port by PORT."
                ) from error
            raise StartError(f"It cannot listen on {place}: {error.strerror}. See HOST and PORT.") from error


def is_answered(settings: Settings, path: str) -> bool:
    """Return whether the pages answer this path with 200."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  (compared only)
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": urlsplit(settings.public_url).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _joined(host: str, port: int) -> str:
    """Return host and port as one word."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _short(path: Path) -> str:
    """Return the path as seen from here, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
