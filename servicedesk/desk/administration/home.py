"""Where administration begins."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.directory.queries import list_desks
from servicedesk.directory.registers import count_agents, count_everything
from servicedesk.notifications.queries import count_failed
from servicedesk.web.access import current_actor, requires

TILES = (
    ("Organisations", "organisations", "admin.list_organisations"),
    ("Sites", "sites", "admin.list_sites"),
    ("Desks", "desks", "admin.list_desks"),
    ("Active people", "people", "admin.list_people"),
    ("Groups", "groups", "admin.list_groups"),
)


@admin.route("/")
@requires(Permission.AUDIT_READ, Permission.ADMINISTRATION_DESK)
def home() -> ResponseReturnValue:
    """Show what the reader may look after."""
    actor = current_actor()
    desks: list[dict[str, Any]] = []
    if actor.may(Permission.ADMINISTRATION_DESK):
        agents = count_agents()
        desks = [
            {
                "label": desk.name,
                "figure": agents.get(desk.id, 0),
                "detail": "people with a role",
                "url": url_for(".show_desk", desk_id=desk.id),
            }
            for desk in list_desks(actor.desks_with(Permission.ADMINISTRATION_DESK))
        ]
    everything = _everything() if actor.may(Permission.ADMINISTRATION_EVERYTHING) else []
    return render_template("desk/administration/home.html", desks=desks, everything=everything)


def _everything() -> list[dict[str, Any]]:
    """Return the tiles of those who administer everything."""
    counts, failed = count_everything(), count_failed()
    tiles: list[dict[str, Any]] = [
        {"label": label, "figure": counts[key], "url": url_for(endpoint)} for label, key, endpoint in TILES
    ]
    mails = {"label": "Mails that failed", "figure": failed, "url": url_for(".list_failed_mails")}
    return [*tiles, mails | ({"tone": "danger"} if failed else {})]
