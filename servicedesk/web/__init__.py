"""What the faces share over HTTP: sign-in, rights on routes, forms, paging, errors, the transaction."""

from flask import Flask

from servicedesk.web import (
    converters,
    errors,
    headers,
    health,
    limits,
    requests,
    sign_in,
    static_files,
    template_helpers,
    themes,
    transaction,
)
from servicedesk.web.blueprint import web

# Pages that need only to be there.
__all__ = ["health", "init_app", "themes"]


def init_app(app: Flask) -> None:
    """Add the shared parts to the application."""
    parts = (
        converters, requests, static_files, headers, transaction, sign_in, limits, errors, template_helpers,
    )  # fmt: skip
    for part in parts:
        part.init_app(app)
    app.register_blueprint(web)
