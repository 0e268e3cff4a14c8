"""How far a long command is: a bar on a terminal, a plain line every few seconds elsewhere."""

from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from servicedesk.core.clock import utcnow

EVERY = timedelta(seconds=3)


class Progress:
    """Tells how much of a total is done, how fast it goes and how long it will take.

    What is measured (`done` of `total`, bytes of a file perhaps) and what is counted for people need not
    be the same.
    """

    def __init__(self, title: str, total: int, unit: str, console: Console | None = None) -> None:
        self._title, self._total, self._unit = title, max(total, 1), unit
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._started = self._told = utcnow()
        self._bar: Bar | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
                       TextColumn("{task.fields[words]}"), TimeElapsedColumn())  # fmt: skip
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(self._title, total=self._total, words="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, count: int) -> None:
        """Tell where it stands; lines come no oftener than every few seconds."""
        now = utcnow()
        if self._bar is not None:
            self._bar.update(self._task, completed=done, words=self._words(done, count, now))
        elif now - self._told >= EVERY:
            self._told = now
            percent = 100 * done // self._total
            self._console.print(f"{self._title}: {percent} %, {self._words(done, count, now)}", markup=False)

    def _words(self, done: int, count: int, now: datetime) -> str:
        """Return the count, the rate and the time left, in words."""
        seconds = max((now - self._started).total_seconds(), 0.001)
        left = seconds * (self._total - done) / done if done else 0
        return f"{count:,} {self._unit}, {count / seconds:,.0f} a second, {duration(left)} left"


def duration(seconds: float) -> str:
    """Return a length of time in short: “48 s”, “3 min 5 s”, “2 h 10 min”."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
