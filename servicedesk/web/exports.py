"""Every list as CSV, with formulas defused."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response, stream_with_context

from servicedesk.core.spreadsheets import defused


def csv_response(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Send rows as a CSV file, one by one, with a mark that tells spreadsheets that it is UTF-8."""
    response = Response(stream_with_context(_lines(headings, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the file line by line."""
    yield "\ufeff" + _line(headings)
    for row in rows:
        yield _line([defused(value) for value in row])


def _line(values: Sequence[Any]) -> str:
    """Return one line."""
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()
