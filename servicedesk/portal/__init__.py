"""The face for requesters: report, follow, answer."""

from flask import Flask

from servicedesk.portal.blueprint import portal
from servicedesk.web.frame import portal_shell, provide_shell


def init_app(app: Flask) -> None:
    """Add the portal to the application."""
    portal.context_processor(provide_shell(portal_shell))
    app.register_blueprint(portal)
