"""No spreadsheet takes what people wrote for a formula."""

from typing import Any

import pytest

from servicedesk.core.spreadsheets import defused


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   @x", "＝1", "＋1", "－1", "＠x"],
)
def test_what_a_formula_starts_with_is_defused(typed: str) -> None:
    assert defused(typed) == f"'{typed}"


@pytest.mark.parametrize("value", ["Printer jams", "a=b", "e-mail", "", 12, -3, 1.5])
def test_anything_else_stays_as_it_is(value: Any) -> None:
    assert defused(value) == value


def test_nothing_is_an_empty_cell() -> None:
    assert defused(None) == ""
