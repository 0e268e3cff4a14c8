"""How a desk page gets its record, and how a form about it is shown and taken."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.permissions import Permission
from servicedesk.desk.telling import told_entries
from servicedesk.incidents.models import Incident
from servicedesk.incidents.queries import get_incident
from servicedesk.records.timeline import timeline_of
from servicedesk.records.transitions import check_version, may_on, require_on
from servicedesk.web.access import current_actor
from servicedesk.web.forms import VersionedForm, render_form

LATEST = 3


def load_incident(number: str, permission: Permission) -> Incident:
    """Return an incident on which the actor holds a right, locked if the request may change it."""
    incident = get_incident(number, actor=current_actor(), lock=request.method == "POST")
    require_on(current_actor(), permission, incident)
    return incident


def to_incident(number: str, said: str = "", anchor: str | None = None) -> ResponseReturnValue:
    """Go back to a record, saying what was done."""
    if said:
        flash(said, "success")
    return redirect(url_for("desk.show_incident", number=number, _anchor=anchor), 303)


def form_page(
    incident: Incident, form: VersionedForm, do: Callable[[], object], *, said: str, **context: Any
) -> ResponseReturnValue:
    """Show a form about a record on a page of its own; once it is accepted, do what it asks and go back.

    A refused one keeps what was typed; where somebody else was quicker, it stands beside what is new.
    """
    number = incident.number
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            do()
            if not may_on(current_actor(), Permission.INCIDENT_READ, incident):
                flash(said, "success")
                return redirect(url_for("desk.list_incidents"), 303)
            return to_incident(number, said)
    form.renew(incident.version)
    latest = (
        told_entries(timeline_of(incident, internal=True)[-LATEST:], number) if form.status == 409 else []
    )
    return render_form("desk/incidents/form.html", form, incident=incident, latest=latest, **context)
