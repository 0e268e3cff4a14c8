"""The people of the demo: requesters with managers and departments, Members, and the desks' own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from servicedesk.core.db import db
from servicedesk.core.permissions import Role
from servicedesk.demo.names import draw_names
from servicedesk.demo.organisation import DEPARTMENTS, JOBS, MEMBERS, ORGANISATIONS, DeskPlan
from servicedesk.directory.models import Desk, Organisation, Person, PersonGroup, RoleAssignment, Site, Team
from servicedesk.directory.queries import searchable

SEED = 20_15
REQUESTERS = 1_500
MEMBERS_COUNT = 90


@dataclass(slots=True)
class Crowd:
    """Makes people one after the other; the same seed always makes the same ones."""

    organisations: dict[str, Organisation]
    sites: dict[str, list[Site]]
    names: Iterator[str] = field(default_factory=lambda: draw_names(SEED))
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    made: int = 0

    def person(self, council: str, mail: str | None = None, **given: Any) -> Person:
        """Make one person of a council."""
        self.made += 1
        name = next(self.names)
        address = mail or f"{name.lower().replace(' ', '.')}@{ORGANISATIONS[council][1]}"
        phone = f"{'01279' if council == 'EHC' else '01438'} {500000 + self.made:06d}"
        return Person(
            name=name,
            mail=address,
            phone=phone,
            organisation_id=self.organisations[council].id,
            site_id=self.chance.choice(self.sites[council]).id,
            search_text=searchable(name, address, phone),
            **given,
        )


def make_requesters(crowd: Crowd, members: PersonGroup) -> list[Person]:
    """Make 1,500 requesters: for each council and department a head and their staff, and the Members."""
    people: list[Person] = []
    staff = REQUESTERS - MEMBERS_COUNT
    for number in range(staff):
        council = "EHC" if number % 2 == 0 else "SBC"
        department = DEPARTMENTS[(number // 2) % len(DEPARTMENTS)]
        is_head = number < 2 * len(DEPARTMENTS)
        title = f"Head of {department}" if is_head else f"{department} {crowd.chance.choice(JOBS)}"
        people.append(crowd.person(council, department=department, job_title=title))
    for number in range(MEMBERS_COUNT):
        council = "EHC" if number % 5 < 3 else "SBC"
        people.append(crowd.person(council, department=MEMBERS, job_title="Councillor", group_id=members.id))
    db.session.add_all(people)
    db.session.flush()
    _give_managers(people[:staff])
    return people


def _give_managers(staff: list[Person]) -> None:
    """Let the head of each department manage its people; the heads of Finance manage the other heads."""
    heads = {
        (person.organisation_id, person.department): person
        for person in staff
        if person.job_title.startswith("Head")
    }
    for person in staff:
        head = heads[(person.organisation_id, person.department)]
        chief = heads[(person.organisation_id, "Finance")]
        boss = head if person is not head else chief
        person.manager_id = boss.id if boss is not person else None


def make_desk_staff(crowd: Crowd, plan: DeskPlan, desk: Desk, teams: list[Team]) -> dict[Role, list[Person]]:
    """Make a desk's agents, a lead for each team, its senior officers and its administrator."""
    made: dict[Role, list[Person]] = {}
    for role, count in (
        (Role.AGENT, plan.agents),
        (Role.TEAM_LEAD, len(teams)),
        (Role.SENIOR_OFFICER, 2 if len(teams) > 2 else 1),
        (Role.ADMINISTRATOR, 1),
    ):
        made[role] = [_worker(crowd, plan, role, number) for number in range(count)]
        db.session.add_all(made[role])
        db.session.flush()
        for number, person in enumerate(made[role]):
            in_team = role in (Role.AGENT, Role.TEAM_LEAD)
            team_id = teams[number % len(teams)].id if in_team else None
            db.session.add(RoleAssignment(person_id=person.id, role=role, desk_id=desk.id, team_id=team_id))
    return made


def _worker(crowd: Crowd, plan: DeskPlan, role: Role, number: int) -> Person:
    """Make one person who works at a desk; the first of each role can sign in to the demo."""
    council = plan.organisation or ("EHC" if number % 2 == 0 else "SBC")
    mail = f"{plan.short}.{role.replace('_', '-')}@demo.example" if number == 0 else None
    title = f"{plan.name} {role.replace('_', ' ')}"
    return crowd.person(council, mail, department=plan.name, job_title=title[0].upper() + title[1:])
