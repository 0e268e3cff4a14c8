"""Take over another system's records: in batches, each a transaction, so that it may be killed and go on.

What belongs together (all rows of one number) is one group and is taken or refused as a whole. A group
that is there already is passed over, so a second run imports nothing twice and goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from servicedesk.core.import_files import FileError, ImportFile, Rejects, Row
from servicedesk.core.jobs import in_transaction

BATCH = 500
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Group:
    """All rows of one number, in the order of the file."""

    number: str
    rows: list[Row]


class RowRefused(ValueError):
    """One row cannot be taken, and what it belongs to not without it; the text says why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class Importer(Protocol[Told]):
    """What a practice knows of its own import."""

    number_column: int
    rows_are_scattered: bool

    def known(self, numbers: Sequence[str]) -> set[str]:
        """Return which numbers were imported before; called first, in the transaction of the batch."""

    def read(self, group: Group) -> Told:
        """Return what a group tells; raise RowRefused if it cannot be taken."""

    def write(self, told: Sequence[Told]) -> None:
        """Write what groups told."""


@dataclass(slots=True)
class Outcome:
    """What an import has done so far: rows read, groups imported, there before or refused."""

    rows: int = 0
    imported: int = 0
    known: int = 0
    rejected: int = 0
    broken: str | None = None

    @property
    def exit_status(self) -> int:
        """Return 0 if all is in, 1 if something was refused, 2 if nothing was done."""
        if self.imported + self.known == 0:
            return 2
        return 1 if self.rejected or self.broken else 0


def import_file(
    file: ImportFile, rejects: Rejects, importer: Importer[Told], show: Callable[[Outcome], None]
) -> Outcome:
    """Import a file, calling `show` after each batch; one that breaks off is imported as far as it goes."""
    run = _Run(rejects, importer)
    batch: list[Group] = []
    try:
        for group in run.groups(file.rows()):
            batch.append(group)
            if len(batch) == BATCH:
                in_transaction(run.take, batch)
                batch = []
                show(run.outcome)
    except FileError as error:
        run.outcome.broken = str(error)
    in_transaction(run.take, batch)
    show(run.outcome)
    return run.outcome


class _Run(Generic[Told]):
    """One import as it goes on."""

    def __init__(self, rejects: Rejects, importer: Importer[Told]) -> None:
        self.outcome = Outcome()
        self._rejects, self._importer = rejects, importer
        self._first_lines: dict[str, int] = {}

    def groups(self, rows: Iterable[Row]) -> Iterator[Group]:
        """Yield the rows of each number together; the last of a file that breaks off stays out."""
        if self._importer.rows_are_scattered:
            rows = sorted(rows, key=self._number)
        group: Group | None = None
        for row in rows:
            self.outcome.rows += 1
            number = self._number(row)
            if group is not None and number and group.number == number:
                group.rows.append(row)
                continue
            if group is not None:
                yield from self._first(group)
            group = Group(number, [row])
        if group is not None:
            yield from self._first(group)

    def take(self, groups: Sequence[Group]) -> None:
        """Import the groups that are not there yet, or refuse them."""
        known = self._importer.known([group.number for group in groups])
        told: list[Told] = []
        for group in groups:
            if group.number in known:
                self.outcome.known += 1
                continue
            try:
                _check_shape(group)
                told.append(self._importer.read(group))
            except RowRefused as refusal:
                self._refuse(group, str(refusal), refusal.line)
        self._importer.write(told)
        self.outcome.imported += len(told)

    def _first(self, group: Group) -> Iterator[Group]:
        """Yield a group unless its number came before, which would pass for imported and be lost."""
        before = self._first_lines.setdefault(group.number, group.rows[0].line)
        if not group.number:
            self._refuse(group, "it has no number")
        elif before != group.rows[0].line:
            self._refuse(group, f"number {group.number} came before, on line {before}, and not right above")
        else:
            yield group

    def _refuse(self, group: Group, reason: str, line: int | None = None) -> None:
        """Put a whole group into the file of refused rows."""
        self._rejects.add(group.rows, reason, line)
        self.outcome.rejected += 1

    def _number(self, row: Row) -> str:
        """Return the number of a row, empty if it has none."""
        column = self._importer.number_column
        return row.values[column].strip() if column < len(row.values) else ""


def _check_shape(group: Group) -> None:
    """Raise RowRefused for the first row that is too short, too long or not text."""
    for row in group.rows:
        if row.fault:
            raise RowRefused(row.line, row.fault)
