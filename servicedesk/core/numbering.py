"""Numbers that people can say on the telephone: INC-000123."""

import re

from sqlalchemy import Sequence, func, select

from servicedesk.core.db import Model, db

SEQUENCES = {
    "INC": Sequence("incident_number", metadata=Model.metadata),
}
_NUMBER = re.compile(r"^\s*([A-Za-z]{2,4})[-\s]?(\d{1,9})\s*$")


def next_number(prefix: str) -> str:
    """Draw the next number; a rolled-back transaction leaves a gap, which harms nobody."""
    return format_number(prefix, db.session.scalar(select(SEQUENCES[prefix].next_value())) or 0)


def next_numbers(prefix: str, count: int) -> list[str]:
    """Draw many numbers in one round trip, for imports."""
    rows = func.generate_series(1, count).table_valued("n")
    drawn = db.session.scalars(select(SEQUENCES[prefix].next_value()).select_from(rows))
    return [format_number(prefix, value) for value in drawn]


def format_number(prefix: str, value: int) -> str:
    """Write a number with at least six digits."""
    return f"{prefix}-{value:06d}"


def parse_number(text: str) -> str | None:
    """Read a number as people write it (`inc 123`, `INC-000123`); None if it is none."""
    match = _NUMBER.match(text)
    return format_number(match[1].upper(), int(match[2])) if match else None
