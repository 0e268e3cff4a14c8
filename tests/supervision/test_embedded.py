"""The private servers: who gets in, what stays, and how they end."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from servicedesk.settings import socket_folder
from servicedesk.supervision import places
from servicedesk.supervision.embedded import embedded_servers
from servicedesk.supervision.processes import StartError, end_leftovers, find_written, write_pid

pytestmark = pytest.mark.processes

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def connect(var: Path) -> "psycopg.Connection[tuple[str, bool]]":
    return psycopg.connect(host=str(socket_folder(var)), user="servicedesk", dbname="servicedesk")


def test_servers_serve_end_and_keep_their_data(var: Path) -> None:
    with embedded_servers(var) as (_, redis_url), connect(var) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.commit()
        with redis.Redis.from_url(redis_url) as client:
            client.set("kept", "1")
    assert not (socket_folder(var) / ".s.PGSQL.5432").exists()
    with embedded_servers(var) as (_, redis_url), connect(var) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []
        with redis.Redis.from_url(redis_url) as client:
            assert client.get("kept") == b"1"


def test_application_has_no_rights_over_the_server_and_sorts_all_letters(var: Path) -> None:
    with embedded_servers(var), connect(var) as connection:
        question = "SELECT lower('ÉŁ'), rolsuper FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(question).fetchone() == ("éł", False)


def test_second_start_on_the_same_folder_is_refused(var: Path) -> None:
    with embedded_servers(var), pytest.raises(StartError, match="already running"), embedded_servers(var):
        pass


def test_pid_file_of_a_killed_server_that_names_a_stranger_does_no_harm(var: Path) -> None:
    with embedded_servers(var):
        pid_file = var.resolve() / "postgres" / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    stranger = subprocess.Popen(["/bin/sleep", "600"])
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with embedded_servers(var), connect(var) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_too_deep_a_folder_gets_its_sockets_elsewhere(var: Path) -> None:
    deep = var / ("x" * 60) / ("y" * 60)
    try:
        with embedded_servers(deep), connect(deep) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert socket_folder(deep) != deep / "sockets"
    finally:
        places.remove_places(deep)


@AS_ROOT
def test_root_runs_servers_as_somebody_else_and_keeps_others_out(var: Path) -> None:
    with embedded_servers(var):
        server = psutil.Process(int((var / "run" / "postgres.pid").read_text()))
        assert server.username() == places.OWN_USER
        refused = subprocess.run(
            ["/bin/ls", str(socket_folder(var))], user=65534, group=65534, extra_groups=[], check=False
        )
        assert refused.returncode != 0


@AS_ROOT
def test_root_puts_data_outside_a_closed_folder(var: Path) -> None:
    var.parent.chmod(0o700)
    with embedded_servers(var), connect(var) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        home = (var / "postgres").resolve().parent
        assert home.parent == places.OUTSIDE
    places.remove_places(var)
    assert not home.exists()


def test_only_the_written_process_is_ended(tmp_path: Path) -> None:
    ours, stranger = (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) for _ in "ab"
    )
    try:
        write_pid(tmp_path / "ours.pid", ours.pid)
        (tmp_path / "stranger.pid").write_text(f"{stranger.pid}\n")
        os.utime(tmp_path / "stranger.pid", (0, 0))
        assert find_written(tmp_path / "stranger.pid") is None
        assert end_leftovers(tmp_path) == ["ours"]
        assert not psutil.pid_exists(ours.pid)
        assert stranger.poll() is None
    finally:
        for process in (ours, stranger):
            process.kill()
            process.communicate()
