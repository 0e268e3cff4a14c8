"""The fields of bodies and queries: strict, bounded by what the database can keep, with words of our own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from servicedesk.web.converters import LARGEST_ID

# Every refusal goes on from the name of the field: “title” is needed.
Words = dict[str, str | list[Any] | dict[Any, Any]]
NEEDED: Words = {"required": "is needed.", "null": "may not be null."}
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Text(fields.String):
    """A text that can be kept: neither NUL nor half of a surrogate pair."""

    default_error_messages = NEEDED | {
        "invalid": "has to be a text.",
        "unkeepable": "has a character that cannot be kept (NUL, or half of a pair).",
    }

    def __init__(self, *, longest: int, shortest: int = 0, **given: Any) -> None:
        words = f"may have at most {longest:,} characters."
        if shortest:
            words = f"needs from {shortest:,} to {longest:,} characters."
        super().__init__(validate=validate.Length(min=shortest or None, max=longest, error=words), **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        """Refuse what no database keeps."""
        text: str = super()._deserialize(value, attr, data, **more)
        if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise self.make_error("unkeepable")
        return text


class Whole(fields.Integer):
    """A whole number within bounds; `strict` refuses texts and fractions, as bodies do and queries cannot."""

    default_error_messages = NEEDED | {
        "invalid": "has to be a whole number.",
        "too_large": "is too large.",
    }

    def __init__(self, *, least: int, most: int, strict: bool = True, **given: Any) -> None:
        words = f"has to be from {least} to {most}."
        super().__init__(strict=strict, validate=validate.Range(least, most, error=words), **given)

    def _validated(self, value: Any) -> Any:
        """Read digits only where a text is read: Python would take “1_000” and “ 1 ” too."""
        if self.strict and isinstance(value, str):
            raise self.make_error("invalid", input=value)
        if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 19):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def an_id(words: str, *, strict: bool = True, **given: Any) -> Whole:
    """Return a field for the id of a row."""
    metadata = {"description": words} | given.pop("metadata", {})
    return Whole(least=1, most=LARGEST_ID, strict=strict, metadata=metadata, **given)


class Flag(fields.Boolean):
    """True or false, not a word for it."""

    default_error_messages = NEEDED | {"invalid": "has to be true or false."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        """Refuse what merely can be read as true or false."""
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Choice(fields.String):
    """One of some words."""

    default_error_messages = NEEDED | {"invalid": "has to be a text."}

    def __init__(self, choices: Sequence[str], **given: Any) -> None:
        words = f"has to be one of: {', '.join(choices)}."
        super().__init__(validate=validate.OneOf(list(choices), error=words), **given)


class Instant(fields.AwareDateTime):
    """A moment in ISO 8601 with its offset; told in UTC."""

    default_error_messages = NEEDED | {
        "invalid": "has to be a moment such as 2026-01-12T09:00:00+00:00.",
        "invalid_awareness": "needs its offset from UTC, such as Z or +01:00.",
        "out_of_range": "has to lie between 1970 and 2200.",
    }

    def __init__(self, **given: Any) -> None:
        super().__init__(format="iso", **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> datetime:
        """Return the moment in UTC."""
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        at: datetime = super()._deserialize(value, attr, data, **more)
        # Compared before it is converted: the first and the last day of the calendar have no UTC.
        if not EARLIEST <= at < LATEST:
            raise self.make_error("out_of_range")
        return at.astimezone(UTC)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> Any:
        """Tell a moment in UTC, whatever the session's zone."""
        return value.astimezone(UTC).isoformat() if value is not None else None
