"""A person as an agent needs them: how to reach them, whom they work for, what they reported."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.lists import asked_page, paging_links
from servicedesk.desk.queue import dressed
from servicedesk.directory.queries import find_person, get_person
from servicedesk.incidents.listing import IncidentFilter, list_rows
from servicedesk.web.access import current_actor, requires

PEOPLE_PAGE = 20


@desk.get("/people/<int:person_id>")
@requires(Permission.DIRECTORY_READ)
def show_person(person_id: int) -> ResponseReturnValue:
    """Show somebody, with those of their records that the actor may see, newest first."""
    person, actor, now = get_person(person_id), current_actor(), utcnow()
    wanted = IncidentFilter(requester_id=person.id, state="all", sort="newest")
    page = asked_page(list_rows(wanted, actor, now), wanted.order, PEOPLE_PAGE)
    return render_template(
        "desk/people/person.html",
        person=person,
        manager=find_person(person.manager_id) if person.manager_id else None,
        rows=dressed(page.rows, wanted, now),
        paging=paging_links(page, ".show_person", person_id=person.id),
        csv=url_for(".list_incidents", **wanted.told(), format="csv"),
        may_log=actor.may(Permission.INCIDENT_LOG),
    )
