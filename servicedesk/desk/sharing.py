"""Let another desk read a record and speak on it."""

from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import as_id, offered
from servicedesk.desk.loading import form_page, load_incident
from servicedesk.directory.queries import list_desks
from servicedesk.incidents import assignment
from servicedesk.records.queries import list_shares
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import VersionedForm


class ShareForm(VersionedForm):
    """Which desk may read it too."""

    desk_id = SelectField("Share with", [InputRequired("Choose a desk.")], coerce=as_id)


@desk.route("/incidents/<number>/share", methods=["GET", "POST"])
@requires(Permission.INCIDENT_SHARE)
def share_incident(number: str) -> ResponseReturnValue:
    """Ask with which desk an incident is to be shared, then share it."""
    incident, form = load_incident(number, Permission.INCIDENT_SHARE), ShareForm()
    known = {incident.desk_id} | {shared.desk_id for shared in list_shares(incident.id)}
    form.desk_id.choices = offered(
        {one.id: one.name for one in list_desks() if one.id not in known}, "Choose a desk"
    )

    def do() -> None:
        assignment.share_incident(incident, actor=current_actor(), desk_id=form.desk_id.data, now=utcnow())

    note = "Its agents will read everything on it, notes too, and can answer; the record stays here."
    return form_page(incident, form, do, title="Share", button="Share", note=note, said="It is shared.")
