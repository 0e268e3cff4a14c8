"""An incident as its requester sees it, and the steps that they can take."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition
from servicedesk.core.permissions import Permission
from servicedesk.incidents.conversation import attach_to_incident, comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import CONTACT_WAYS
from servicedesk.incidents.queries import get_followed_incident
from servicedesk.incidents.words import progress, promise, where_it_stands
from servicedesk.incidents.workflow import (
    cancel_incident,
    close_incident,
    reopen_incident,
    reopen_until,
    steps_now,
)
from servicedesk.notifications.operations import read_notices
from servicedesk.portal.blueprint import portal
from servicedesk.portal.conversation import conversation_of
from servicedesk.portal.incident_forms import AnswerForm, CancelForm, CloseForm, ReopenForm
from servicedesk.records.transitions import check_version, is_for
from servicedesk.web.access import current_actor, current_person, requires
from servicedesk.web.forms import VersionedForm, files_of, render_form


def incident_page(incident: Incident, form: VersionedForm | None = None) -> ResponseReturnValue:
    """Show an incident; with a form that was refused, what was typed and why it was refused."""
    now, actor = utcnow(), current_actor()
    read_notices(current_person().id, now, incident.id)
    answer = form if isinstance(form, AnswerForm) else AnswerForm(formdata=None)
    answer.version.data = incident.version
    return render_form(
        "portal/records/incident.html",
        form or answer,
        answer=answer,
        incident=incident,
        entries=conversation_of(incident, reader_id=current_person().id, now=now),
        sentence=where_it_stands(incident, now),
        progress=progress(incident, now),
        steps=_own_steps(incident),
        reopen_until=reopen_until(incident) if incident.closed_at else None,
        may_answer=incident.is_live and is_for(incident, actor),
        reader_id=current_person().id,
        contact_words=CONTACT_WAYS[incident.contact_by],
    )


def incident_sent_page(incident: Incident) -> ResponseReturnValue:
    """Confirm that an incident was reported."""
    return render_template("portal/report/sent.html", incident=incident, promise=promise(incident, utcnow()))


def _own_steps(incident: Incident) -> list[str]:
    """Return the steps that this page offers: the requester's, even where the reader is an agent too."""
    actor = current_actor()
    if not is_for(incident, actor):
        return []
    own = {name for name, step in incident.TRANSITIONS.items() if step.follow is not None}
    return [name for name in steps_now(incident, actor=actor, now=utcnow()) if name in own]


@portal.route("/records/<string:number>/answer", methods=["GET", "POST"])
@requires(Permission.INCIDENT_FOLLOW)
def answer_record(number: str) -> ResponseReturnValue:
    """Add an answer or files to the conversation."""
    incident = get_followed_incident(number, actor=current_actor(), lock=True)
    form = AnswerForm()
    if not form.is_submitted():
        return redirect(url_for(".show_record", number=incident.number))
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            _say(incident, form)
            flash("Your answer has been sent.", "success")
            return redirect(url_for(".show_record", number=incident.number))
    return incident_page(get_followed_incident(number, actor=current_actor()), form)


def _say(incident: Incident, form: AnswerForm) -> None:
    """Say what was typed; files may go without words."""
    actor, files, text = current_actor(), files_of(form.files), form.text.data or ""
    if files and not text.strip():
        attach_to_incident(incident, files, actor=actor, now=utcnow())
    else:
        comment_on_incident(
            incident, actor=actor, body=text, is_public=True, channel="portal", now=utcnow(), files=files
        )


@portal.route("/records/<string:number>/close", methods=["GET", "POST"])
@requires(Permission.INCIDENT_FOLLOW)
def close_record(number: str) -> ResponseReturnValue:
    """Take the requester's word that it works again."""
    incident = get_followed_incident(number, actor=current_actor(), lock=True)
    form = CloseForm()
    if not form.is_submitted():
        return redirect(url_for(".show_record", number=incident.number))
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            close_incident(incident, actor=current_actor(), now=utcnow(), by="requester")
            flash("Thank you. We are glad that it works again.", "success")
            return redirect(url_for(".show_record", number=incident.number))
    return incident_page(get_followed_incident(number, actor=current_actor()), form)


@portal.route("/records/<string:number>/reopen", methods=["GET", "POST"])
@requires(Permission.INCIDENT_FOLLOW)
def reopen_record(number: str) -> ResponseReturnValue:
    """Ask what is still wrong, then take the incident up again."""
    incident = get_followed_incident(number, actor=current_actor(), lock=True)
    form = ReopenForm()
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            reopen_incident(incident, actor=current_actor(), now=utcnow(), **form.values)
            flash("It is open again. We go on working on it.", "success")
            return redirect(url_for(".show_record", number=incident.number))
    return _step_page("reopen", number, form, title="Not fixed?", send="Take it up again")


@portal.route("/records/<string:number>/cancel", methods=["GET", "POST"])
@requires(Permission.INCIDENT_FOLLOW)
def cancel_record(number: str) -> ResponseReturnValue:
    """Ask why it is no longer needed, then end the incident."""
    incident = get_followed_incident(number, actor=current_actor(), lock=True)
    form = CancelForm()
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            cancel_incident(incident, actor=current_actor(), now=utcnow(), **form.values)
            flash("It has been cancelled. Thank you for telling us.", "success")
            return redirect(url_for(".show_record", number=incident.number))
    return _step_page("cancel", number, form, title="Cancel this report", send="Cancel the report")


def _step_page(action: str, number: str, form: ReopenForm | CancelForm, **words: str) -> ResponseReturnValue:
    """Show the page of one step; opening it when the step cannot be taken says so."""
    incident = get_followed_incident(number, actor=current_actor())
    if not form.is_submitted() and action not in _own_steps(incident):
        words_of_step = incident.TRANSITIONS[action].words.format(incident.number)
        raise InvalidTransition(f"You cannot {words_of_step} now.")
    form.version.data = incident.version
    return render_form("portal/records/step.html", form, incident=incident, **words)
