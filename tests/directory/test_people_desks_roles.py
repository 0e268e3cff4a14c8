"""Who may change desks, teams, people and roles, and what is refused."""

from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition, NotAllowed, RuleViolation
from servicedesk.core.permissions import Permission, Role
from servicedesk.directory.desks import amend_desk, amend_team, create_desk, create_team
from servicedesk.directory.models import Desk, GroupRoute, Person, RoleAssignment, Team
from servicedesk.directory.people import (
    amend_person,
    create_person,
    deactivate_person,
    reactivate_person,
    set_first_password,
)
from servicedesk.directory.places import (
    amend_organisation,
    amend_site,
    create_organisation,
    create_person_group,
    create_site,
    rename_person_group,
    route_group,
)
from servicedesk.directory.queries import find_people, team_for
from servicedesk.directory.roles import give_role, take_role
from servicedesk.directory.sign_in import check_sign_in, find_session
from servicedesk.directory.tokens import create_token, find_token
from tests.factories import (
    acting,
    make_administrator,
    make_agent,
    make_desk,
    make_person,
    make_session_token,
    make_site,
    make_team,
    the_desk,
    the_organisation,
    the_team,
)

PASSWORD = "four plain short words"


def person_values(**given: Any) -> dict[str, Any]:
    return {
        "name": "Ada Fern",
        "mail": "ada.fern@example.test",
        "phone": "01279 1234",
        "job_title": "",
        "department": "Planning",
        "organisation_id": the_organisation().id,
        "site_id": None,
        "manager_mail": "",
        "group_id": None,
    } | given


def desk_values(desk: Desk, **given: Any) -> dict[str, Any]:
    return {
        "name": desk.name,
        "summary": "",
        "phone": "",
        "mail": "",
        "organisation_id": None,
        "first_team_id": desk.first_team_id,
        "close_after_days": 5,
        "reopen_within_days": 10,
    } | given


def kinds_of(db: Any, subject: Any) -> list[str]:
    found = select(AuditEvent.kind).where(
        AuditEvent.subject_type == subject.__tablename__, AuditEvent.subject_id == subject.id
    )
    return list(db.session.scalars(found.order_by(AuditEvent.id)))


def test_a_desk_administrator_changes_teams_of_their_own_desk_only(db: Any) -> None:
    boss, other = make_person(Role.ADMINISTRATOR), make_desk()
    team = create_team(the_desk(), actor=acting(boss), name="  Field   team ", now=utcnow())
    assert team.name == "Field team"
    amend_team(team, actor=acting(boss), name="Field", is_active=False, now=utcnow())
    assert kinds_of(db, team) == ["team.created", "team.amended"]
    with pytest.raises(NotAllowed):
        create_team(other, actor=acting(boss), name="Field", now=utcnow())


@pytest.mark.parametrize("role", [Role.AGENT, Role.TEAM_LEAD, Role.SENIOR_OFFICER, Role.AUDITOR])
def test_nobody_else_changes_teams_or_roles(db: Any, role: Role) -> None:
    actor = acting(make_person(role))
    with pytest.raises(NotAllowed):
        create_team(the_desk(), actor=actor, name="Field", now=utcnow())
    with pytest.raises(NotAllowed):
        give_role(
            make_person(), actor=actor, role=Role.AUDITOR, desk_id=the_desk().id, team_id=None, now=utcnow()
        )


def test_a_desk_administrator_changes_neither_places_nor_people(db: Any) -> None:
    actor, now = acting(make_person(Role.ADMINISTRATOR)), utcnow()
    refused = [
        lambda: create_organisation(actor=actor, name="A", short_name="A", now=now),
        lambda: amend_organisation(the_organisation(), actor=actor, name="A", short_name="A", now=now),
        lambda: create_site(
            actor=actor, organisation_id=the_organisation().id, name="A", address="", now=now
        ),
        lambda: amend_site(make_site(), actor=actor, name="A", address="", is_active=True, now=now),
        lambda: create_person_group(actor=actor, name="A", now=now),
        lambda: create_person(actor=actor, password="", now=now, **person_values()),
        lambda: amend_person(make_person(), actor=actor, now=now, **person_values()),
        lambda: deactivate_person(make_person(), actor=actor, now=now),
        lambda: set_first_password(make_person(), actor=actor, password=PASSWORD, now=now),
        lambda: amend_desk(the_desk(), actor=actor, now=now, **desk_values(the_desk())),
    ]
    for attempt in refused:
        with pytest.raises(NotAllowed):
            attempt()


def test_a_new_desk_has_a_first_team_and_a_name_of_its_own(db: Any) -> None:
    actor = acting(make_administrator())
    values = {"summary": "", "phone": "", "mail": "", "organisation_id": None, "now": utcnow()}
    desk = create_desk(actor=actor, name="Fleet & Plant", team_name="Garage", **values)
    assert desk.slug == "fleet-plant"
    assert db.session.get_one(Team, desk.first_team_id).name == "Garage"
    with pytest.raises(RuleViolation) as refusal:
        create_desk(actor=actor, name="FLEET & plant", team_name="Garage", **values)
    assert set(refusal.value.messages) == {"name"}


def test_a_desk_cannot_send_new_work_to_a_foreign_team(db: Any) -> None:
    actor, foreign = acting(make_administrator()), make_team(desk=make_desk())
    wrong = desk_values(the_desk(), first_team_id=foreign.id)
    with pytest.raises(RuleViolation, match="team of this desk"):
        amend_desk(the_desk(), actor=actor, now=utcnow(), **wrong)


def test_a_team_that_gets_new_work_stays_in_use(db: Any) -> None:
    actor, team = acting(make_administrator()), the_team()
    with pytest.raises(RuleViolation, match="first team"):
        amend_team(team, actor=actor, name=team.name, is_active=False, now=utcnow())


def test_a_group_is_answered_by_the_team_that_it_is_routed_to(db: Any) -> None:
    actor, support = acting(make_administrator()), make_team()
    group = create_person_group(actor=actor, name="Members", now=utcnow())
    member = make_person(group_id=group.id)
    route_group(group, the_desk(), actor=actor, team_id=support.id, now=utcnow())
    db.session.flush()
    assert team_for(the_desk(), member) == support.id
    with pytest.raises(RuleViolation, match="Change the route first"):
        amend_team(support, actor=actor, name=support.name, is_active=False, now=utcnow())
    route_group(group, the_desk(), actor=actor, team_id=None, now=utcnow())
    db.session.flush()
    assert team_for(the_desk(), member) == the_desk().first_team_id
    assert db.session.scalars(select(GroupRoute)).all() == []
    rename_person_group(group, actor=actor, name="Councillors", now=utcnow())
    assert kinds_of(db, group) == [
        "person-group.created",
        "group-route.set",
        "group-route.set",
        "person-group.amended",
    ]


def test_a_new_person_can_sign_in_and_be_found(db: Any) -> None:
    actor = acting(make_administrator())
    person = create_person(actor=actor, password=PASSWORD, now=utcnow(), **person_values())
    found = check_sign_in(mail="Ada.Fern@example.test", password=PASSWORD, address="127.0.0.1", now=utcnow())
    assert found is person
    assert find_people("012791234") == [person]
    amend_person(
        person, actor=actor, now=utcnow(), **person_values(name="Ada Birch", mail="ada.birch@example.test")
    )
    db.session.flush()
    assert find_people("birch") == [person]
    assert find_people("fern") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"mail": "ada"}, "mail"),
        ({"mail": "TAKEN@example.test"}, "mail"),
        ({"manager_mail": "nobody@example.test"}, "manager_mail"),
        ({"organisation_id": 0}, "organisation_id"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_beside_its_field(
    db: Any, given: dict[str, Any], field: str
) -> None:
    actor = acting(make_administrator(mail="taken@example.test"))
    with pytest.raises(RuleViolation) as refusal:
        create_person(actor=actor, password="", now=utcnow(), **person_values(**given))
    assert set(refusal.value.messages) == {field}


def test_nobody_is_their_own_manager_at_any_distance(db: Any) -> None:
    actor, head = acting(make_administrator()), make_person()
    officer = make_person(manager_id=head.id)
    values = person_values(mail=head.mail, manager_mail=officer.mail)
    with pytest.raises(RuleViolation, match="their own manager"):
        amend_person(head, actor=actor, now=utcnow(), **values)


def test_being_made_inactive_ends_sessions_and_tokens_for_good(db: Any) -> None:
    actor, agent = acting(make_administrator()), make_agent()
    session = make_session_token(agent)
    token = create_token(
        agent,
        actor=acting(agent),
        name="script",
        scopes=[Permission.INCIDENT_READ],
        expires_at=None,
        now=utcnow(),
    )
    deactivate_person(agent, actor=actor, now=utcnow())
    db.session.flush()
    assert find_session(session, utcnow()) is None
    assert find_token(token, utcnow()) is None
    reactivate_person(agent, actor=actor, now=utcnow())
    db.session.flush()
    assert find_session(session, utcnow()) is None
    assert find_token(token, utcnow()) is None
    assert db.session.get(Person, agent.id) is agent
    assert kinds_of(db, agent)[-2:] == ["person.deactivated", "person.reactivated"]


def test_a_first_password_signs_everybody_else_out(db: Any) -> None:
    actor, person = acting(make_administrator()), make_person()
    session = make_session_token(person)
    with pytest.raises(RuleViolation, match="at least 12"):
        set_first_password(person, actor=actor, password="short", now=utcnow())
    set_first_password(person, actor=actor, password=PASSWORD, now=utcnow())
    db.session.flush()
    assert find_session(session, utcnow()) is None
    assert check_sign_in(mail=person.mail, password=PASSWORD, address="127.0.0.1", now=utcnow()) is person


def test_nobody_makes_themselves_inactive(db: Any) -> None:
    boss = make_administrator()
    with pytest.raises(InvalidTransition, match="another administrator"):
        deactivate_person(boss, actor=acting(boss), now=utcnow())


def test_roles_are_given_within_ones_own_scope(db: Any) -> None:
    boss, person, other = make_person(Role.ADMINISTRATOR), make_person(), make_desk()
    team = the_team()
    give_role(person, actor=acting(boss), role=Role.AGENT, desk_id=None, team_id=team.id, now=utcnow())
    assert acting(person).may(Permission.INCIDENT_READ, the_desk().id)
    for role, desk_id, team_id in (
        (Role.ADMINISTRATOR, None, None),
        (Role.AUDITOR, None, None),
        (Role.AUDITOR, other.id, None),
        (Role.AGENT, None, other.first_team_id),
    ):
        with pytest.raises(NotAllowed):
            give_role(person, actor=acting(boss), role=role, desk_id=desk_id, team_id=team_id, now=utcnow())


@pytest.mark.parametrize(
    ("role", "at_desk", "in_team", "words"),
    [
        (Role.REQUESTER, True, False, "Everybody is a requester"),
        (Role.AGENT, True, False, "Choose the team"),
        (Role.TEAM_LEAD, False, False, "Choose the team"),
        (Role.SENIOR_OFFICER, False, False, "Choose the desk"),
        (Role.AUDITOR, True, True, "not held in a team"),
    ],
)
def test_a_role_is_held_where_it_makes_sense(
    db: Any, role: Role, at_desk: bool, in_team: bool, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        give_role(
            make_person(),
            actor=acting(make_administrator()),
            role=role,
            desk_id=the_desk().id if at_desk else None,
            team_id=the_team().id if in_team else None,
            now=utcnow(),
        )


def test_the_same_role_is_not_given_twice(db: Any) -> None:
    actor, agent = acting(make_administrator()), make_agent()
    with pytest.raises(RuleViolation, match="already"):
        give_role(agent, actor=actor, role=Role.AGENT, desk_id=None, team_id=the_team().id, now=utcnow())


def held(db: Any, person: Person) -> list[RoleAssignment]:
    return list(db.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person.id)))


def test_nobody_takes_away_their_own_last_administrator_role(db: Any) -> None:
    everything, at_desk = make_administrator(), make_person(Role.ADMINISTRATOR)
    for boss in (everything, at_desk):
        with pytest.raises(InvalidTransition, match="your own last"):
            take_role(held(db, boss)[0], actor=acting(boss), now=utcnow())
    take_role(held(db, at_desk)[0], actor=acting(everything), now=utcnow())
    assert held(db, at_desk) == []
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.kind, event.data["role"]) == ("role-assignment.taken", "administrator")


def test_a_desk_administrator_cannot_touch_the_administrator_of_everything(db: Any) -> None:
    everything, at_desk = make_administrator(), make_person(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        take_role(held(db, everything)[0], actor=acting(at_desk), now=utcnow())
