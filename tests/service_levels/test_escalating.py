"""The ladder of an incident: planned, held, told exactly once, answered or walked up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db as database
from servicedesk.core.errors import InvalidTransition, NotAllowed
from servicedesk.core.permissions import Role
from servicedesk.core.timers import Timer, claim_due, run_timer
from servicedesk.directory.models import Desk, Person
from servicedesk.incidents.assignment import transfer_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.workflow import (
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    start_incident,
)
from servicedesk.service_levels.escalating import acknowledge_escalation, escalate
from servicedesk.service_levels.models import Clock, Escalation
from tests.factories import (
    MONDAY_NINE,
    acting,
    make_agent,
    make_category,
    make_desk,
    make_incident,
    make_person,
    make_team,
)

HOUR = timedelta(hours=1)
LEAD, OFFICER = Role.TEAM_LEAD.value, Role.SENIOR_OFFICER.value


def ladder(incident: Incident) -> list[Escalation]:
    database.session.expire_all()
    query = select(Escalation).where(Escalation.record_id == incident.id)
    return list(database.session.scalars(query.order_by(Escalation.position, Escalation.round)))


def stands(incident: Incident) -> list[tuple[int, int, str, str]]:
    """Return position, round, role and state of each step."""
    return [(step.position, step.round, step.role, step.state) for step in ladder(incident)]


def moments(incident: Incident) -> list[datetime | None]:
    return [step.due_at for step in ladder(incident)]


def timers() -> dict[str, datetime | None]:
    """Return the timers of ladders that wait, by step."""
    query = select(Timer.key, Timer.due_at).where(Timer.key.like("escalation:%"), Timer.done_at.is_(None))
    return dict(database.session.execute(query).all())


def told(incident: Incident) -> list[dict[str, Any]]:
    query = select(AuditEvent.data).where(
        AuditEvent.kind == "escalation.told", AuditEvent.subject_id == incident.id
    )
    return list(database.session.scalars(query.order_by(AuditEvent.id)))


def start(incident: Incident, agent: Person) -> None:
    start_incident(incident, actor=acting(agent), now=utcnow())


def hold(incident: Incident, agent: Person, at: datetime, reason: str = "requester") -> None:
    hold_incident(
        incident,
        actor=acting(agent),
        reason=reason,
        waiting_for="an answer",
        review_at=at + 30 * HOUR,
        now=at,
    )


@pytest.fixture
def always_open(db: Any) -> Desk:
    """Return a desk that never closes, with a lead and an officer; its target is four hours."""
    desk = make_desk(always_open=True)
    make_person(Role.TEAM_LEAD, desk=desk, name="Lea Lead")
    make_person(Role.SENIOR_OFFICER, desk=desk, name="Olu Officer")
    return desk


def ago(hours: float) -> datetime:
    return utcnow() - timedelta(hours=hours)


def test_both_steps_are_planned_before_the_target(db: Any) -> None:
    with time_machine.travel(MONDAY_NINE, tick=False):
        incident = make_incident()
    assert stands(incident) == [(1, 1, LEAD, "planned"), (2, 1, OFFICER, "planned")]
    assert moments(incident) == [MONDAY_NINE + 2 * HOUR, MONDAY_NINE + 3 * HOUR]
    assert incident.due_at == MONDAY_NINE + 4 * HOUR
    assert list(timers().values()) == moments(incident)


def test_what_comes_after_closing_time_rolls_over_to_the_morning(db: Any) -> None:
    raised = MONDAY_NINE + 7.5 * HOUR
    with time_machine.travel(raised, tick=False):
        incident = make_incident()
    tuesday_eight = datetime(2026, 1, 13, 8, tzinfo=UTC)
    assert moments(incident) == [tuesday_eight + 0.5 * HOUR, tuesday_eight + 1.5 * HOUR]
    assert incident.due_at == tuesday_eight + 2.5 * HOUR


def test_a_hold_takes_the_moments_away_and_its_end_moves_them_on(db: Any) -> None:
    agent = make_agent()
    with time_machine.travel(MONDAY_NINE, tick=False) as clock:
        incident = make_incident()
        clock.move_to(MONDAY_NINE + HOUR)
        start(incident, agent)
        hold(incident, agent, utcnow())
        assert moments(incident) == [None, None]
        assert timers() == {}
        clock.move_to(MONDAY_NINE + 6 * HOUR)
        assert claim_due(utcnow()) == []
        for step in ladder(incident):
            escalate(step.id, utcnow())
        assert told(incident) == []
        resume_incident(incident, actor=acting(agent), now=utcnow())
    assert moments(incident) == [MONDAY_NINE + 7 * HOUR, MONDAY_NINE + 8 * HOUR]
    assert incident.due_at == MONDAY_NINE + 9 * HOUR


def test_a_hold_past_closing_time_moves_the_rest_to_the_next_morning(db: Any) -> None:
    agent = make_agent()
    with time_machine.travel(MONDAY_NINE, tick=False) as clock:
        incident = make_incident()
        clock.move_to(MONDAY_NINE + 3.5 * HOUR)
        start(incident, agent)
        hold(incident, agent, utcnow())
        clock.move_to(MONDAY_NINE + 8.75 * HOUR)
        resume_incident(incident, actor=acting(agent), now=utcnow())
    assert incident.due_at == datetime(2026, 1, 13, 8, 15, tzinfo=UTC)


def test_leaving_a_hold_with_minutes_left_neither_breaches_nor_tells_at_once(db: Any) -> None:
    agent = make_agent()
    with time_machine.travel(MONDAY_NINE, tick=False) as clock:
        incident = make_incident()
        clock.move_to(MONDAY_NINE + 1.9 * HOUR)
        start(incident, agent)
        hold(incident, agent, utcnow())
        clock.move_to(MONDAY_NINE + 26 * HOUR)
        resume_incident(incident, actor=acting(agent), now=utcnow())
        assert claim_due(utcnow()) == []
        assert incident.due_at == utcnow() + 2.1 * HOUR


@pytest.mark.parametrize("reason", ["change", "problem"])
def test_a_hold_of_our_own_making_does_not_stop_the_clock(db: Any, reason: str) -> None:
    agent = make_agent()
    with time_machine.travel(MONDAY_NINE, tick=False):
        incident = make_incident()
        start(incident, agent)
        hold(incident, agent, utcnow(), reason)
    assert moments(incident) == [MONDAY_NINE + 2 * HOUR, MONDAY_NINE + 3 * HOUR]


def test_steps_fall_due_in_order_and_each_is_told_once_however_often_it_runs(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(3.2))
    incident_id, claimed = incident.id, claim_due(utcnow())
    assert len(claimed) == 2
    for _ in range(3):
        for timer_id in claimed:
            run_timer(timer_id)
    incident = database.session.get_one(Incident, incident_id)
    for step in ladder(incident):
        escalate(step.id, utcnow())
    assert [(event["position"], event["role"]) for event in told(incident)] == [(1, LEAD), (2, OFFICER)]
    assert [state for *_, state in stands(incident)][:1] == ["told"]


def test_how_late_a_step_was_told_is_kept(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(2.5))
    escalate(ladder(incident)[0].id, utcnow())
    assert 1800 <= (ladder(incident)[0].late_seconds or 0) <= 1810
    assert told(incident)[0]["late_seconds"] == ladder(incident)[0].late_seconds


def test_a_step_that_is_claimed_too_early_waits_for_its_true_moment(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(1))
    first = ladder(incident)[0]
    escalate(first.id, utcnow())
    assert stands(incident)[0] == (1, 1, LEAD, "planned")
    assert told(incident) == []


def test_an_answer_ends_the_walk(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(2.1))
    first = ladder(incident)[0]
    escalate(first.id, utcnow())
    assert stands(incident)[:2] == [(1, 1, LEAD, "told"), (1, 2, LEAD, "planned")]
    lead = database.session.get_one(Person, first.told_to_id)
    acknowledge_escalation(first, actor=acting(lead), now=utcnow())
    assert [state for *_, state in stands(incident)] == ["acknowledged", "cancelled", "planned"]
    escalate(ladder(incident)[1].id, utcnow() + HOUR)
    assert len(told(incident)) == 1
    with pytest.raises(InvalidTransition, match="acknowledged"):
        acknowledge_escalation(first, actor=acting(lead), now=utcnow())


def test_without_an_answer_the_next_one_up_is_asked(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(2.1))
    escalate(ladder(incident)[0].id, utcnow())
    with time_machine.travel(utcnow() + timedelta(minutes=31), tick=False):
        walk = ladder(incident)[1]
        assert walk.due_at is not None
        assert walk.due_at <= utcnow()
        escalate(walk.id, utcnow())
    assert stands(incident)[:2] == [(1, 1, LEAD, "told"), (1, 2, OFFICER, "told")]
    names = [database.session.get_one(Person, event["person"]).name for event in told(incident)]
    assert names == ["Lea Lead", "Olu Officer"]


def test_the_answer_of_the_second_takes_the_question_from_the_first(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(2.1))
    escalate(ladder(incident)[0].id, utcnow())
    with time_machine.travel(utcnow() + timedelta(minutes=31), tick=False):
        walk = ladder(incident)[1]
        escalate(walk.id, utcnow())
        officer = database.session.get_one(Person, walk.told_to_id)
        acknowledge_escalation(walk, actor=acting(officer), now=utcnow())
    assert [state for position, *_, state in stands(incident) if position == 1] == [
        "cancelled",
        "acknowledged",
    ]


def test_where_a_role_is_empty_the_next_one_up_is_asked_at_once(db: Any) -> None:
    desk = make_desk(always_open=True)
    make_person(Role.TEAM_LEAD, desk=desk, is_active=False)
    make_person(Role.SENIOR_OFFICER, desk=desk)
    incident = make_incident(desk=desk, now=ago(2.1))
    escalate(ladder(incident)[0].id, utcnow())
    assert stands(incident)[0] == (1, 1, OFFICER, "told")


def test_that_there_was_nobody_to_ask_is_on_the_record(db: Any) -> None:
    incident = make_incident(desk=make_desk(always_open=True), now=ago(2.1))
    escalate(ladder(incident)[0].id, utcnow())
    assert stands(incident)[0] == (1, 1, LEAD, "cancelled")
    kinds = database.session.scalars(
        select(AuditEvent.kind).where(AuditEvent.subject_id == incident.id)
    ).all()
    assert "escalation.unanswerable" in kinds


def test_only_who_was_told_or_may_answer_for_the_desk_answers(always_open: Desk) -> None:
    incident = make_incident(desk=always_open, now=ago(2.1))
    first = ladder(incident)[0]
    escalate(first.id, utcnow())
    for outsider in (make_agent(always_open), make_person(Role.SENIOR_OFFICER, desk=make_desk())):
        with pytest.raises(NotAllowed):
            acknowledge_escalation(first, actor=acting(outsider), now=utcnow())
    deputy = make_person(Role.SENIOR_OFFICER, desk=always_open)
    acknowledge_escalation(first, actor=acting(deputy), now=utcnow())
    assert first.acknowledged_by_id == deputy.id


def test_resolving_ends_all_waiting_and_reopening_goes_on_with_what_was_not_told(always_open: Desk) -> None:
    agent, incident = make_agent(always_open), make_incident(desk=always_open, now=ago(2.1))
    escalate(ladder(incident)[0].id, utcnow())
    resolve_incident(
        incident,
        actor=acting(agent),
        resolution="Done.",
        category_id=make_category(always_open).id,
        now=utcnow(),
    )
    planned = [step for step in ladder(incident) if step.state == "planned"]
    assert planned
    assert [step.due_at for step in planned] == [None] * len(planned)
    assert {f"escalation:{step.id}" for step in planned} & set(timers()) == set()
    assert stands(incident)[0] == (1, 1, LEAD, "cancelled")
    reopen_incident(incident, actor=acting(agent), reason="It is back.", now=utcnow())
    last = ladder(incident)[-1]
    assert (last.role, last.state) == (OFFICER, "planned")
    assert last.due_at is not None
    assert timedelta(0) < last.due_at - utcnow() < HOUR


def test_another_desk_goes_on_with_the_clock_and_chooses_the_category_anew(db: Any) -> None:
    agent = make_agent()
    with time_machine.travel(MONDAY_NINE, tick=False) as clock:
        incident = make_incident(category_id=make_category().id)
        due, planned = incident.due_at, moments(incident)
        clock.move_to(MONDAY_NINE + HOUR)
        other = make_desk(always_open=True, target_seconds=3600)
        transfer_incident(
            incident, actor=acting(agent), team=make_team(other), reason="Theirs.", now=utcnow()
        )
    assert (incident.desk_id, incident.category_id, incident.transfer_count) == (other.id, None, 1)
    assert incident.due_at == due
    assert moments(incident) == planned
    assert database.session.get_one(Clock, incident.id).target_seconds == 4 * 3600
