"""Who is told what the requester is told: find people, add them, take them off."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.loading import load_incident, to_incident
from servicedesk.directory.queries import find_people, get_person
from servicedesk.records.operations import add_watcher, remove_watcher
from servicedesk.records.queries import list_watchers
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm


class WatcherForm(DeskForm):
    """Whom a button is about."""

    person_id = IntegerField(validators=[InputRequired("Choose a person.")])


@desk.get("/incidents/<number>/watchers")
@requires(Permission.INCIDENT_AMEND)
def list_incident_watchers(number: str) -> ResponseReturnValue:
    """Show who watches an incident, and find people to add by any part of name, phone or mail."""
    incident = load_incident(number, Permission.INCIDENT_AMEND)
    typed = request.args.get("person", "")[:200].replace("\x00", "")
    watching = list_watchers(incident.id)
    known = {watch.person_id for watch in watching} | {incident.requester_id}
    people = [person for person in find_people(typed) if person.id not in known]
    return render_template(
        "desk/incidents/watchers.html", incident=incident, typed=typed, watching=watching, people=people
    )


@desk.post("/incidents/<number>/watchers")
@requires(Permission.INCIDENT_AMEND)
def add_incident_watcher(number: str) -> ResponseReturnValue:
    """Have somebody told what the requester is told."""
    incident, form = load_incident(number, Permission.INCIDENT_AMEND), WatcherForm()
    if not form.accepted():
        return to_incident(number)
    person = get_person(form.person_id.data or 0)
    add_watcher(incident, person.id, actor=current_actor(), now=utcnow())
    return to_incident(number, f"{person.name} watches it now.")


@desk.post("/incidents/<number>/watchers/remove")
@requires(Permission.INCIDENT_AMEND)
def remove_incident_watcher(number: str) -> ResponseReturnValue:
    """Stop telling somebody."""
    incident, form = load_incident(number, Permission.INCIDENT_AMEND), WatcherForm()
    if not form.accepted():
        return to_incident(number)
    person = get_person(form.person_id.data or 0)
    remove_watcher(incident, person.id, actor=current_actor(), now=utcnow())
    return to_incident(number, f"{person.name} is told no more.")
