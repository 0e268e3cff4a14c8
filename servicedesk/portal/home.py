"""The first page, and what is said about the service itself."""

from flask import render_template
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.directory.queries import list_desks
from servicedesk.incidents.words import needs_requester
from servicedesk.knowledge.queries import list_current_outages
from servicedesk.portal.blueprint import portal
from servicedesk.portal.record_rows import record_rows
from servicedesk.records.queries import list_followed
from servicedesk.service_levels.hours import hours_by_desk
from servicedesk.web.access import current_actor, public, requires

MOST_AT_HOME = 6


@portal.route("/")
@requires(Permission.PORTAL_USE)
def home() -> ResponseReturnValue:
    """Show known outages, the doors, what waits for the reader and who answers what."""
    now = utcnow()
    live = list_followed(current_actor(), is_live=True, limit=50)
    # What waits for the reader comes first; within that, the order of the last change stays.
    foremost = sorted(live, key=lambda record: not needs_requester(record))[:MOST_AT_HOME]
    return render_template(
        "portal/home.html",
        outages=list_current_outages(now),
        rows=record_rows(foremost, now),
        has_more=len(live) > len(foremost),
        desks=list_desks(),
        hours=hours_by_desk(),
    )


@portal.route("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Say how accessible the pages are and whom to tell of a fault in that."""
    return render_template("portal/accessibility.html", desks=list_desks())
