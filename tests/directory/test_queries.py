"""Who somebody is, what they may do, and how they are found."""

from typing import Any

import pytest

from servicedesk.core.permissions import Permission, Role
from servicedesk.directory.models import GroupRoute, PersonGroup
from servicedesk.directory.queries import (
    actor_for,
    find_people,
    list_agents,
    list_escalation_holders,
    team_for,
)
from tests.factories import (
    acting,
    give_role,
    make_administrator,
    make_agent,
    make_desk,
    make_person,
    make_team,
    the_desk,
    the_team,
)


@pytest.mark.parametrize(
    "typed",
    ["zoë", "MARTÍN", "tín-ba", "zoe.m@", "example.test zoë", "441279", "01279 55",
     "5512", "martín 5512"]
)  # fmt: skip
def test_people_are_found_by_any_part_of_name_mail_or_phone(db: Any, typed: str) -> None:
    wanted = make_person(
        name="Zoë Martín-Barr", mail="zoe.m@example.test", phone="+441279 555 5512 01279 5512"
    )
    make_person(name="Somebody Else", mail="else@elsewhere.test", phone="020 0000")
    assert list(find_people(typed)) == [wanted]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "zoë else", "' OR 1=1", "else\x00zoë"])
def test_signs_with_a_meaning_of_their_own_find_nobody(db: Any, typed: str) -> None:
    make_person(name="Zoë", mail="zoe@example.test", phone="1")
    assert list(find_people(typed)) == []


def test_those_who_begin_so_come_first_and_those_who_left_not_at_all(db: Any) -> None:
    inside, begins = make_person(name="Joanna Sand"), make_person(name="Sandra Jo")
    make_person(name="Sandy Gone", is_active=False)
    assert list(find_people("sand")) == [begins, inside]


def test_everybody_is_a_requester_everywhere(db: Any) -> None:
    actor = acting(make_person())
    assert actor.may(Permission.PORTAL_USE)
    assert not actor.may(Permission.INCIDENT_READ)
    assert actor.desks_with(Permission.INCIDENT_READ) == frozenset()


def test_roles_add_up_each_at_its_own_desk(db: Any) -> None:
    here, there = make_desk(), make_desk()
    person = make_agent(here)
    give_role(person, Role.TEAM_LEAD, desk=there)
    actor = acting(person)
    assert actor.desks_with(Permission.INCIDENT_RESOLVE) == {here.id, there.id}
    assert actor.desks_with(Permission.ESCALATION_ACKNOWLEDGE) == {there.id}
    assert actor.team_ids == {the_team(here).id, the_team(there).id}
    assert actor.led_team_ids == {the_team(there).id}


def test_an_auditor_reads_and_changes_nothing(db: Any) -> None:
    actor = acting(make_person(Role.AUDITOR))
    held = {permission for permission in Permission if actor.may(permission, the_desk().id)}
    reading = {permission for permission in held if permission.endswith(":read")}
    assert reading >= {Permission.INCIDENT_READ, Permission.AUDIT_READ}
    assert held - reading == {Permission.PORTAL_USE, Permission.INCIDENT_REPORT, Permission.INCIDENT_FOLLOW}


def test_only_who_administers_everything_administers_everything(db: Any) -> None:
    of_a_desk, of_all = acting(make_person(Role.ADMINISTRATOR)), acting(make_administrator())
    assert of_a_desk.may(Permission.ADMINISTRATION_DESK, the_desk().id)
    assert not of_a_desk.may(Permission.ADMINISTRATION_DESK, make_desk().id)
    assert not of_a_desk.may(Permission.ADMINISTRATION_EVERYTHING)
    assert of_all.may(Permission.ADMINISTRATION_EVERYTHING)
    assert of_all.desks_with(Permission.INCIDENT_RESOLVE) is None


def test_a_tokens_scope_narrows_who_acts(db: Any) -> None:
    agent = make_agent()
    actor = actor_for(agent, frozenset({Permission.INCIDENT_READ}))
    assert actor.may(Permission.INCIDENT_READ, the_desk().id)
    assert not actor.may(Permission.INCIDENT_RESOLVE, the_desk().id)


def test_a_group_with_a_route_is_answered_by_its_own_team(db: Any) -> None:
    members, own_team = PersonGroup(name="Members"), make_team()
    db.session.add(members)
    db.session.flush()
    db.session.add(GroupRoute(group_id=members.id, desk_id=the_desk().id, team_id=own_team.id))
    assert team_for(the_desk(), make_person(group_id=members.id)) == own_team.id
    assert team_for(the_desk(), make_person()) == the_team().id
    assert team_for(make_desk(), make_person(group_id=members.id)) != own_team.id


def test_who_can_be_given_work_and_who_can_be_told(db: Any) -> None:
    agent, lead, officer = make_agent(), make_person(Role.TEAM_LEAD), make_person(Role.SENIOR_OFFICER)
    make_person(Role.AUDITOR)
    other_lead = make_person(Role.TEAM_LEAD, team=make_team())
    assert set(list_agents(the_desk().id)) == {agent, lead, officer, other_lead}
    at = {"desk_id": the_desk().id, "team_id": the_team().id}
    assert list(list_escalation_holders(Role.TEAM_LEAD, **at)) == [lead]
    assert list(list_escalation_holders(Role.SENIOR_OFFICER, **at)) == [officer]
