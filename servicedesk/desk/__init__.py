"""The face for agents: the queue, records, call logging, escalations, notices and outages."""

from flask import Flask

from servicedesk.desk.blueprint import desk


def init_app(app: Flask) -> None:
    """Add the desk to the application."""
    from servicedesk.desk import (  # noqa: F401 - each adds its routes to the blueprint
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

    app.register_blueprint(desk)
