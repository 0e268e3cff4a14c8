"""What ends by itself: holds at their review, resolved incidents after working days, the time to reopen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.timers import Timer, claim_due, run_timer
from servicedesk.incidents.models import Incident
from servicedesk.incidents.states import IncidentState
from servicedesk.incidents.workflow import (
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    start_incident,
    steps_now,
)
from tests.factories import acting, make_agent, make_category, make_incident, make_person

# The Thursday before the Easter of 2026: Friday and Monday are bank holidays.
THURSDAY = datetime(2026, 4, 2, 14, 0, tzinfo=UTC)


def resolved(db: Any, requester: Any = None) -> Incident:
    incident = make_incident(requester=requester)
    resolve_incident(
        incident, actor=acting(make_agent()), resolution="Done.", category_id=make_category().id, now=utcnow()
    )
    return incident


def run_due(db: Any) -> None:
    """Let the workers do what is due now."""
    db.session.commit()
    for timer_id in claim_due(utcnow()):
        run_timer(timer_id)


def again(db: Any, incident_id: int) -> Incident:
    return db.session.get_one(Incident, incident_id)


def test_a_resolved_incident_closes_itself_after_working_days_only(db: Any) -> None:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        incident_id = resolved(db).id
        closes_at = db.session.scalars(select(Timer.due_at).where(Timer.key == f"close:{incident_id}")).one()
        assert closes_at > datetime(2026, 4, 10, tzinfo=UTC)
        clock.move_to(closes_at - timedelta(seconds=1))
        run_due(db)
        assert again(db, incident_id).state == IncidentState.RESOLVED
        clock.move_to(closes_at)
        run_due(db)
        closed = again(db, incident_id)
        assert (closed.state, closed.closed_at) == (IncidentState.CLOSED, closes_at)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "incident.closed")).one()
    assert (event.actor_id, event.data["by"]) == (None, "time")


def test_a_reopened_incident_is_not_closed_by_the_old_timer(db: Any) -> None:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        requester = make_person()
        incident = resolved(db, requester)
        reopen_incident(incident, actor=acting(requester), reason="Still broken.", now=utcnow())
        incident_id = incident.id
        clock.move_to(THURSDAY + timedelta(days=60))
        run_due(db)
        reopened = again(db, incident_id)
        assert (reopened.state, reopened.reopen_count) == (IncidentState.IN_PROGRESS, 1)


def test_the_time_to_reopen_counts_working_days(db: Any) -> None:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        requester = make_person()
        incident, actor = resolved(db, requester), acting(requester)
        clock.move_to(THURSDAY + timedelta(days=14))
        assert "reopen" in steps_now(incident, actor=actor, now=utcnow())
        clock.move_to(THURSDAY + timedelta(days=21))
        assert "reopen" not in steps_now(incident, actor=actor, now=utcnow())
        with pytest.raises(InvalidTransition, match="could be reopened until"):
            reopen_incident(incident, actor=actor, reason="Still broken.", now=utcnow())
        assert incident.state == IncidentState.RESOLVED


def test_a_hold_resumes_by_itself_at_its_review(db: Any) -> None:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        incident, agent = make_incident(), acting(make_agent())
        start_incident(incident, actor=agent, now=utcnow())
        review = THURSDAY + timedelta(days=1)
        hold_incident(
            incident, actor=agent, reason="supplier", waiting_for="Dell", review_at=review, now=utcnow()
        )
        incident_id = incident.id
        clock.move_to(review)
        run_due(db)
        resumed = again(db, incident_id)
        assert (resumed.state, resumed.hold_reason, resumed.review_at) == (
            IncidentState.IN_PROGRESS,
            None,
            None,
        )
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "incident.resumed")).one()
    assert event.data["because"] == "review"


def test_a_later_review_and_an_earlier_end_are_kept_to(db: Any) -> None:
    with time_machine.travel(THURSDAY, tick=False) as clock:
        incident, agent = make_incident(), acting(make_agent())
        start_incident(incident, actor=agent, now=utcnow())
        for days in (1, 3):
            hold_incident(
                incident, actor=agent, reason="supplier", waiting_for="Dell",
                review_at=THURSDAY + timedelta(days=days), now=utcnow(),
            )  # fmt: skip
        incident_id = incident.id
        clock.move_to(THURSDAY + timedelta(days=2))
        run_due(db)
        held = again(db, incident_id)
        assert held.state == IncidentState.ON_HOLD
        resume_incident(held, actor=agent, now=utcnow())
        assert db.session.scalars(select(Timer).where(Timer.key == f"review:{incident_id}")).all() == []


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_review_is_in_the_future_and_within_a_year(db: Any, days: int) -> None:
    incident, agent = make_incident(), acting(make_agent())
    start_incident(incident, actor=agent, now=utcnow())
    now = utcnow()
    with pytest.raises(RuleViolation, match="within a year"):
        hold_incident(
            incident,
            actor=agent,
            reason="supplier",
            waiting_for="Dell",
            review_at=now + timedelta(days=days),
            now=now,
        )
