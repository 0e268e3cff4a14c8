"""The frame of every page of administration: what somebody may look after stands in the left rail."""

from collections.abc import Sequence

from flask import request, url_for

from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.directory.queries import list_desks
from servicedesk.web.access import current_actor
from servicedesk.web.frame import desk_shell, provide_shell
from servicedesk.web.shell import Shell, ViewLink

EVERYTHING = (
    ("Organisations", "admin.list_organisations"),
    ("Sites", "admin.list_sites"),
    ("Desks", "admin.list_desks"),
    ("Groups", "admin.list_groups"),
)
TRAIL = (("Mails", "admin.list_mails"), ("Mails that failed", "admin.list_failed_mails"))


def make_shell() -> Shell:
    """Return the frame of the page that is asked for."""
    return desk_shell(view_links, None)


def view_links() -> Sequence[ViewLink]:
    """Return the links of the left rail."""
    actor = current_actor()
    links = [_link("Administration", "admin.home", "")]
    if actor.may(Permission.ADMINISTRATION_DESK):
        shown = (request.view_args or {}).get("desk_id")
        links += [
            ViewLink(
                desk.name,
                url_for("admin.show_desk", desk_id=desk.id),
                current=desk.id == shown,
                group="Desks",
            )
            for desk in list_desks(actor.desks_with(Permission.ADMINISTRATION_DESK))
        ]
        links.append(_link("People", "admin.list_people", "Everything"))
    if actor.may(Permission.ADMINISTRATION_EVERYTHING):
        links += [_link(name, endpoint, "Everything") for name, endpoint in EVERYTHING]
        links += [_link(name, endpoint, "Trail") for name, endpoint in TRAIL]
    links.append(_link("Audit", "admin.list_audit_events", "Trail"))
    return links


def _link(name: str, endpoint: str, group: str) -> ViewLink:
    """Return one link."""
    return ViewLink(name, url_for(endpoint), current=request.endpoint == endpoint, group=group)


admin.context_processor(provide_shell(make_shell))
