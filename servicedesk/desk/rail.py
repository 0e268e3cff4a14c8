"""The frame of every desk page: the standard views with their figures, and the desk that is looked at."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.incidents.listing import Counts, IncidentFilter, count_views
from servicedesk.web.access import current_actor
from servicedesk.web.frame import desk_shell, provide_shell
from servicedesk.web.shell import Shell, ViewLink

# Name, what it narrows the queue to, and which figure stands beside it.
VIEWS: tuple[tuple[str, dict[str, str], str | None], ...] = (
    ("My work", {"assignee": "me"}, "mine"),
    ("Unassigned", {"assignee": "nobody"}, "unassigned"),
    ("Due soon", {"due": "soon"}, "soon"),
    ("Overdue", {"due": "overdue"}, "overdue"),
    ("On hold", {"state": "on_hold"}, "held"),
    ("All open", {}, "all_open"),
    ("Resolved", {"state": "resolved"}, None),
)


def make_shell() -> Shell:
    """Return the frame of the page that is asked for."""
    desk_id = chosen_desk()
    return desk_shell(lambda: view_links(desk_id), desk_id)


def chosen_desk() -> int | None:
    """Return the desk in the URL; None for all that somebody works at, or where the URL makes no sense."""
    try:
        return IncidentFilter.read({"desk": request.args.get("desk", "")}).desk_id
    except RuleViolation:
        return None


def view_links(desk_id: int | None) -> Sequence[ViewLink]:
    """Return the links of the left rail."""
    counts = count_views(current_actor(), desk_id, utcnow())
    here = _asked() if request.endpoint == "desk.list_incidents" else None
    views = [_view_link(name, narrowed, figure, counts, desk_id, here) for name, narrowed, figure in VIEWS]
    return [*views, *_other_links()]


def _view_link(
    name: str, narrowed: dict[str, Any], figure: str | None, counts: Counts, desk_id: int | None, here: object
) -> ViewLink:
    """Return one standard view; it is current while the queue is narrowed to just that, in any order."""
    count = getattr(counts, figure) if figure else None
    url = url_for("desk.list_incidents", desk=desk_id, **narrowed)
    return ViewLink(name, url, count, current=here == narrowed)


def _asked() -> dict[str, str]:
    """Return what the URL narrows the queue to, besides the desk and the order."""
    try:
        told = IncidentFilter.read(request.args).told()
    except RuleViolation:
        return {"not": "a view"}
    return {name: value for name, value in told.items() if name not in ("desk", "sort")}


def _other_links() -> list[ViewLink]:
    """Return the links to the desk's other pages."""
    links = [("Escalations", "desk.list_escalations"), ("Notices", "desk.list_notices")]
    if current_actor().may(Permission.OUTAGE_PUBLISH):
        links.append(("Outages", "desk.list_outages"))
    return [
        ViewLink(name, url_for(endpoint), current=request.endpoint == endpoint, group="Also here")
        for name, endpoint in links
    ]


desk.context_processor(provide_shell(make_shell))
