"""Paging by keys: every row once, forwards and backwards, over ties and nulls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from servicedesk.core.db import db as database
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import SortKey, each_row, fetch_page
from servicedesk.core.timers import Timer

START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = st.lists(
    st.tuples(st.none() | st.integers(0, 3), st.integers(0, 3), st.sampled_from("ab'%é")), max_size=12
)


def orders(*descending: bool) -> list[SortKey]:
    """Return an order over a column with nulls, one with ties, one of text and the unique id."""
    columns = (Timer.due_at, Timer.argument, Timer.path, Timer.id)
    return [
        SortKey(column, column.key, turned, nullable=column is Timer.due_at)
        for column, turned in zip(columns, descending, strict=True)
    ]


def fill(rows: list[tuple[int | None, int, str]]) -> None:
    database.session.execute(delete(Timer))
    values = [
        {
            "key": f"row {place}",
            "path": path,
            "argument": tie,
            "due_at": START + timedelta(days=day) if day is not None else None,
        }
        for place, (day, tie, path) in enumerate(rows)
    ]
    if values:
        database.session.execute(insert(Timer), values)


def expected(keys: list[SortKey]) -> list[int]:
    """Return the ids in the order that the database gives in one go."""
    order = [(key.column.desc() if key.descending else key.column.asc()).nulls_last() for key in keys]
    return list(database.session.scalars(select(Timer.id).order_by(*order)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, size=st.integers(1, 5), descending=st.tuples(*[st.booleans()] * 4))
def test_walking_forwards_and_back_meets_every_row_once(
    db: Any, rows: list[Any], size: int, descending: tuple[bool, ...]
) -> None:
    fill(rows)
    keys = orders(*descending)
    page = fetch_page(select(Timer), keys, size=size)
    pages = [page]
    while page.older:
        page = fetch_page(select(Timer), keys, after=page.older, size=size)
        pages.append(page)
    assert [row.id for page in pages for row in page.rows] == expected(keys)
    assert pages[0].newer is None
    for earlier in reversed(pages[:-1]):
        page = fetch_page(select(Timer), keys, before=page.newer or "", size=size)
        assert [row.id for row in page.rows] == [row.id for row in earlier.rows]
    assert page.newer is None
    assert [row.id for row in each_row(select(Timer), keys, size=size)] == expected(keys)


def test_a_row_that_comes_meanwhile_shifts_nothing(db: Any) -> None:
    fill([(day, 0, "a") for day in (3, 2, 1)])
    keys = [SortKey(Timer.due_at, "due_at", descending=True), SortKey(Timer.id, "id")]
    first = fetch_page(select(Timer), keys, size=2)
    database.session.execute(
        insert(Timer).values(key="new", path="a", argument=0, due_at=START + timedelta(9))
    )
    second = fetch_page(select(Timer), keys, after=first.older or "", size=2)
    assert [row.key for row in second.rows] == ["row 2"]
    assert [row.key for row in fetch_page(select(Timer), keys, before=second.newer or "", size=2).rows] == [
        "row 0", "row 1",
    ]  # fmt: skip


BAD = [
    "!",
    "e30",
    "W10",
    "bnVsbA",
    "WzFd",
    "WyJ4Il0",
    "W251bGwsMV0",
    "WzEsMiwzLDQsNV0",
    "W3sidCI6IjIwMjYtMDEtMDEifSwxXQ",
    "WzEsbnVsbF0",
    "é",
    "[" * 2000,
]


@pytest.mark.parametrize("cursor", BAD)
def test_a_cursor_that_is_not_ours_is_refused(app: Flask, db: Any, cursor: str) -> None:
    keys = [SortKey(Timer.due_at, "due_at"), SortKey(Timer.argument, "argument"), SortKey(Timer.id, "id")]
    with pytest.raises(RuleViolation, match="Start from the first page"):
        fetch_page(select(Timer), keys, after=cursor)
