"""Logging and describing incidents: for whom, by whom, where and how urgent."""

from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed, RuleViolation
from servicedesk.directory.models import GroupRoute, Person, PersonGroup
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import categorise_incident, log_incident, prioritise_incident
from servicedesk.incidents.priority import DEFAULT_MATRIX
from tests.factories import (
    acting,
    make_agent,
    make_category,
    make_desk,
    make_incident,
    make_person,
    make_site,
    make_team,
    the_desk,
    the_team,
)


def log(by: Person, requester: Person | None = None, **given: Any) -> Incident:
    values = {
        "desk": the_desk(), "requester": requester or by, "title": "No mail",
        "description": "Outlook stays empty.",
        "impact": 2, "urgency": 2, "channel": "portal", "now": utcnow(),
    } | given  # fmt: skip
    return log_incident(actor=acting(by), **values)


def test_a_requester_reports_for_themselves(db: Any) -> None:
    home = make_site()
    person = make_person(site_id=home.id)
    incident = log(person)
    assert (incident.requester_id, incident.reporter_id) == (person.id, None)
    assert (incident.organisation_id, incident.site_id) == (person.organisation_id, home.id)
    assert (incident.state, incident.is_open, incident.team_id) == ("new", True, the_team().id)


def test_a_colleague_or_an_agent_is_kept_as_who_reported_it(db: Any) -> None:
    person, colleague, agent = make_person(), make_person(), make_agent()
    assert log(colleague, person).reporter_id == colleague.id
    assert log(agent, person, channel="phone", description="").reporter_id == agent.id


def test_members_are_answered_by_their_own_team(db: Any) -> None:
    group, team = PersonGroup(name="Members"), make_team()
    db.session.add(group)
    db.session.flush()
    db.session.add(GroupRoute(group_id=group.id, desk_id=the_desk().id, team_id=team.id))
    assert log(make_person(group_id=group.id)).team_id == team.id


def test_only_agents_of_the_desk_choose_the_team(db: Any) -> None:
    team = make_team()
    assert log(make_agent(), team_id=team.id).team_id == team.id
    for outsider in (make_person(), make_agent(make_desk())):
        with pytest.raises(NotAllowed):
            log(outsider, team_id=team.id)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("title", {"title": "  \n "}),
        ("title", {"title": "x" * 201}),
        ("description", {"description": "x" * 100_000}),
        ("impact", {"impact": 0}),
        ("urgency", {"urgency": 4}),
        ("channel", {"channel": "pigeon"}),
        ("contact_by", {"contact_by": "pigeon"}),
        ("category_id", {"category_id": 10**9}),
        ("site_id", {"site_id": 10**9}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(db: Any, field: str, given: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation) as refusal:
        log(make_person(), **given)
    assert list(refusal.value.messages) == [field]


def test_another_desks_category_is_refused(db: Any) -> None:
    with pytest.raises(RuleViolation, match="category of this desk"):
        log(make_person(), category_id=make_category(make_desk()).id)
    with pytest.raises(RuleViolation, match="category of this desk"):
        categorise_incident(
            make_incident(),
            actor=acting(make_agent()),
            category_id=make_category(is_active=False).id,
            now=utcnow(),
        )


def test_the_title_is_one_line_and_odd_signs_are_kept_as_they_are(db: Any) -> None:
    incident = log(make_person(), title="  Zoë's\r\n\tmail 🐿  <b>‮", description="'; DROP TABLE record; --")
    assert incident.title == "Zoë's mail 🐿 <b>‮"
    assert incident.description == "'; DROP TABLE record; --"


@pytest.mark.parametrize(("levels", "priority"), DEFAULT_MATRIX.items())
def test_the_matrix_gives_the_priority(db: Any, levels: tuple[int, int], priority: int) -> None:
    incident = make_incident(impact=3, urgency=3)
    prioritise_incident(
        incident, actor=acting(make_agent()), impact=levels[0], urgency=levels[1], now=utcnow()
    )
    assert incident.priority == priority


def test_an_override_needs_a_reason_and_goes_with_the_next_choice(db: Any) -> None:
    incident, agent = make_incident(), acting(make_agent())
    with pytest.raises(RuleViolation, match="The matrix gives P3. Say why it should be P1"):
        prioritise_incident(incident, actor=agent, impact=2, urgency=2, priority=1, now=utcnow())
    assert incident.priority == 3
    prioritise_incident(
        incident, actor=agent, impact=2, urgency=2, priority=1, reason="Election day", now=utcnow()
    )
    assert (incident.priority, incident.priority_reason) == (1, "Election day")
    prioritise_incident(incident, actor=agent, impact=2, urgency=1, now=utcnow())
    assert (incident.priority, incident.priority_reason) == (2, None)


def test_a_requester_sets_no_priority(db: Any) -> None:
    person = make_person()
    with pytest.raises(NotAllowed):
        prioritise_incident(log(person), actor=acting(person), impact=1, urgency=1, now=utcnow())
