"""The private Valkey: every write goes to its append-only file, so a killed one forgets at most a second."""

import socket
from pathlib import Path

from servicedesk.supervision.places import Places
from servicedesk.supervision.processes import Program
from servicedesk.supervision.programs import valkey_program


def valkey_server(places: Places) -> Program:
    """Return the server as a program."""
    path = places.sockets / "redis.sock"
    options = {
        "dir": str(places.valkey),
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program(
        name="valkey",
        argv=(str(valkey_program(places)), *arguments),
        account=places.account,
        environment={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        is_quiet=True,
        is_ready=lambda _pid: _answers(path),
    )


def _answers(path: Path) -> bool:
    """Return whether the server has read its file and answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
