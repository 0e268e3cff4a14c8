"""The face for other systems: REST under /api/v1."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the API to the application."""
