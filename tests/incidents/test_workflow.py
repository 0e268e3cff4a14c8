"""Every step of an incident's workflow, legal and illegal."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.audit_chain import verify_chain
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition, NotAllowed
from servicedesk.core.permissions import Role
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.conversation import comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.states import TRANSITIONS, IncidentState
from servicedesk.incidents.workflow import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    start_incident,
)
from servicedesk.notifications.models import Notice
from servicedesk.records.timeline import list_events
from servicedesk.service_levels.models import Escalation
from tests.factories import acting, in_days, make_agent, make_category, make_incident, make_person


def take_step(incident: Incident, action: str, actor: Any) -> None:
    """Take a step with all that it asks for."""
    common = {"actor": actor, "now": utcnow()}
    steps = {
        "start": lambda: start_incident(incident, **common),
        "hold": lambda: hold_incident(
            incident, reason="supplier", waiting_for="Dell", review_at=in_days(1), **common
        ),
        "resume": lambda: resume_incident(incident, **common),
        "resolve": lambda: resolve_incident(
            incident, resolution="Restarted it.", category_id=make_category().id, **common
        ),
        "close": lambda: close_incident(incident, **common),
        "reopen": lambda: reopen_incident(incident, reason="It is back.", **common),
        "cancel": lambda: cancel_incident(incident, reason="A mistake.", **common),
    }
    steps[action]()


PATHS = {
    IncidentState.NEW: [],
    IncidentState.IN_PROGRESS: ["start"],
    IncidentState.ON_HOLD: ["start", "hold"],
    IncidentState.RESOLVED: ["resolve"],
    IncidentState.CLOSED: ["resolve", "close"],
    IncidentState.CANCELLED: ["cancel"],
}


@pytest.mark.parametrize(("state", "action"), list(product(IncidentState, TRANSITIONS)))
def test_each_step_is_taken_or_refused_as_the_table_says(db: Any, state: IncidentState, action: str) -> None:
    incident, actor = make_incident(), acting(make_agent())
    for step in PATHS[state]:
        take_step(incident, step, actor)
    assert incident.state == state
    if state in TRANSITIONS[action].sources:
        take_step(incident, action, actor)
        assert incident.state == TRANSITIONS[action].target
        db.session.commit()
    else:
        with pytest.raises(InvalidTransition, match=incident.number):
            take_step(incident, action, actor)
        assert incident.state == state


def test_a_refusal_names_what_is_refused_in_a_whole_sentence(db: Any) -> None:
    incident = make_incident()
    with pytest.raises(InvalidTransition, match="is new, so you cannot put it on hold: it must be "):
        take_step(incident, "hold", acting(make_agent()))
    with pytest.raises(NotAllowed, match=f"the right to put {incident.number} on hold"):
        take_step(incident, "hold", acting(make_person()))


def test_a_requester_may_not_resolve(db: Any) -> None:
    requester = make_person()
    incident = make_incident(requester=requester)
    with pytest.raises(NotAllowed):
        resolve_incident(
            incident, actor=acting(requester), resolution="x", now=utcnow(), category_id=make_category().id
        )


def test_the_requesters_answer_ends_a_hold(db: Any) -> None:
    requester, agent = make_person(), make_agent()
    incident = make_incident(requester=requester)
    take_incident(incident, actor=acting(agent), person=agent, now=utcnow())
    hold_incident(
        incident,
        actor=acting(agent),
        reason="requester",
        waiting_for="the asset tag",
        review_at=in_days(2),
        now=utcnow(),
    )
    assert incident.due_at is None
    comment_on_incident(
        incident, actor=acting(requester), body="It is 4711.", is_public=True, channel="portal", now=utcnow()
    )
    assert incident.state == IncidentState.IN_PROGRESS
    assert incident.due_at is not None


def test_a_life_leaves_a_ladder_notices_and_an_unbroken_chain(db: Any) -> None:
    requester, agent = make_person(), make_agent()
    make_person(Role.TEAM_LEAD)
    incident = make_incident(requester=requester)
    ladder = db.session.scalars(select(Escalation).where(Escalation.record_id == incident.id)).all()
    assert [(step.role, step.state) for step in ladder] == [
        ("team_lead", "planned"),
        ("senior_officer", "planned"),
    ]
    assert all(step.due_at < incident.due_at for step in ladder)
    take_incident(incident, actor=acting(agent), person=agent, now=utcnow())
    take_step(incident, "resolve", acting(agent))
    kinds = [event.kind for event in list_events(incident.id)]
    assert kinds == [
        "incident.logged",
        "incident.assigned",
        "incident.started",
        "incident.categorised",
        "incident.resolved",
    ]
    about_it = select(Notice.template, Notice.person_id).where(Notice.record_id == incident.id)
    told = db.session.execute(about_it.order_by(Notice.id)).all()
    assert told == [("incident.started", requester.id), ("incident.resolved", requester.id)]
    db.session.commit()
    assert list(verify_chain()) == []
