"""The files of a record."""

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.incidents.queries import get_incident
from servicedesk.records.queries import get_attachment
from servicedesk.web.access import current_actor, requires


@desk.get("/incidents/<number>/files/<int:attachment_id>")
@requires(Permission.INCIDENT_READ)
def download_file(number: str, attachment_id: int) -> ResponseReturnValue:
    """Send a file to be kept, never to be shown inside our own pages."""
    incident = get_incident(number, actor=current_actor())
    found = get_attachment(attachment_id, incident, internal=True)
    return send_file(BytesIO(found.content), found.media_type, as_attachment=True, download_name=found.name)
