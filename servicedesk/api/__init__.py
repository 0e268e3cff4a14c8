"""The face for other systems: REST under /api/v1, for bearer tokens only; its document at /api/openapi.json.

One module for each practice holds its addresses; `schemas` what goes in and out; `document` the OpenAPI
document; `docs` the page that shows it.
"""

from flask import Flask

from servicedesk.api import converters, docs
from servicedesk.api.conversation import conversation
from servicedesk.api.directory import directory
from servicedesk.api.document import ServiceDeskApi
from servicedesk.api.escalations import escalations
from servicedesk.api.incident_steps import steps
from servicedesk.api.incidents import incidents
from servicedesk.api.outages import outages
from servicedesk.api.people_on_incidents import hands
from servicedesk.web.headers import csrf

PARTS = (incidents, steps, hands, conversation, escalations, outages, directory)


def init_app(app: Flask) -> None:
    """Add the API and its documentation to the application."""
    converters.init_app(app)
    api = ServiceDeskApi(app)
    for part in PARTS:
        # No cookie opens the API, so no other site can use somebody's.
        csrf.exempt(part)
        api.register_blueprint(part)
    docs.init_app(app, api.finished_document())
