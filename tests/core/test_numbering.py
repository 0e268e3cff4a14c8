"""Numbers that people can say on the telephone."""

from typing import Any

import pytest

from servicedesk.core.numbering import format_number, next_number, next_numbers, parse_number


@pytest.mark.parametrize(
    "typed", ["INC-000123", "inc-123", "INC123", " inc 123 ", "Inc-0000123"]
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert parse_number(typed) == "INC-000123"


@pytest.mark.parametrize(
    "typed", ["", "123", "INC", "INC-", "INC-12x", "INC--1", "I-1", "INC-1234567890", "INC-१२३\x00"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert parse_number(typed) is None


def test_a_long_number_keeps_all_its_digits() -> None:
    assert format_number("INC", 12_345_678) == "INC-12345678"


def test_numbers_are_drawn_one_after_the_other_singly_or_together(db: Any) -> None:
    first = int(next_number("INC").removeprefix("INC-"))
    drawn = [int(number.removeprefix("INC-")) for number in next_numbers("INC", 3)]
    assert drawn == [first + 1, first + 2, first + 3]
    assert next_number("INC") == format_number("INC", first + 4)
