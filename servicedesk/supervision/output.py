"""What the children write: into a file for each, and on the terminal where it is worth it."""

import logging
import os
import selectors
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, cast

import click

LARGEST_LOG = 5_000_000
LONGEST_LINE = 65_536


def say(text: str) -> None:
    """Tell the operator; a closed terminal is no reason to stop."""
    try:
        click.echo(text)
    except OSError:
        logging.getLogger(__name__).debug(text)


class Output:
    """The pipes of all children, read by the supervisor between its other duties."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._selector = selectors.DefaultSelector()
        self._files: dict[str, RotatingFileHandler] = {}

    def log_of(self, name: str) -> Path:
        """Return the file that keeps what this child writes."""
        return self._folder / f"{name}.log"

    def follow(self, name: str, stream: IO[bytes], *, is_quiet: bool) -> None:
        """Read this stream from now on, until its writers have closed it."""
        if name not in self._files:
            file = RotatingFileHandler(
                self.log_of(name), maxBytes=LARGEST_LOG, backupCount=1, errors="replace"
            )
            self._files[name] = file
        os.set_blocking(stream.fileno(), False)
        self._selector.register(stream, selectors.EVENT_READ, _Lines(name, self._files[name], is_quiet))

    def pump(self, seconds: float) -> None:
        """Pass on what comes within this time."""
        for key, _ in self._selector.select(seconds):
            stream = cast(IO[bytes], key.fileobj)
            lines: _Lines = key.data
            if chunk := os.read(stream.fileno(), LONGEST_LINE):
                lines.take(chunk)
            else:
                lines.finish()
                self._selector.unregister(stream)
                stream.close()


class _Lines:
    """One stream, cut into lines."""

    def __init__(self, name: str, file: RotatingFileHandler, is_quiet: bool) -> None:
        self._name, self._file, self._is_quiet = name, file, is_quiet
        self._rest = b""

    def take(self, chunk: bytes) -> None:
        """Pass on each line that is complete by now."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            whole, self._rest = [*whole, self._rest], b""
        for line in whole:
            self._pass_on(line.decode(errors="replace"))

    def finish(self) -> None:
        """Pass on a last line that has no end."""
        if self._rest:
            self.take(b"\n")

    def _pass_on(self, text: str) -> None:
        """Keep one line, and show it."""
        self._file.emit(logging.LogRecord(self._name, logging.INFO, "", 0, "%s", (text,), None))
        if not self._is_quiet:
            say(f"{self._name} | {text}")
