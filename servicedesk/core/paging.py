"""The one way to page: by the keys of the last row, so that page 10,000 is as quick as the first."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order; nulls, where it can have any, come last whichever way it goes."""

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    name: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursors that lead on from them."""

    rows: Sequence[Any]
    older: str | None
    newer: str | None


def fetch_page(
    query: Select[Any], keys: Sequence[SortKey], *, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> Page:
    """Return a page after (or before) a cursor; raise RuleViolation for a bad one. The last key is unique."""
    backwards = bool(before) and not after
    cursor = decode_cursor(before if backwards else after)
    if cursor is not None:
        query = query.where(_beyond(keys, cursor, backwards))
    query = query.order_by(*(_order(key, backwards) for key in keys)).limit(size + 1)
    rows = list(_fetch(query))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_older, has_newer = (True, more) if backwards else (more, cursor is not None)
    return Page(
        rows,
        encode_cursor(rows[-1], keys) if rows and has_older else None,
        encode_cursor(rows[0], keys) if rows and has_newer else None,
    )


def each_row(query: Select[Any], keys: Sequence[SortKey], size: int = 1000) -> Iterator[Any]:
    """Yield everything that a query finds, page by page, so that a long list is never held at once."""
    page = fetch_page(query, keys, size=size)
    yield from page.rows
    while page.older is not None:
        page = fetch_page(query, keys, after=page.older, size=size)
        yield from page.rows


def _fetch(query: Select[Any]) -> Sequence[Any]:
    """Return a query's entities, or its rows where it asks for columns."""
    if len(query.column_descriptions) == 1:
        return db.session.scalars(query).unique().all()
    return db.session.execute(query).all()


def _order(key: SortKey, backwards: bool) -> ColumnElement[Any]:
    """Return a key's order, turned round when a page is read backwards."""
    descending = key.descending != backwards
    ordered = key.column.desc() if descending else key.column.asc()
    if not key.nullable:
        # Without a word on nulls an index can be read from either end.
        return ordered
    return ordered.nulls_first() if backwards else ordered.nulls_last()


def _beyond(keys: Sequence[SortKey], values: Sequence[Any], backwards: bool) -> ColumnElement[bool]:
    """Return the condition for rows beyond a cursor, key by key."""
    if len(values) != len(keys) or not all(map(_fits, keys, values)):
        raise RuleViolation(cursor="The cursor is not one of ours. Start from the first page.")
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        return _beyond_all(keys, values, backwards)
    equal: list[ColumnElement[bool]] = []
    steps: list[ColumnElement[bool]] = []
    for key, value in zip(keys, values, strict=True):
        further = _further(key, value, backwards)
        if further is not None:
            steps.append(and_(*equal, further))
        equal.append(key.column.is_(None) if value is None else key.column == value)
    return or_(*steps)


def _beyond_all(keys: Sequence[SortKey], values: Sequence[Any], backwards: bool) -> ColumnElement[bool]:
    """Return the condition as one comparison of rows, which an index answers from the right place."""
    columns = tuple_(*(key.column for key in keys))
    place = tuple_(*(literal(value, key.column.type) for key, value in zip(keys, values, strict=True)))
    return columns < place if keys[0].descending != backwards else columns > place


def _fits(key: SortKey, value: Any) -> bool:
    """Return whether a cursor's value can stand in a key's column; a cursor of another list's may not."""
    if value is None:
        return key.nullable
    return isinstance(value, key.column.type.python_type)


def _further(key: SortKey, value: Any, backwards: bool) -> ColumnElement[bool] | None:
    """Return the condition for one key to lie beyond a value; nulls lie beyond everything, forwards."""
    if value is None:
        return key.column.is_not(None) if backwards else None
    beyond = key.column < value if key.descending != backwards else key.column > value
    return or_(beyond, key.column.is_(None)) if key.nullable and not backwards else beyond


def encode_cursor(row: Any, keys: Sequence[SortKey]) -> str:
    """Return where a row stands, for a URL."""
    values = [getattr(row, key.name) for key in keys]
    told = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any] | None:
    """Read a cursor; raise RuleViolation if it is not one of ours."""
    if not cursor:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_value(part) for part in told]
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError) as error:
        raise RuleViolation(cursor="The cursor is not one of ours. Start from the first page.") from error


def _value(part: Any) -> Any:
    """Read one key of a cursor."""
    if isinstance(part, dict):
        at = datetime.fromisoformat(part["t"])
        if at.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return at
    if part is None or (isinstance(part, str) and _is_keepable(part)):
        return part
    if isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**62:
        return part
    raise ValueError("not a key")


def _is_keepable(text: str) -> bool:
    """Return whether a database could hold a text: JSON may spell NUL, and half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
