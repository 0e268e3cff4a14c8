"""Keep a list of programs alive: start them in order, restart what dies, end them in reverse."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil

from servicedesk.supervision.output import Output, say
from servicedesk.supervision.processes import Program, StartError, last_lines, launch, write_pid

PR_SET_CHILD_SUBREAPER = 36
TURN_SECONDS = 0.1
SOUND_SECONDS = 5.0
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 30.0


class StopAskedError(Exception):
    """Somebody asked the supervisor to end everything."""


class Supervisor:
    """The one parent of all processes, alone in its own: it ends every other child that it finds there.

    Everything happens in a single thread, a tenth of a second a turn.
    """

    def __init__(self, run_folder: Path, log_folder: Path) -> None:
        self._run_folder = run_folder
        self._output = Output(log_folder)
        self._children: list[Child] = []
        self._stop_asked = False
        _adopt_orphans()

    def listen_to_signals(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to end everything."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked to outlive the terminal
            signal.signal(signal.SIGHUP, self.ask_to_stop)

    def ask_to_stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End at the next turn."""
        self._stop_asked = True

    def start(self, program: Program, *, seconds: float = 60) -> None:
        """Start a program that shall live on, and wait until it serves."""
        child = Child(program, self._output, self._run_folder)
        self._children.append(child)
        child.start()
        self.wait_until(lambda: child.is_ready(), program.name, seconds, child)

    def perform(self, program: Program) -> None:
        """Run a program once to its end; refuse to go on if it fails."""
        process = launch(program, subprocess.PIPE)
        self._children.append(child := Child(program, self._output, self._run_folder, process))
        while not child.has_ended():
            self._turn(but=child)
        child.insist()
        self._children.remove(child)
        self._output.pump(0)
        if process.returncode:
            raise StartError(f"{program.name} failed.\n{last_lines(self._output.log_of(program.name))}")

    def wait_until(
        self, is_true: Callable[[], bool], what: str, seconds: float, child: "Child | None" = None
    ) -> None:
        """Keep everything going until this is true; give up when the child ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not is_true():
            self._turn(but=child)
            over = time.monotonic() > deadline
            if over or (child and child.has_ended()):
                self._output.pump(TURN_SECONDS)
                why = f"was not ready after {seconds:.0f} seconds" if over else "ended at once"
                log = f"\n{last_lines(self._output.log_of(child.program.name))}" if child else ""
                raise StartError(f"{what} {why}.{log}")

    def watch(self) -> None:
        """Mend what breaks, until asked to stop."""
        while True:
            self._turn()

    def end_all(self) -> None:
        """End every child in reverse order, and whatever they left."""
        while self._children:
            child = self._children.pop()
            child.ask_to_end()
            deadline = time.monotonic() + child.program.grace_seconds
            while not child.has_ended() and time.monotonic() < deadline:
                self._output.pump(TURN_SECONDS / 2)
            child.insist()
            self._end_orphans()
        self._output.pump(0)

    def _turn(self, but: "Child | None" = None) -> None:
        """Pass on output, bury the dead, restart what should live."""
        if self._stop_asked:
            raise StopAskedError
        self._output.pump(TURN_SECONDS)
        self._reap_orphans()
        for child in self._children:
            if child is not but and child.notices_end():
                self._end_orphans()
            if child is not but and child.is_due():
                child.start()

    def _reap_orphans(self) -> None:
        """Bury the grandchildren that came to us and died; our own are buried by whoever asks for them."""
        ours = {child.pid for child in self._children}
        with suppress(ChildProcessError):
            while (dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and (
                dead.si_pid not in ours
            ):
                os.waitpid(dead.si_pid, 0)

    def _end_orphans(self) -> None:
        """End what a dead child had started: it holds sockets, locks and memory that the next one needs."""
        ours = {child.pid for child in self._children}
        for orphan in psutil.Process().children():
            if orphan.pid not in ours:
                with suppress(psutil.Error, ChildProcessError):
                    orphan.kill()
                    os.waitpid(orphan.pid, 0)


class Child:
    """A program, its process of the moment and when to start the next."""

    def __init__(
        self,
        program: Program,
        output: Output,
        run_folder: Path,
        process: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        self.program = program
        self._output = output
        self._pid_file = run_folder / f"{program.name}.pid"
        self._process = process
        self._began = self._due = time.monotonic()
        self._delay = 0.0
        if process:
            self._follow(process)

    @property
    def pid(self) -> int | None:
        """Return the number of the living process."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; a program that cannot even be prepared counts as dead at once."""
        self._began = time.monotonic()
        try:
            self._process = launch(self.program, subprocess.PIPE)
        except StartError as error:
            say(f"{self.program.name}: {error}")
            self._postpone()
            return
        self._follow(self._process)

    def is_ready(self) -> bool:
        """Return whether it serves."""
        return self._process is not None and self.program.is_ready(self._process.pid)

    def has_ended(self) -> bool:
        """Return whether there is no living process."""
        return self._process is None or self._process.poll() is not None

    def is_due(self) -> bool:
        """Return whether it is time to start it again."""
        return self._process is None and time.monotonic() >= self._due

    def notices_end(self) -> bool:
        """Return whether the process has just died, and set the time of the next one."""
        if self._process is None or self._process.poll() is None:
            return False
        how = _how_ended(self._process.returncode)
        self._process = None
        self._postpone()
        after = f"after {self._delay:g} s" if self._delay else "now"
        say(f"supervisor | {self.program.name} {how}; it is started again {after}.")
        return True

    def ask_to_end(self) -> None:
        """Ask for an orderly end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(self.program.first_signal)

    def insist(self) -> None:
        """Leave nobody of its group alive."""
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        """Write down the process and read what it writes."""
        assert process.stdout is not None
        self._output.follow(self.program.name, process.stdout, is_quiet=self.program.is_quiet)
        with suppress(psutil.NoSuchProcess):
            write_pid(self._pid_file, process.pid)

    def _postpone(self) -> None:
        """Restart a sound program at once; give one that dies again and again more and more time."""
        lived = time.monotonic() - self._began
        more = min(max(self._delay * 2, FIRST_DELAY_SECONDS), LONGEST_DELAY_SECONDS)
        self._delay = 0.0 if lived >= SOUND_SECONDS else more
        self._due = time.monotonic() + self._delay


def _how_ended(code: int) -> str:
    """Return in words how a process ended."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _adopt_orphans() -> None:
    """Have the kernel hand us the grandchildren whose parent dies, where it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)
