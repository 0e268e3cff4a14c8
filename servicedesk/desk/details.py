"""What an incident says of itself: title, category, impact, urgency and priority."""

from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import as_id, categories_of, levels, priorities
from servicedesk.desk.loading import form_page, load_incident
from servicedesk.desk.step_forms import LONG
from servicedesk.incidents import operations
from servicedesk.incidents.queries import priority_for
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import VersionedForm


class AmendForm(VersionedForm):
    """What an incident says of itself."""

    title = StringField("Title", [InputRequired("Say in a few words what is wrong.")])
    description = TextAreaField("Details", [LONG])
    location = StringField("Where exactly?")


class CategoriseForm(VersionedForm):
    """Where in the desk's tree it belongs."""

    category_id = SelectField("Category", [InputRequired("Choose a category.")], coerce=as_id)


class PrioritiseForm(VersionedForm):
    """How wide and how pressing it is, and a priority of its own where the matrix is wrong."""

    impact = RadioField(
        "Impact: how many does it touch?", [InputRequired("Choose an impact.")], choices=levels, coerce=int
    )
    urgency = RadioField(
        "Urgency: how soon is it needed?", [InputRequired("Choose an urgency.")], choices=levels, coerce=int
    )
    priority = SelectField("Priority", choices=lambda: priorities("As the matrix says"), coerce=as_id)
    reason = StringField("Reason for another priority")


@desk.route("/incidents/<number>/amend", methods=["GET", "POST"])
@requires(Permission.INCIDENT_AMEND)
def amend_incident(number: str) -> ResponseReturnValue:
    """Put right what an incident says of itself."""
    incident = load_incident(number, Permission.INCIDENT_AMEND)
    form = AmendForm(obj=incident)

    def do() -> None:
        operations.amend_incident(incident, actor=current_actor(), now=utcnow(), **form.values)

    return form_page(incident, form, do, title="Edit", button="Save", said="Your changes are saved.")


@desk.route("/incidents/<number>/categorise", methods=["GET", "POST"])
@requires(Permission.INCIDENT_AMEND)
def categorise_incident(number: str) -> ResponseReturnValue:
    """Put an incident where it belongs."""
    incident = load_incident(number, Permission.INCIDENT_AMEND)
    form = CategoriseForm(obj=incident)
    form.category_id.choices = categories_of([incident.desk_id], {}, "Choose a category")

    def do() -> None:
        operations.categorise_incident(
            incident, actor=current_actor(), category_id=form.category_id.data, now=utcnow()
        )

    return form_page(incident, form, do, title="Category", button="Save", said="The category is changed.")


@desk.route("/incidents/<number>/prioritise", methods=["GET", "POST"])
@requires(Permission.INCIDENT_AMEND)
def prioritise_incident(number: str) -> ResponseReturnValue:
    """Set impact and urgency, or a priority of its own with a reason."""
    incident = load_incident(number, Permission.INCIDENT_AMEND)
    own = incident.priority if incident.priority_reason else None
    form = PrioritiseForm(
        impact=incident.impact, urgency=incident.urgency, priority=own, reason=incident.priority_reason or ""
    )
    by_matrix = priority_for(incident.desk_id, incident.impact, incident.urgency)

    def do() -> None:
        operations.prioritise_incident(incident, actor=current_actor(), now=utcnow(), **form.values)

    note = (
        f"With impact {incident.impact} and urgency {incident.urgency} the desk’s matrix gives P{by_matrix}."
    )
    return form_page(
        incident, form, do, title="Priority", button="Save", note=note, said="The priority is set."
    )
