"""The private PostgreSQL: made on the first start, reached by one socket only."""

import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from servicedesk.supervision.places import Places
from servicedesk.supervision.processes import Program, StartError, launch
from servicedesk.supervision.programs import postgres_program

# One server for 2 cores beside the application; parallel plans would take both from the people who wait.
CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %d ",
}
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
FIRST_STATEMENTS = """\
CREATE ROLE servicedesk LOGIN CREATEDB;
CREATE DATABASE servicedesk OWNER servicedesk;
"""


def postgres_server(places: Places) -> Program:
    """Return the server as a program; its data is made if there is none yet."""
    data = places.postgres / "data"
    if not data.exists():
        _initialise(places, data)
    _write_access_rules(places)
    options = CONFIGURATION | {
        "unix_socket_directories": str(places.sockets),
        "hba_file": str(places.postgres / "pg_hba.conf"),
        "ident_file": str(places.postgres / "pg_ident.conf"),
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    return Program(
        name="postgres",
        argv=(str(postgres_program(places, "postgres")), "-D", str(data), *arguments),
        account=places.account,
        environment=ENVIRONMENT,
        grace_seconds=30,
        is_quiet=True,
        prepare=lambda: _clear_stale_files(places, data),
        is_ready=lambda pid: _is_ready(data, pid),
    )


def _initialise(places: Places, data: Path) -> None:
    """Make the cluster, the role and the database; a broken attempt leaves nothing that looks whole."""
    fresh = data.with_name("data.new")
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    words = ["--text-search-config=english", "--username=postgres", "--auth=reject", "--no-instructions"]
    _run(places, "rm", ["/bin/rm", "-rf", str(fresh)])
    _run(places, "initdb", [str(postgres_program(places, "initdb")), "-D", str(fresh), *locale, *words])
    single = [
        str(postgres_program(places, "postgres")),
        "--single",
        "-c",
        "exit_on_error=on",
        "-D",
        str(fresh),
    ]
    _run(places, "first statements", [*single, "postgres"], FIRST_STATEMENTS)
    fresh.rename(data)


def _run(places: Places, name: str, argv: list[str], text: str = "") -> None:
    """Run one step of the making as the servers' user."""
    process = launch(
        Program(name, tuple(argv), places.account, ENVIRONMENT), subprocess.PIPE, subprocess.PIPE
    )
    output, _ = process.communicate(text.encode())
    if process.returncode:
        raise StartError(f"PostgreSQL's data could not be made ({name}):\n{output.decode(errors='replace')}")


def _write_access_rules(places: Places) -> None:
    """Let in the servers' own user and root, as the kernel names them; nobody else, whatever they say."""
    names = sorted({places.account.name, "root"})
    files = {
        "pg_hba.conf": "local all all peer map=embedded\n",
        "pg_ident.conf": "".join(f'embedded "{name}" all\n' for name in names),
    }
    for name, text in files.items():
        (places.postgres / name).write_text(text)
        (places.postgres / name).chmod(0o644)


def _clear_stale_files(places: Places, data: Path) -> None:
    """Remove the pid files of a killed server whose number has become another process.

    PostgreSQL sees by itself that a number is dead, and then also looks whether parts of the killed server
    still run; but it takes any living process of its user for itself.
    """
    pid_file = data / "postmaster.pid"
    with suppress(OSError, ValueError, psutil.NoSuchProcess):
        process = psutil.Process(int(pid_file.read_text().split("\n")[0]))
        if str(data) in process.cmdline():
            raise StartError(f"Another PostgreSQL (process {process.pid}) serves {data}. End it first.")
        pid_file.unlink()
        for file in places.sockets.glob(".s.PGSQL.*"):
            file.unlink()


def _is_ready(data: Path, pid: int) -> bool:
    """Return whether this server says in its pid file that it takes connections."""
    with suppress(OSError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return lines[0] == str(pid) and lines[7].strip() == "ready"
    return False
