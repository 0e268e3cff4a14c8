"""The face for agents: the queue, records, call logging and administration."""

from flask import Flask

from servicedesk.desk.blueprint import desk


def init_app(app: Flask) -> None:
    """Add the desk to the application."""
    app.register_blueprint(desk)
