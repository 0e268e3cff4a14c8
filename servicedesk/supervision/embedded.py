"""The two private servers alone, for tests and benches."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from servicedesk.settings import embedded_database_url, embedded_redis_url
from servicedesk.supervision.places import Places, prepare_places, sole_holder
from servicedesk.supervision.postgres import postgres_server
from servicedesk.supervision.processes import (
    Program,
    end,
    end_leftovers,
    launch,
    wait_until_ready,
    write_pid,
)
from servicedesk.supervision.valkey import valkey_server

SERVERS: tuple[Callable[[Places], Program], ...] = (postgres_server, valkey_server)


@contextmanager
def embedded_servers(var: Path) -> Iterator[tuple[str, str]]:
    """Run PostgreSQL and Valkey on the data under var; give the addresses of both, and end both after."""
    with sole_holder(var), ExitStack() as running:
        places = prepare_places(var)
        end_leftovers(places.run)
        for server in SERVERS:
            program = server(places)
            running.callback(end, start(program, places), program)
        yield embedded_database_url(var), embedded_redis_url(var)


def start(program: Program, places: Places) -> "subprocess.Popen[bytes]":
    """Start one server with its own log file and wait until it serves."""
    log = places.log / f"{program.name}.log"
    with open(log, "ab") as output:
        process = launch(program, output)
    write_pid(places.run / f"{program.name}.pid", process.pid)
    try:
        wait_until_ready(program, process, log)
    except BaseException:
        end(process, program)
        raise
    return process
