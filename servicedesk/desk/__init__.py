"""The face for agents: the queue, records, call logging, escalations, notices and outages."""

from flask import Flask

from servicedesk.desk import (
    administration,
    call_logging,
    details,
    escalations,
    files,
    incident_pages,
    notices,
    outages,
    people,
    queue,
    rail,
    sharing,
    steps,
    watching,
)
from servicedesk.desk.blueprint import desk

# Each adds its routes to the blueprint.
__all__ = [
    "call_logging",
    "details",
    "escalations",
    "files",
    "incident_pages",
    "init_app",
    "notices",
    "outages",
    "people",
    "queue",
    "rail",
    "sharing",
    "steps",
    "watching",
]


def init_app(app: Flask) -> None:
    """Add the desk to the application."""
    app.register_blueprint(desk)
    administration.init_app(app)
