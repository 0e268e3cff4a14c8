"""The record: its conversation and timeline, and the answer box."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField
from wtforms.fields import MultipleFileField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import offered
from servicedesk.desk.loading import load_incident, to_incident
from servicedesk.desk.record_view import view_record
from servicedesk.desk.step_forms import LONG, StepForm
from servicedesk.desk.telling import shown_files, told_entries
from servicedesk.incidents.conversation import comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import CHANNELS, CONTACT_WAYS
from servicedesk.incidents.priority import LEVEL_WORDS
from servicedesk.incidents.queries import get_incident
from servicedesk.notifications.operations import read_notices
from servicedesk.records.queries import list_attachments
from servicedesk.records.timeline import timeline_of
from servicedesk.web.access import current_actor, current_person, requires
from servicedesk.web.forms import DeskForm, files_of, render_form

SHOWN = {"all": "All", "public": "Public", "notes": "Notes", "changes": "Changes"}
KINDS = {"public": "public", "notes": "note", "changes": "change"}


class ReplyForm(DeskForm):
    """What is said on a record, and who may read it."""

    kind = RadioField("For whom?", choices=offered({"public": "Public", "note": "Note"}), default="public")
    text = TextAreaField("Answer or note", [InputRequired("Write something first."), LONG])
    files = MultipleFileField("Files")


@desk.get("/incidents/<number>")
@requires(Permission.INCIDENT_READ)
def show_incident(number: str) -> ResponseReturnValue:
    """Show a record; what somebody was told of it counts as read."""
    return render_record(number)


@desk.post("/incidents/<number>/comments")
@requires(Permission.INCIDENT_COMMENT)
def comment(number: str) -> ResponseReturnValue:
    """Answer in public or leave a note, with files."""
    incident, form = load_incident(number, Permission.INCIDENT_COMMENT), ReplyForm()
    if form.accepted():
        is_public = form.kind.data == "public"
        with form.showing_rule_errors():
            said = comment_on_incident(
                incident, actor=current_actor(), body=form.text.data or "", is_public=is_public,
                channel="desk", now=utcnow(), files=files_of(form.files),
            )  # fmt: skip
            words = f"Sent to {incident.requester.name}." if is_public else "The note is saved."
            return to_incident(number, words, anchor=f"entry-comment-{said.id}")
    return render_record(number, reply=form)


def render_record(
    number: str, reply: ReplyForm | None = None, step: StepForm | None = None
) -> ResponseReturnValue:
    """Show a record, with the form that was refused if one was."""
    actor = current_actor()
    incident = get_incident(number, actor=actor)
    read_notices(current_person().id, utcnow(), incident.id)
    entries = timeline_of(incident, internal=True)
    shown = request.args.get("show", "all")
    kept = [entry for entry in reversed(entries) if KINDS.get(shown) in (None, entry.kind)]
    return render_form(
        "desk/incidents/record.html",
        step or reply or StepForm(formdata=None),
        reply=reply or ReplyForm(formdata=None),
        step=step,
        incident=incident,
        view=view_record(incident, actor),
        tabs=_tabs(incident, shown),
        entries=told_entries(kept, incident.number),
        files=shown_files(list_attachments(incident.id, internal=True), incident.number),
        levels=LEVEL_WORDS,
        channels=CHANNELS,
        contact_ways=CONTACT_WAYS,
    )


def _tabs(incident: Incident, shown: str) -> list[dict[str, object]]:
    """Return what the timeline can be narrowed to."""
    wanted = shown if shown in SHOWN else "all"
    return [
        {
            "words": words,
            "url": url_for(".show_incident", number=incident.number, show=None if name == "all" else name),
            "current": name == wanted,
        }
        for name, words in SHOWN.items()
    ]
