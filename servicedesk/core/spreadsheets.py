"""Cells that no spreadsheet takes for a formula, and the way back."""

from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, str) and _is_formula(value):
        return "'" + value
    return value


def restored(text: str) -> str:
    """Return a cell as it was before it was defused."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    """Return whether a spreadsheet would calculate with this cell."""
    return text.lstrip(" ").startswith(_FORMULA_STARTS)
