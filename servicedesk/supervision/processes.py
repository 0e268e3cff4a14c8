"""One process: how it is started, recognised and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

LAUNCHER = Path(__file__).with_name("launch.py")
FIRST_SIGNALS = {"postgres": signal.SIGINT}  # to PostgreSQL, SIGTERM means: wait until all clients have left


class StartError(Exception):
    """The system cannot be started; the text says what to do about it."""


@dataclass(frozen=True)
class Account:
    """The system's user whom a process runs as."""

    name: str
    uid: int
    gid: int

    def gives_up_rights(self) -> bool:
        """Return whether this is another user than the one who starts the process."""
        return self.uid != os.geteuid()


def always(pid: int) -> bool:
    """Return yes, for programs that need no waiting."""
    return pid > 0


def nothing() -> None:
    """Do nothing, for programs that need no preparation."""


@dataclass(frozen=True)
class Program:
    """What to run, as whom, and when it counts as started."""

    name: str
    argv: tuple[str, ...]
    account: Account | None = None
    environment: Mapping[str, str] | None = None
    grace_seconds: float = 10
    is_quiet: bool = False
    prepare: Callable[[], None] = field(default=nothing)
    is_ready: Callable[[int], bool] = field(default=always)

    @property
    def first_signal(self) -> signal.Signals:
        """Return the signal that asks this program for an orderly end."""
        return FIRST_SIGNALS.get(self.name, signal.SIGTERM)


def launch(
    program: Program, output: int | IO[bytes], words: int = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Start the program in a session of its own, so that Ctrl-C reaches only the supervisor."""
    uid, gid = (program.account.uid, program.account.gid) if program.account else (os.geteuid(), os.getegid())
    tie = [str(number) for number in (os.getpid(), int(program.first_signal), uid, gid)]
    program.prepare()
    return subprocess.Popen(
        [sys.executable, "-IS", str(LAUNCHER), *tie, *program.argv],
        stdin=words,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/" if program.account else None,
        env=program.environment,
        start_new_session=True,
    )


def end(process: "subprocess.Popen[bytes]", program: Program) -> None:
    """Ask the process to end, insist after its grace, and leave nobody of its group."""
    if process.poll() is None:
        process.send_signal(program.first_signal)
        with suppress(subprocess.TimeoutExpired):
            process.wait(program.grace_seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def write_pid(file: Path, pid: int) -> None:
    """Write down a process; the file's time is the moment the process began, by which it is known again."""
    began = psutil.Process(pid).create_time()
    fresh = file.with_suffix(".new")
    fresh.write_text(f"{pid}\n")
    os.utime(fresh, (began, began))
    fresh.replace(file)


def find_written(file: Path) -> psutil.Process | None:
    """Return the process that a pid file names, unless it has ended and its number is another's by now."""
    try:
        process = psutil.Process(int(file.read_text()))
        is_same = abs(process.create_time() - file.stat().st_mtime) < 2
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.Error):
        return None


def end_leftovers(run_folder: Path) -> list[str]:
    """End what a killed supervisor left behind; return the names."""
    found = {file: process for file in run_folder.glob("*.pid") if (process := find_written(file))}
    for file, process in found.items():
        with suppress(psutil.Error):
            process.send_signal(FIRST_SIGNALS.get(file.stem, signal.SIGTERM))
    families = [member for process in found.values() for member in _family(process)]
    _, stubborn = psutil.wait_procs(families, timeout=10)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    for file in run_folder.glob("*.pid"):
        file.unlink(missing_ok=True)
    return sorted(file.stem for file in found)


def _family(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return [process]


def wait_until_ready(
    program: Program, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 60
) -> None:
    """Return as soon as the program serves; say why when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not program.is_ready(process.pid):
        if process.poll() is not None:
            raise StartError(f"{program.name} ended at once.\n{last_lines(log)}")
        if time.monotonic() > deadline:
            raise StartError(f"{program.name} was not ready after {seconds:.0f} seconds.\n{last_lines(log)}")
        time.sleep(0.02)


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log file, with its name."""
    lines = log.read_text(errors="replace").splitlines()[-count:] if log.exists() else []
    return "\n".join([f"The last lines of {log}:", *(f"  {line}" for line in lines)])
