"""Hours, closures and policies: what is refused, and how the running clocks follow."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed, NotFound, RuleViolation
from servicedesk.core.permissions import SYSTEM, Role
from servicedesk.core.timers import Timer
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import categorise_incident
from servicedesk.incidents.workflow import close_incident, resolve_incident
from servicedesk.service_levels.administration import (
    add_closures,
    hours_in_words,
    read_hours,
    remove_closure,
    set_opening_hours,
)
from servicedesk.service_levels.escalating import escalate
from servicedesk.service_levels.models import Clock, Escalation
from servicedesk.service_levels.policies import set_policy
from servicedesk.service_levels.policy_file import RungPlan
from servicedesk.service_levels.queries import calendar_of, get_calendar, list_ladder
from servicedesk.service_levels.rederiving import rederive_batch, start_again
from tests.factories import (
    MONDAY_NINE,
    acting,
    make_agent,
    make_category,
    make_desk,
    make_incident,
    make_person,
    the_desk,
)

HOUR = 3600
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-18:00")
REDERIVE = "servicedesk.service_levels.jobs.rederive_desk"


@pytest.fixture
def monday() -> Any:
    with time_machine.travel(MONDAY_NINE, tick=False) as traveller:
        yield traveller


def boss() -> Any:
    return acting(make_person(Role.ADMINISTRATOR))


def open_hours(db: Any, hours: dict[str, str], nation: str | None = "england-and-wales") -> None:
    set_opening_hours(the_desk(), actor=boss(), hours=hours, nation=nation, now=utcnow())
    follow_change(db)


def follow_change(db: Any) -> None:
    """Do what the background job does."""
    change = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    db.session.commit()
    rederive_batch(the_desk().id, 0, change.id)
    db.session.commit()


def resolve(incident: Incident) -> None:
    """Take an incident and resolve it."""
    person = make_agent()
    agent, now = acting(person), utcnow()
    take_incident(incident, actor=agent, person=person, now=now)
    categorise_incident(incident, actor=agent, category_id=make_category().id, now=now)
    resolve_incident(incident, actor=agent, resolution="Restarted it.", now=now)


@pytest.mark.parametrize(
    ("hours", "fields"),
    [
        ({"mon": "08:00-12:00, 11:00-13:00"}, {"mon"}),
        ({"mon": "9 to 5", "tue": "18:00-08:00"}, {"mon", "tue"}),
        ({"mon": "08:00-25:00"}, {"mon"}),
        ({"mon": "", "sun": "  "}, {"windows"}),
    ],
)
def test_hours_that_make_no_calendar_are_refused_beside_their_day(
    db: Any, hours: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        set_opening_hours(the_desk(), actor=boss(), hours=hours, nation=None, now=utcnow())
    assert set(refusal.value.messages) == fields


def test_two_windows_a_day_are_kept_and_shown_as_typed(db: Any) -> None:
    hours = {"mon": "08:00-12:00, 13:00-17:30", "sat": "10:00-24:00"}
    set_opening_hours(the_desk(), actor=boss(), hours=hours, nation=None, now=utcnow())
    db.session.flush()
    shown = hours_in_words(get_calendar(the_desk().id))
    assert {day: text for day, text in shown.items() if text} == hours
    assert read_hours(shown) == read_hours(hours)


def test_the_revision_grows_with_each_change_and_only_then(db: Any) -> None:
    calendar = get_calendar(the_desk().id)
    first = calendar.revision
    set_opening_hours(the_desk(), actor=boss(), hours=WEEK, nation="england-and-wales", now=utcnow())
    assert calendar.revision == first
    open_hours(db, WEEK | {"sat": "10:00-12:00"})
    assert get_calendar(the_desk().id).revision == first + 1
    assert calendar_of(the_desk().id).is_open(datetime(2026, 1, 17, 10, 30, tzinfo=UTC))


@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR_OFFICER, Role.AUDITOR])
def test_only_the_desks_administrator_sets_hours_and_policy(db: Any, role: Role) -> None:
    for person in (make_person(role), make_person(Role.ADMINISTRATOR, desk=make_desk())):
        actor, now = acting(person), utcnow()
        with pytest.raises(NotAllowed):
            set_opening_hours(the_desk(), actor=actor, hours=WEEK, nation=None, now=now)
        with pytest.raises(NotAllowed):
            add_closures(
                the_desk(), actor=actor, first_day=date(2026, 12, 24), last_day=None, name="X", now=now
            )
        with pytest.raises(NotAllowed):
            set_policy(the_desk(), actor=actor, target_seconds=HOUR, pauses_on=[], rungs=[], now=now)


def test_shorter_hours_move_what_is_open_but_no_closed_verdict(db: Any, monday: Any) -> None:
    opened, resolved = make_incident(), make_incident()
    assert opened.due_at == MONDAY_NINE + timedelta(hours=4)
    monday.move_to(MONDAY_NINE + timedelta(hours=1))
    resolve(resolved)
    before = {name: getattr(db.session.get(Clock, resolved.id), name) for name in ("due_at", "verdict")}
    open_hours(db, dict.fromkeys(WEEK, "08:00-10:30"))
    assert opened.due_at == datetime(2026, 1, 13, 10, 30, tzinfo=UTC)
    close_incident(resolved, actor=SYSTEM, now=utcnow())
    db.session.commit()
    clock = db.session.get(Clock, resolved.id)
    assert {name: getattr(clock, name) for name in before} == before
    assert clock.verdict == "met"


def test_a_closure_tomorrow_moves_due_times_there_and_back(db: Any, monday: Any) -> None:
    monday.move_to(MONDAY_NINE.replace(hour=17))
    incident = make_incident()
    assert incident.due_at == datetime(2026, 1, 13, 11, tzinfo=UTC)
    days = {"first_day": date(2026, 1, 13), "last_day": date(2026, 1, 14)}
    add_closures(the_desk(), actor=boss(), name="Flood", now=utcnow(), **days)
    follow_change(db)
    assert incident.due_at == datetime(2026, 1, 15, 11, tzinfo=UTC)
    for closure in list(get_calendar(the_desk().id).closures):
        remove_closure(the_desk(), closure.id, actor=boss(), now=utcnow())
    follow_change(db)
    assert incident.due_at == datetime(2026, 1, 13, 11, tzinfo=UTC)
    with pytest.raises(NotFound):
        remove_closure(the_desk(), 0, actor=boss(), now=utcnow())


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 25), None, "closed then already"),
        (date(2026, 12, 24), date(2026, 12, 23), "before the first"),
        (date(2026, 6, 1), date(2026, 8, 1), "at most 31 days"),
        (date(1999, 6, 1), None, "in the years"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(
    db: Any, first: date, last: date | None, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        add_closures(the_desk(), actor=boss(), first_day=first, last_day=last, name="Flood", now=utcnow())


def test_a_christmas_closure_passes_over_bank_holidays(db: Any) -> None:
    added = add_closures(
        the_desk(),
        actor=boss(),
        first_day=date(2026, 12, 24),
        last_day=date(2026, 12, 29),
        name="Christmas",
        now=utcnow(),
    )
    # Christmas Day is a Friday, Boxing Day has its substitute on Monday the 28th.
    assert [day.day for day in added] == [24, 26, 27, 29]


def test_a_step_that_was_told_is_not_told_again_by_a_new_ladder(db: Any, monday: Any) -> None:
    make_person(Role.TEAM_LEAD)
    incident = make_incident()
    first, second = list_ladder(incident.id)[:2]
    monday.move_to(MONDAY_NINE + timedelta(hours=2))
    escalate(first.id, utcnow())
    assert first.state == "told"
    rungs = [
        RungPlan(HOUR, Role.TEAM_LEAD, 600),
        RungPlan(5 * HOUR, Role.ADMINISTRATOR, 900),
        RungPlan(6 * HOUR, Role.ADMINISTRATOR, 900),
    ]
    set_policy(
        the_desk(), actor=boss(), target_seconds=8 * HOUR, pauses_on=["supplier"], rungs=rungs, now=utcnow()
    )
    follow_change(db)
    follow_change(db)
    rounds = [
        (step.position, step.state, step.due_at) for step in list_ladder(incident.id) if step.round == 1
    ]
    assert rounds == [
        (1, "told", MONDAY_NINE + timedelta(hours=2)),
        (2, "planned", MONDAY_NINE + timedelta(hours=5)),
        (3, "planned", MONDAY_NINE + timedelta(hours=6)),
    ]
    assert second.role == Role.ADMINISTRATOR
    assert incident.due_at == MONDAY_NINE + timedelta(hours=8)


def test_a_rung_taken_away_tells_nobody_and_can_come_back(db: Any, monday: Any) -> None:
    incident = make_incident()
    ladders = [RungPlan(HOUR, Role.TEAM_LEAD, 600), RungPlan(2 * HOUR, Role.SENIOR_OFFICER, 600)]
    for rungs, state in ((ladders[:1], "cancelled"), (ladders, "planned")):
        set_policy(the_desk(), actor=boss(), target_seconds=4 * HOUR, pauses_on=[], rungs=rungs, now=utcnow())
        follow_change(db)
        found = select(Escalation).where(Escalation.record_id == incident.id, Escalation.position == 2)
        step = db.session.scalars(found).one()
        armed = db.session.scalar(select(Timer.id).where(Timer.key == f"escalation:{step.id}"))
        assert (step.state, armed is not None) == (state, state == "planned")


@pytest.mark.parametrize(
    ("target", "rungs", "field"),
    [
        (0, [], "target_minutes"),
        (4 * HOUR, [RungPlan(4 * HOUR, Role.TEAM_LEAD, 600)], "after_1"),
        (4 * HOUR, [RungPlan(60, Role.AGENT, 600)], "role_1"),
        (4 * HOUR, [RungPlan(60, Role.TEAM_LEAD, 0)], "answer_1"),
        (4 * HOUR, [RungPlan(60, Role.TEAM_LEAD, 60), RungPlan(60, Role.TEAM_LEAD, 60)], "after_2"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(
    db: Any, target: int, rungs: list[RungPlan], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        set_policy(the_desk(), actor=boss(), target_seconds=target, pauses_on=[], rungs=rungs, now=utcnow())
    assert set(refusal.value.messages) == {field}


def test_the_work_is_handed_over_after_the_commit_and_again_if_nobody_reports(
    db: Any, queued: Callable[[str], Any], run_jobs: Callable[[str], None]
) -> None:
    incident = make_incident()
    incident_id, due_at = incident.id, incident.due_at
    set_opening_hours(the_desk(), actor=boss(), hours={"sun": "08:00-09:00"}, nation=None, now=utcnow())
    change = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert queued("background") == []
    db.session.commit()
    assert queued("background") == [(REDERIVE, (the_desk().id, 0, change.id))]
    start_again(change.id, utcnow())
    run_jobs("background")
    assert db.session.get(Incident, incident_id).due_at != due_at
    assert db.session.scalar(select(Timer.id).where(Timer.key.startswith("rederive:"))) is None
