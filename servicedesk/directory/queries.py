"""Reads about people and where they belong."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.permissions import EVERYWHERE_ONLY, ROLE_PERMISSIONS, Actor, Permission, Role
from servicedesk.directory.models import (
    Desk,
    GroupRoute,
    Organisation,
    Person,
    RoleAssignment,
    Site,
    Team,
)


def get_person(person_id: int) -> Person:
    """Return one person; raise NotFound if there is none."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def find_person(person_id: int) -> Person | None:
    """Return one person, if there is one."""
    return db.session.get(Person, person_id)


def find_person_by_mail(mail: str) -> Person | None:
    """Return the person with that mail address, whatever its case."""
    return db.session.scalar(select(Person).where(func.lower(Person.mail) == mail.strip().lower()))


def list_people(typed: str = "") -> Select[Person]:
    """Return the query for active people whose name, mail or phone has every typed word in it."""
    query = select(Person).where(Person.is_active)
    for word in _words(typed):
        query = query.where(Person.search_text.contains(word, autoescape=True))
    return query.options(joinedload(Person.organisation), joinedload(Person.site), joinedload(Person.group))


def find_people(typed: str, limit: int = 10) -> Sequence[Person]:
    """Return the first people for what was typed, beginnings first; nobody for nothing."""
    words = _words(typed)
    if not words:
        return []
    starts = func.lower(Person.name).startswith(words[0], autoescape=True)
    ordered = list_people(typed).order_by(starts.desc(), func.lower(Person.name), Person.id)
    return db.session.scalars(ordered.limit(limit)).all()


def _words(typed: str) -> list[str]:
    """Return the words of what was typed; the database takes no NUL."""
    return typed.replace("\x00", " ").lower().split()


def searchable(name: str, mail: str, phone: str) -> str:
    """Return what a person can be found by: spaces in a phone number do not matter."""
    digits = "".join(char for char in phone if char.isdigit())
    return f"{name} {mail} {phone} {digits}".lower()


def actor_for(person: Person, scope: frozenset[Permission] | None = None) -> Actor:
    """Return the person as one who acts, with the rights of all their roles."""
    by_desk: dict[int, frozenset[Permission]] = defaultdict(frozenset)
    everywhere = ROLE_PERMISSIONS[Role.REQUESTER]
    team_ids, led = set(), set()
    for held in db.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person.id)):
        role = Role(held.role)
        if held.desk_id is None:
            everywhere |= ROLE_PERMISSIONS[role]
            if role is Role.ADMINISTRATOR:
                everywhere |= EVERYWHERE_ONLY
        else:
            by_desk[held.desk_id] |= ROLE_PERMISSIONS[role]
        if held.team_id is not None:
            team_ids.add(held.team_id)
            if role is Role.TEAM_LEAD:
                led.add(held.team_id)
    return Actor(
        person.id, person.name, everywhere, dict(by_desk), frozenset(team_ids), frozenset(led), scope
    )


def list_desks(ids: frozenset[int] | None = None) -> Sequence[Desk]:
    """Return active desks by name, all or only these."""
    query = select(Desk).where(Desk.is_active).order_by(Desk.id)
    return db.session.scalars(query if ids is None else query.where(Desk.id.in_(ids))).all()


def get_desk(desk_id: int) -> Desk:
    """Return one desk; raise NotFound if there is none."""
    desk = db.session.get(Desk, desk_id)
    if desk is None:
        raise NotFound("There is no such desk.")
    return desk


def list_teams(desk_id: int | None = None) -> Sequence[Team]:
    """Return active teams by desk and name."""
    query = select(Team).where(Team.is_active).order_by(Team.desk_id, Team.name)
    return db.session.scalars(query if desk_id is None else query.where(Team.desk_id == desk_id)).all()


def get_team(team_id: int) -> Team:
    """Return one team; raise NotFound if there is none."""
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def list_sites(organisation_id: int | None = None) -> Sequence[Site]:
    """Return active sites by organisation and name."""
    query = select(Site).where(Site.is_active).order_by(Site.organisation_id, Site.name)
    return db.session.scalars(
        query if organisation_id is None else query.where(Site.organisation_id == organisation_id)
    ).all()


def list_organisations() -> Sequence[Organisation]:
    """Return all organisations by name."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def list_agents(desk_id: int) -> Sequence[Person]:
    """Return the active people who can be given a desk's records, by name."""
    return list_holders(RoleAssignment.desk_id == desk_id, RoleAssignment.role.notin_([Role.AUDITOR]))


def list_holders(*conditions: ColumnElement[bool]) -> Sequence[Person]:
    """Return the active people whose role assignments meet the conditions, by name."""
    ids = select(RoleAssignment.person_id).where(*conditions)
    query = select(Person).where(Person.is_active, Person.id.in_(ids))
    return db.session.scalars(query.order_by(func.lower(Person.name), Person.id)).all()


def list_escalation_holders(role: Role, *, desk_id: int, team_id: int | None) -> Sequence[Person]:
    """Return who holds a role for a team or desk; administrators of the desk stand above its officers."""
    mine = RoleAssignment.team_id == team_id if role is Role.TEAM_LEAD else RoleAssignment.desk_id == desk_id
    return list_holders(RoleAssignment.role == role, mine)


def team_for(desk: Desk, requester: Person) -> int | None:
    """Return the team that first sees what a requester reports to a desk."""
    routed = None
    if requester.group_id is not None:
        route = db.session.get(GroupRoute, (requester.group_id, desk.id))
        routed = route.team_id if route else None
    return routed or desk.first_team_id
