"""The files of an import: rows as they come in, plain or gzip, and the file of those that were refused."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, cast

from servicedesk.core.spreadsheets import defused, restored

LARGEST_CELL = 16 * 1024 * 1024
REASON_COLUMNS = ["rejected_line", "rejected_because"]
_GZIP_MARK = b"\x1f\x8b"


class FileError(ValueError):
    """A file cannot be read, or not to its end; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came in, and the line on which it begins."""

    line: int
    values: list[str]
    fault: str | None = None


class ImportFile:
    """A CSV file, plain or gzip, read row by row; `position` of `size` bytes have been read so far.

    A file that begins with the mark of UTF-8, as those of rejected rows do, is read as that.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
        self.path, self.delimiter = path, delimiter
        csv.field_size_limit(LARGEST_CELL)
        try:
            self._raw = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            unpacked = self._unpacked()
            self.encoding = "utf-8-sig" if self._begins_with(unpacked, codecs.BOM_UTF8) else encoding
            # Bytes of another encoding are let through here, so that only their own row is refused.
            self._text = io.TextIOWrapper(unpacked, self.encoding, errors="surrogateescape", newline="")
            self._reader = csv.reader(self._text, delimiter=delimiter)
            self.header = self._read_header()
        except FileError:
            self._raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.close()

    @property
    def position(self) -> int:
        """Return how many bytes of the file, as it lies there, have been read."""
        return self._raw.tell()

    def rows(self) -> Iterator[Row]:
        """Yield the rows in their order; empty lines are passed over."""
        line = self._reader.line_num
        for values in self._guarded():
            if values:
                yield self._row(line + 1, values)
            line = self._reader.line_num

    def _row(self, line: int, values: list[str]) -> Row:
        """Return a row, with what is wrong with its shape."""
        fault = None
        if len(values) != len(self.header):
            beyond = "".join(f"; too many: {value}" for value in values[len(self.header) :])
            fault = f"it has {len(values)} values, but the header has {len(self.header)}{beyond}"
        elif any(not value.isascii() and not _is_text(value) for value in values):
            fault = f"it is not {self.encoding}: name the file's encoding in the mapping"
        return Row(line, [restored(value) if value[:1] == "'" else value for value in values], fault)

    def _guarded(self) -> Iterator[list[str]]:
        """Yield what the reader yields; a broken file says where it broke."""
        try:
            yield from self._reader
        except (csv.Error, EOFError, OSError, UnicodeError, zlib.error) as error:
            raise FileError(
                f"{self.path.name} breaks off after line {self._reader.line_num}: {error}"
            ) from error

    def _unpacked(self) -> BinaryIO:
        """Return the bytes of the table itself, whatever the file's name says."""
        mark = self._raw.read(2)
        self._raw.seek(0)
        return cast(BinaryIO, gzip.open(self._raw)) if mark == _GZIP_MARK else self._raw

    def _begins_with(self, unpacked: BinaryIO, mark: bytes) -> bool:
        """Look at the first bytes without taking them."""
        try:
            return cast(io.BufferedReader, unpacked).peek(len(mark)).startswith(mark)
        except (EOFError, OSError, zlib.error) as error:
            raise FileError(f"{self.path.name} cannot be unpacked: {error}.") from error

    def _read_header(self) -> list[str]:
        """Return the names of the columns; the columns that a file of rejected rows has more do not count."""
        header = next(self._guarded(), [])
        if not any(header):
            raise FileError(f"{self.path.name} is empty: its first line must name the columns.")
        if len(set(header)) != len(header):
            raise FileError(f"{self.path.name} has two columns of the same name.")
        return header


def _is_text(value: str) -> bool:
    """Return whether a cell holds text only, and no bytes that could not be read as such."""
    return not any("\udc80" <= char <= "\udcff" for char in value)


class Rejects:
    """The file of refused rows: the original columns, the line and the reason; made when first needed.

    Its cells are defused for spreadsheets; read in again, they are as they were.
    """

    def __init__(self, file: ImportFile) -> None:
        self.path = file.path.with_name(f"{file.path.name}.rejected.csv")
        self.count = 0
        self._delimiter = file.delimiter
        # A file that was rejected before has its old lines and reasons at the end of each row.
        self._names = [name for name in file.header if name not in REASON_COLUMNS]
        self._out: IO[str] | None = None

    def __enter__(self) -> Self:
        # What an earlier run refused is refused again, or has been mended.
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None:
            self._out.close()

    def add(self, rows: Sequence[Row], reason: str, line: int | None = None) -> None:
        """Refuse rows that belong together, because of the one at a line."""
        width = len(self._names)
        for row in rows:
            own = line is None or row.line == line
            because = reason if own else f"line {line}, which belongs to it, was refused: {reason}"
            cells = [*row.values[:width], *[""] * (width - len(row.values))]
            self._write([*map(defused, cells), row.line, because])
        self.count += len(rows)

    def _write(self, cells: Sequence[object]) -> None:
        """Write one line, and the header before the first; bytes that are no text are spelt out."""
        if self._out is None:
            self._out = self.path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            self._write([*self._names, *REASON_COLUMNS])
        csv.writer(self._out, delimiter=self._delimiter).writerow(cells)
