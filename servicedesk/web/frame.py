"""The frame around every page: who is signed in, what waits for them, where they can go."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for

from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.queries import list_desks
from servicedesk.incidents.queries import count_open_for
from servicedesk.notifications.queries import count_unread
from servicedesk.service_levels.queries import count_to_acknowledge
from servicedesk.web.access import current_actor, current_person, is_signed_in
from servicedesk.web.shell import DeskLink, Shell, ViewLink
from servicedesk.web.themes import theme

NOBODYS_ORGANISATION = "East Herts and Stevenage"


def outer_shell() -> Shell:
    """Return the frame of a page for somebody who is not signed in."""
    return Shell(
        organisation=NOBODYS_ORGANISATION,
        here=request.full_path.rstrip("?"),
        theme=theme(),
    )


def portal_shell() -> Shell:
    """Return the frame of a portal page."""
    if not is_signed_in():
        return outer_shell()
    person, actor = current_person(), current_actor()
    desks = list_desks()
    first = desks[0] if desks else None
    return replace(
        outer_shell(),
        organisation=person.organisation.name,
        person_name=person.name,
        open_count=count_open_for(person.id),
        unread_notices=count_unread(person.id),
        phone=first.phone if first else "",
        contact_mail=first.mail if first else "",
        may_use_desk=actor.may(Permission.INCIDENT_READ),
        may_administer=actor.may(Permission.AUDIT_READ),
        shortcuts=person.shortcuts,
    )


def desk_shell(views: Callable[[], Sequence[ViewLink]], desk_id: int | None) -> Shell:
    """Return the frame of a desk page; `views` makes the links of the left rail."""
    if not is_signed_in():
        return outer_shell()
    person, actor = current_person(), current_actor()
    if not actor.may(Permission.INCIDENT_READ):
        return portal_shell()
    links = _desk_links(actor, desk_id)
    everything = DeskLink("All my desks", url_for("desk.list_incidents"), desk_id is None)
    current = next((link.name for link in links if link.current), "All my desks" if len(links) > 1 else "")
    return replace(
        outer_shell(),
        face="desk",
        organisation=person.organisation.name,
        person_name=person.name,
        unread_notices=count_unread(person.id),
        to_acknowledge=count_to_acknowledge(person.id),
        search_text=request.args.get("q", ""),
        desk_name=current or (links[0].name if links else "Service desk"),
        desks=[everything, *links] if len(links) > 1 else links,
        views=views(),
        may_use_desk=True,
        may_log=actor.may(Permission.INCIDENT_LOG),
        may_administer=actor.may(Permission.AUDIT_READ),
        shortcuts=person.shortcuts,
    )


def _desk_links(actor: Actor, desk_id: int | None) -> list[DeskLink]:
    """Return a link to the queue of each desk that the actor may read."""
    desks = list_desks(actor.desks_with(Permission.INCIDENT_READ))
    return [
        DeskLink(desk.name, url_for("desk.list_incidents", desk=desk.id), desk.id == desk_id)
        for desk in desks
    ]


def provide_shell(make: Callable[[], Shell]) -> Callable[[], dict[str, Any]]:
    """Return a context processor that gives a face's templates their frame, made once for each page."""

    def context() -> dict[str, Any]:
        return {"shell": make()}

    return context
