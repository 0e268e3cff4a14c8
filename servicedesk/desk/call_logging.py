"""Log a call on one screen: who is calling, what else is open for them, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import MultipleFileField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import as_id, categories_of, desks_with, levels, offered, sites, teams
from servicedesk.desk.step_forms import LONG
from servicedesk.directory.models import Person
from servicedesk.directory.queries import find_people, find_person, get_desk, get_person, list_teams
from servicedesk.incidents import operations
from servicedesk.incidents.conversation import attach_to_incident
from servicedesk.incidents.listing import IncidentFilter, list_rows
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import CONTACT_WAYS
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm, files_of, render_form

CAME_BY = {"phone": "Telephone", "mail": "E-mail", "visit": "In person"}
MOST_OPEN = 10
LONGEST_SEARCH = 200


class LogIncidentForm(DeskForm):
    """What an agent writes down while somebody is calling."""

    # Not a hidden field: the part of the page that shows the caller carries it, and is swapped as a whole.
    requester_id = StringField("Who is calling?")
    desk_id = SelectField("Desk", coerce=as_id)
    title = StringField(
        "What is wrong, in a few words?", [InputRequired("Say in a few words what is wrong.")]
    )
    description = TextAreaField("Details", [LONG])
    impact = RadioField(
        "Impact: how many does it touch?",
        [InputRequired("Choose an impact.")],
        choices=levels,
        coerce=int,
        default=3,
    )
    urgency = RadioField(
        "Urgency: how soon is it needed?",
        [InputRequired("Choose an urgency.")],
        choices=levels,
        coerce=int,
        default=2,
    )
    category_id = SelectField("Category", coerce=as_id)
    team_id = SelectField("Team", coerce=as_id)
    site_id = SelectField("Site", coerce=as_id)
    location = StringField("Where exactly?")
    channel = SelectField("How did they reach us?", choices=offered(CAME_BY))
    contact_by = SelectField("How shall we reach them?", choices=offered(CONTACT_WAYS))
    contact_detail = StringField("Other number or address")
    files = MultipleFileField("Files")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, or whom the typed words find, and what is open for them."""

    typed: str = ""
    person: Person | None = None
    found: Sequence[Person] = ()
    is_sought: bool = False
    open_records: Sequence[Any] = ()


@desk.route("/log", methods=["GET", "POST"])
@requires(Permission.INCIDENT_LOG)
def log_incident() -> ResponseReturnValue:
    """Find who is calling and write down what is wrong; buttons beside the search keep what was typed."""
    form, caller = _form(), _caller()
    form.requester_id.data = str(caller.person.id) if caller.person else ""
    if caller.is_sought or request.method == "GET":
        return render_template("desk/incidents/log.html", form=form, caller=caller)
    if form.accepted() and caller.person is not None:
        with form.showing_rule_errors():
            incident = _log(form, caller.person)
            flash(f"{incident.number} is logged for {caller.person.name}.", "success")
            return redirect(url_for(".show_incident", number=incident.number), 303)
    elif caller.person is None:
        form.requester_id.errors = [
            "Choose who is calling: find them by name, telephone number or e-mail address."
        ]
    return render_form("desk/incidents/log.html", form, caller=caller)


@desk.get("/log/people")
@requires(Permission.INCIDENT_LOG)
def find_callers() -> ResponseReturnValue:
    """Show whom the typed words find, as a part of the page (htmx asks for it while somebody types)."""
    return render_template(
        "desk/incidents/log_found.html", caller=_sought(_words(request.args.get("caller", "")))
    )


@desk.get("/log/caller")
@requires(Permission.INCIDENT_LOG)
def choose_caller() -> ResponseReturnValue:
    """Show the chosen caller, as a part of the page, so that what is typed beside it stays."""
    chosen = as_id(_digits(request.args.get("choose", "")))
    caller = _known(get_person(chosen)) if chosen else Caller()
    return render_template("desk/incidents/log_caller.html", caller=caller, moved=True)


def _form() -> LogIncidentForm:
    """Return the form with the choices of the desks at which the actor may log."""
    form, found = LogIncidentForm(), desks_with(Permission.INCIDENT_LOG)
    names = {one.id: one.name for one in found}
    form.desk_id.choices = offered(names)
    form.category_id.choices = categories_of(names, names, "Not known yet")
    own = [team for team in list_teams() if team.desk_id in names]
    form.team_id.choices = teams("The desk’s first team", own, names if len(names) > 1 else {})
    form.site_id.choices = sites("The caller’s own site")
    return form


def _caller() -> Caller:
    """Return the caller from what was sent: a button beside a person found, a search, or the URL."""
    sent = request.form if request.method == "POST" else request.args
    typed = _words(sent.get("caller", ""))
    if "change" in sent or "find" in sent:
        return _sought(typed)
    chosen = as_id(_digits(sent.get("choose") or sent.get("requester_id") or sent.get("person") or ""))
    person = find_person(chosen) if chosen else None
    if person is not None:
        return _known(person, is_sought="choose" in sent)
    phone = "".join(char for char in sent.get("phone", "") if char.isdigit())
    if typed or phone:
        found = _sought(typed or phone)
        return _known(found.found[0]) if phone and len(found.found) == 1 else found
    return Caller()


def _sought(typed: str) -> Caller:
    """Return whom the words find."""
    return Caller(typed=typed, found=find_people(typed), is_sought=True)


def _known(person: Person, *, is_sought: bool = False) -> Caller:
    """Return a caller with what is open for them."""
    wanted = IncidentFilter(requester_id=person.id, sort="newest")
    rows = fetch_page(list_rows(wanted, current_actor(), utcnow()), wanted.order, size=MOST_OPEN).rows
    return Caller(person=person, is_sought=is_sought, open_records=rows)


def _words(typed: str) -> str:
    """Return what was typed to find somebody, without what no name has."""
    return typed.replace("\x00", "").strip()[:LONGEST_SEARCH]


def _digits(text: str) -> str:
    """Return a text if it can be an id."""
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def _log(form: LogIncidentForm, requester: Person) -> Incident:
    """Log the incident, with its files."""
    now, actor, values = utcnow(), current_actor(), form.values
    files = files_of(form.files)
    for name in ("requester_id", "desk_id", "files"):
        values.pop(name)
    incident = operations.log_incident(
        actor=actor, desk=get_desk(form.desk_id.data), requester=requester, now=now, **values
    )
    if files:
        attach_to_incident(incident, files, actor=actor, now=now)
    return incident
