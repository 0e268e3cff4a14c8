"""The face for requesters: report, follow, answer, and one's own settings."""

from flask import Flask

from servicedesk.portal import home, incidents, records, reporting, settings, tokens
from servicedesk.portal.blueprint import portal
from servicedesk.web.frame import portal_shell, provide_shell

__all__ = ["home", "incidents", "init_app", "records", "reporting", "settings", "tokens"]


portal.context_processor(provide_shell(portal_shell))


def init_app(app: Flask) -> None:
    """Add the portal to the application."""
    app.register_blueprint(portal)
