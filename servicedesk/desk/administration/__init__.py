"""The pages for administrators and auditors: organisations, desks, people, hours, the audit trail, mails."""

from flask import Flask

from servicedesk.desk.administration.blueprint import admin


def init_app(app: Flask) -> None:
    """Add administration to the application."""
    from servicedesk.desk.administration import (  # noqa: F401 - each adds its routes to the blueprint
        audit,
        categories,
        closures,
        desks,
        groups,
        home,
        hours,
        mails,
        matrix,
        people,
        places,
        rail,
        roles,
        service_level,
        teams,
    )

    app.register_blueprint(admin)
