"""Paging by keys: nulls come last, no cursor of another list is taken, and an index can answer."""

import pytest
from sqlalchemy import event

from servicedesk.core.db import db as database
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import SortKey, each_row, encode_cursor, fetch_page
from servicedesk.records.models import Record
from tests import factories

BY_ID = SortKey(Record.id, "id")
BY_DUE = (SortKey(Record.due_at, "due_at", nullable=True), BY_ID)
NEWEST = (SortKey(Record.opened_at, "opened_at", descending=True), SortKey(Record.id, "id", descending=True))


@pytest.fixture
def records(db):
    """Return five records, of which two are never due."""
    made = [factories.make_incident() for _ in range(5)]
    made[0].due_at = made[3].due_at = None
    db.session.flush()
    return made


@pytest.mark.parametrize("keys", [BY_DUE, NEWEST, (BY_ID,)])
def test_pages_join_in_both_directions(records, keys):
    query = database.select(Record)
    whole = [row.id for row in each_row(query, keys, size=2)]
    assert sorted(whole) == [record.id for record in records]
    page, back = fetch_page(query, keys, size=2), []
    while page.older:
        page = fetch_page(query, keys, after=page.older, size=2)
    while page.newer:
        back.append([row.id for row in page.rows])
        page = fetch_page(query, keys, before=page.newer, size=2)
    assert [row.id for row in page.rows] + [one for rows in reversed(back) for one in rows] == whole


def test_nulls_come_last(records):
    rows = fetch_page(database.select(Record), BY_DUE).rows
    assert [row.id for row in rows[3:]] == [records[0].id, records[3].id]


def test_rows_of_columns_are_paged_as_well(records):
    page = fetch_page(database.select(Record.id, Record.opened_at, Record.number), NEWEST, size=2)
    assert [row.number for row in page.rows] == [records[4].number, records[3].number]


def test_a_cursor_of_another_list_is_refused(records):
    for keys, other in ((NEWEST, (BY_ID,)), ((BY_ID,), NEWEST), ((BY_ID,), BY_DUE)):
        cursor = encode_cursor(records[0], other)
        with pytest.raises(RuleViolation):
            fetch_page(database.select(Record), keys, after=cursor)


def test_the_page_after_a_cursor_is_found_in_the_index(db, records):
    query, seen = database.select(Record.id, Record.opened_at), []
    older = fetch_page(query, NEWEST, size=2).older
    connection = db.session.connection()
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")

    def note(conn, cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    fetch_page(query, NEWEST, after=older, size=2)
    event.remove(connection, "before_cursor_execute", note)
    [(statement, parameters)] = seen
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
    assert any("Index Cond: (ROW(opened_at, id) <" in line for line in plan), plan
