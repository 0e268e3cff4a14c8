"""The only place that reads the time, so that a whole year can be replayed."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present instant, in UTC with its time zone."""
    return datetime.now(UTC)
