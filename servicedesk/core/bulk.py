"""Many rows at once, past the mapper: for imports, where a statement for each row would take hours."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import JSONB

from servicedesk.core.db import Model, db


def table_of(entity: type[Model]) -> Table:
    """Return the table that an entity's own columns are in."""
    table = entity.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{entity.__name__} is not kept in a table.")
    return table


def draw_ids(entity: type[Model], count: int) -> list[int]:
    """Draw ids for rows that are to be copied; a rolled-back transaction leaves a gap."""
    table = table_of(entity)
    sequence = func.pg_get_serial_sequence(table.name, "id")
    rows = func.generate_series(1, count).table_valued("n")
    return list(db.session.scalars(select(func.nextval(sequence)).select_from(rows)))


def copy_rows(entity: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Copy rows into an entity's table within this transaction; all name the same columns."""
    if not rows:
        return
    table, names = table_of(entity), list(rows[0])
    json_columns = {name for name in names if isinstance(table.columns[name].type, JSONB)}
    db.session.flush()
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for values in _tuples(rows, names, json_columns):
            copy.write_row(values)


def _tuples(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], json_columns: set[str]
) -> Iterable[tuple[Any, ...]]:
    """Yield the rows as the driver wants them."""
    if not json_columns:
        return (tuple(row[name] for name in names) for row in rows)
    return (tuple(Jsonb(row[name]) if name in json_columns else row[name] for name in names) for row in rows)
