"""The steps of an incident: each a button or a small page, each one operation."""

from collections.abc import Callable
from datetime import datetime

from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import categories_of, offered, teams
from servicedesk.desk.incident_pages import render_record
from servicedesk.desk.loading import form_page, load_incident, to_incident
from servicedesk.desk.step_forms import AssignForm, HoldForm, ReasonForm, ResolveForm, StepForm, TransferForm
from servicedesk.directory.queries import get_person, get_team, list_agents, list_desks, list_teams
from servicedesk.incidents import assignment, workflow
from servicedesk.incidents.models import Incident
from servicedesk.records.transitions import check_version
from servicedesk.service_levels.queries import calendar_of
from servicedesk.web.access import current_actor, current_person, requires

USUAL_HOLD_DAYS = 2


def _at_once(
    number: str, permission: Permission, do: Callable[[Incident, datetime], object], said: str
) -> ResponseReturnValue:
    """Take a step that one button is enough for; a refusal is said at the head of the record."""
    incident, form = load_incident(number, permission), StepForm()
    if form.accepted():
        with form.showing_rule_errors():
            check_version(incident, form.version.data)
            do(incident, utcnow())
            return to_incident(number, said)
    return render_record(number, step=form)


@desk.post("/incidents/<number>/take")
@requires(Permission.INCIDENT_ASSIGN)
def take_incident(number: str) -> ResponseReturnValue:
    """Take an incident oneself."""
    actor, person = current_actor(), current_person()
    return _at_once(
        number, Permission.INCIDENT_ASSIGN,
        lambda incident, now: assignment.take_incident(incident, actor=actor, person=person, now=now),
        "It is yours now.",
    )  # fmt: skip


@desk.post("/incidents/<number>/start")
@requires(Permission.INCIDENT_START)
def start_incident(number: str) -> ResponseReturnValue:
    """Begin to work on an incident."""
    actor = current_actor()
    return _at_once(
        number, Permission.INCIDENT_START,
        lambda incident, now: workflow.start_incident(incident, actor=actor, now=now), "Work has begun.",
    )  # fmt: skip


@desk.post("/incidents/<number>/resume")
@requires(Permission.INCIDENT_RESUME)
def resume_incident(number: str) -> ResponseReturnValue:
    """End a hold."""
    actor = current_actor()
    return _at_once(
        number, Permission.INCIDENT_RESUME,
        lambda incident, now: workflow.resume_incident(incident, actor=actor, now=now),
        "The clock runs again.",
    )  # fmt: skip


@desk.post("/incidents/<number>/close")
@requires(Permission.INCIDENT_CLOSE)
def close_incident(number: str) -> ResponseReturnValue:
    """End a resolved incident for good."""
    actor = current_actor()
    return _at_once(
        number, Permission.INCIDENT_CLOSE,
        lambda incident, now: workflow.close_incident(incident, actor=actor, now=now), "It is closed.",
    )  # fmt: skip


@desk.route("/incidents/<number>/assign", methods=["GET", "POST"])
@requires(Permission.INCIDENT_ASSIGN)
def assign_incident(number: str) -> ResponseReturnValue:
    """Ask who is to work on an incident, then give it to them or back to the team."""
    incident = load_incident(number, Permission.INCIDENT_ASSIGN)
    form = AssignForm(assignee_id=incident.assignee_id)
    people = {agent.id: agent.name for agent in list_agents(incident.desk_id)}
    form.assignee_id.choices = offered(people, "Nobody: back to the team")

    def do() -> None:
        chosen = form.assignee_id.data
        assignee = get_person(chosen) if chosen else None
        assignment.assign_incident(incident, actor=current_actor(), assignee=assignee, now=utcnow())

    return form_page(incident, form, do, title="Assign", button="Assign", said="It has been given on.")


@desk.route("/incidents/<number>/transfer", methods=["GET", "POST"])
@requires(Permission.INCIDENT_TRANSFER)
def transfer_incident(number: str) -> ResponseReturnValue:
    """Ask which team is to have an incident, then pass it on."""
    incident, form = load_incident(number, Permission.INCIDENT_TRANSFER), TransferForm()
    others = [team for team in list_teams() if team.id != incident.team_id]
    form.team_id.choices = teams("Choose a team", others, {one.id: one.name for one in list_desks()})

    def do() -> None:
        team, reason = get_team(form.team_id.data), form.reason.data or ""
        assignment.transfer_incident(incident, actor=current_actor(), team=team, reason=reason, now=utcnow())

    hints = {
        "team_id": "At another desk, its people choose the category anew; this desk then no longer sees it."
    }
    return form_page(
        incident, form, do, title="Transfer", button="Transfer", hints=hints, said=f"{number} was passed on."
    )


@desk.route("/incidents/<number>/hold", methods=["GET", "POST"])
@requires(Permission.INCIDENT_HOLD)
def hold_incident(number: str) -> ResponseReturnValue:
    """Ask whom an incident waits for, then put it on hold."""
    incident = load_incident(number, Permission.INCIDENT_HOLD)
    usual = (
        calendar_of(incident.desk_id).add_working_days(utcnow(), USUAL_HOLD_DAYS).replace(minute=0, second=0)
    )
    form = HoldForm(
        reason=incident.hold_reason, waiting_for=incident.waiting_for, review_at=incident.review_at or usual
    )
    hints = {
        "reason": "The clock stands still while we wait for the requester or a supplier; else it runs on.",
        "review_at": "It resumes by itself then; the requester’s answer resumes it sooner.",
    }

    def do() -> None:
        workflow.hold_incident(incident, actor=current_actor(), now=utcnow(), **form.values)

    return form_page(
        incident, form, do, title="Put on hold", button="Put on hold", hints=hints, said="It is on hold."
    )


@desk.route("/incidents/<number>/resolve", methods=["GET", "POST"])
@requires(Permission.INCIDENT_RESOLVE)
def resolve_incident(number: str) -> ResponseReturnValue:
    """Ask how service was restored, then resolve the incident."""
    incident = load_incident(number, Permission.INCIDENT_RESOLVE)
    form = ResolveForm(category_id=incident.category_id)
    form.category_id.choices = categories_of([incident.desk_id], {}, "Choose a category")

    def do() -> None:
        workflow.resolve_incident(incident, actor=current_actor(), now=utcnow(), **form.values)

    hints = {
        "resolution": f"{incident.requester.name} will read this.",
        "category_id": "Needed to see what keeps happening.",
    }
    return form_page(
        incident, form, do, title="Resolve", button="Resolve", hints=hints, said="It is resolved."
    )


@desk.route("/incidents/<number>/reopen", methods=["GET", "POST"])
@requires(Permission.INCIDENT_REOPEN)
def reopen_incident(number: str) -> ResponseReturnValue:
    """Ask what is still wrong, then take the incident up again."""
    incident, form = load_incident(number, Permission.INCIDENT_REOPEN), ReasonForm()

    def do() -> None:
        workflow.reopen_incident(incident, actor=current_actor(), reason=form.reason.data or "", now=utcnow())

    return form_page(incident, form, do, title="Reopen", button="Reopen", said="It is open again.")


@desk.route("/incidents/<number>/cancel", methods=["GET", "POST"])
@requires(Permission.INCIDENT_CANCEL)
def cancel_incident(number: str) -> ResponseReturnValue:
    """Ask why it is no longer needed, then cancel the incident."""
    incident, form = load_incident(number, Permission.INCIDENT_CANCEL), ReasonForm()

    def do() -> None:
        workflow.cancel_incident(incident, actor=current_actor(), reason=form.reason.data or "", now=utcnow())

    return form_page(
        incident,
        form,
        do,
        title="Cancel this incident",
        button="Cancel this incident",
        said="It is cancelled.",
    )
