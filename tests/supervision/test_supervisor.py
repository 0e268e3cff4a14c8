"""The supervisor with real processes: what dies comes back, what ends leaves nothing."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from servicedesk.settings import embedded_redis_url, socket_folder

pytestmark = pytest.mark.processes


@contextmanager
def supervised(var: Path, kind: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the supervisor beside the test, and take it down whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.supervision.supervised", str(var), kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_for_line(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return
    pytest.fail(f"{text!r} was never said, but:\n{''.join(seen)}")


def eventually(is_true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def living(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pid_of(var: Path, name: str) -> int:
    file = var / "run" / f"{name}.pid"
    return int(file.read_text()) if file.exists() else 0


def kill_and_await_next(var: Path, name: str) -> None:
    old = pid_of(var, name)
    psutil.Process(old).kill()
    assert eventually(lambda: pid_of(var, name) not in (0, old) and living(pid_of(var, name)))


def connect(var: Path) -> "psycopg.Connection[tuple[int]]":
    return psycopg.connect(host=str(socket_folder(var)), user="servicedesk", dbname="servicedesk")


def rows(var: Path) -> int:
    try:
        with connect(var) as connection:
            (count,) = connection.execute("SELECT count(*) FROM kept").fetchone() or (0,)
            return count
    except psycopg.OperationalError:
        return -1


def counter(var: Path) -> bytes | None:
    with redis.Redis.from_url(embedded_redis_url(var)) as client:
        try:
            value = client.get("kept")
            return value if isinstance(value, bytes) else None
        except redis.ConnectionError:
            return None


def test_killed_servers_come_back_with_their_data(var: Path) -> None:
    with supervised(var, "servers") as process:
        wait_for_line(process, "all started")
        with connect(var) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
        with redis.Redis.from_url(embedded_redis_url(var)) as client:
            client.set("kept", "1")
        time.sleep(1.1)  # Valkey's file is synced once a second
        for name in ("postgres", "valkey", "postgres"):
            kill_and_await_next(var, name)
            assert eventually(lambda: rows(var) == 1)
            assert eventually(lambda: counter(var) == b"1")


def test_dead_child_is_restarted_without_its_orphan(var: Path) -> None:
    with supervised(var, "family") as process:
        wait_for_line(process, "all started")
        orphan = int((var / "run" / "grandchild").read_text())
        kill_and_await_next(var, "parent")
        wait_for_line(process, "parent was killed by SIGKILL; it is started again")
        assert eventually(lambda: not living(orphan))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing(var: Path, number: signal.Signals) -> None:
    with supervised(var, "family") as process:
        wait_for_line(process, "all started")
        family = [pid_of(var, "parent"), int((var / "run" / "grandchild").read_text())]
        process.send_signal(number)
        wait_for_line(process, "asked to stop")
        assert process.wait(15) == 0
    assert [pid for pid in family if living(pid)] == []
    assert list((var / "run").glob("*.pid")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_killed_supervisor_takes_its_servers_along(var: Path) -> None:
    with supervised(var, "servers") as process:
        wait_for_line(process, "all started")
        servers = [pid_of(var, "postgres"), pid_of(var, "valkey")]
        process.kill()
        assert eventually(lambda: not any(living(pid) for pid in servers))


def test_second_supervisor_is_refused(var: Path) -> None:
    with supervised(var, "family") as process:
        wait_for_line(process, "all started")
        with supervised(var, "family") as second:
            wait_for_line(second, "It is already running")
            assert second.wait(15) == 1


def test_program_that_ends_at_once_is_refused_with_its_last_words(var: Path) -> None:
    with supervised(var, "broken") as process:
        wait_for_line(process, "broken ended at once.")
        wait_for_line(process, "no such setting")


def test_output_is_shown_and_kept(var: Path) -> None:
    with supervised(var, "family") as process:
        wait_for_line(process, "parent | the parent speaks")
    assert "the parent speaks" in (var / "log" / "parent.log").read_text()
