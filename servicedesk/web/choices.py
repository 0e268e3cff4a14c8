"""Choices of select and radio fields."""

from typing import Any

from wtforms.fields import choices


def choice(value: object, label: str, group: str | None = None) -> Any:
    """Return one choice, its value as a form sends it."""
    # WTForms 3.3 wants this class; its published types do not know it yet.
    return choices.SelectChoice(str(value), label, optgroup=group)  # type: ignore[attr-defined]
