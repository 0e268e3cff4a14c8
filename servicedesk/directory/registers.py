"""Reads for those who administer: everything there is, in use or not."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from servicedesk.core.db import db
from servicedesk.core.errors import NotFound
from servicedesk.core.permissions import Role
from servicedesk.directory.models import (
    Desk,
    GroupRoute,
    Organisation,
    Person,
    PersonGroup,
    RoleAssignment,
    Site,
    Team,
)

_ROLE_ORDER = {role: place for place, role in enumerate(Role)}


def get_organisation(organisation_id: int, *, lock: bool = False) -> Organisation:
    """Return one organisation; raise NotFound if there is none."""
    organisation = db.session.get(Organisation, organisation_id, with_for_update=lock or None)
    if organisation is None:
        raise NotFound("There is no such organisation.")
    return organisation


def get_site(site_id: int, *, lock: bool = False) -> Site:
    """Return one site; raise NotFound if there is none."""
    site = db.session.get(Site, site_id, with_for_update=lock or None)
    if site is None:
        raise NotFound("There is no such site.")
    return site


def get_group(group_id: int, *, lock: bool = False) -> PersonGroup:
    """Return one group of people; raise NotFound if there is none."""
    group = db.session.get(PersonGroup, group_id, with_for_update=lock or None)
    if group is None:
        raise NotFound("There is no such group.")
    return group


def get_assignment(assignment_id: int, *, lock: bool = False) -> RoleAssignment:
    """Return one role that somebody holds; raise NotFound if there is none."""
    assignment = db.session.get(RoleAssignment, assignment_id, with_for_update=lock or None)
    if assignment is None:
        raise NotFound("There is no such role; somebody may have taken it away already.")
    return assignment


def list_all_sites() -> Sequence[Site]:
    """Return every site by organisation and name."""
    query = select(Site).join(Organisation).order_by(Organisation.name, Site.name)
    return db.session.scalars(query.options(joinedload(Site.organisation))).all()


def list_all_teams(desk_id: int) -> Sequence[Team]:
    """Return every team of a desk by name."""
    return db.session.scalars(select(Team).where(Team.desk_id == desk_id).order_by(Team.name)).all()


def count_members(desk_id: int) -> dict[int, int]:
    """Return how many active people each team of a desk has."""
    query = (
        select(RoleAssignment.team_id, func.count(func.distinct(RoleAssignment.person_id)))
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.desk_id == desk_id, RoleAssignment.team_id.is_not(None), Person.is_active)
        .group_by(RoleAssignment.team_id)
    )
    return {team_id: count for team_id, count in db.session.execute(query) if team_id is not None}


def list_groups() -> Sequence[PersonGroup]:
    """Return every group of people by name."""
    return db.session.scalars(select(PersonGroup).order_by(PersonGroup.name)).all()


def count_group_members() -> dict[int, int]:
    """Return how many active people each group has."""
    query = select(Person.group_id, func.count()).where(Person.is_active, Person.group_id.is_not(None))
    return {
        group_id: count
        for group_id, count in db.session.execute(query.group_by(Person.group_id))
        if group_id is not None
    }


def routes_of(group_id: int) -> dict[int, int]:
    """Return the team that answers a group at each desk that has a way of its own for it: desk → team."""
    routes = db.session.scalars(select(GroupRoute).where(GroupRoute.group_id == group_id))
    return {route.desk_id: route.team_id for route in routes}


def list_assignments(*conditions: ColumnElement[bool], desks: frozenset[int] | None) -> list[RoleAssignment]:
    """Return roles that are held, by role and name; only those at these desks unless None is given."""
    query = select(RoleAssignment).where(*conditions)
    if desks is not None:
        query = query.where(RoleAssignment.desk_id.in_(desks))
    people = (
        joinedload(RoleAssignment.person),
        joinedload(RoleAssignment.desk),
        joinedload(RoleAssignment.team),
    )
    held = db.session.scalars(query.options(*people)).all()
    return sorted(held, key=lambda one: (_ROLE_ORDER[Role(one.role)], one.person.name.lower(), one.id))


def select_people(typed: str, *, inactive: bool) -> Select[Person]:
    """Return the query for people who have every typed word in name, mail, phone or department."""
    query = select(Person).options(joinedload(Person.organisation), joinedload(Person.group))
    if not inactive:
        query = query.where(Person.is_active)
    for word in typed.lower().split():
        named = Person.search_text.contains(word, autoescape=True)
        query = query.where(or_(named, func.lower(Person.department).contains(word, autoescape=True)))
    return query


def count_agents() -> dict[int, int]:
    """Return how many active people hold a role at each desk."""
    query = (
        select(RoleAssignment.desk_id, func.count(func.distinct(RoleAssignment.person_id)))
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.desk_id.is_not(None), Person.is_active)
        .group_by(RoleAssignment.desk_id)
    )
    return {desk_id: count for desk_id, count in db.session.execute(query) if desk_id is not None}


def count_everything() -> dict[str, int]:
    """Return how many there are of what administrators look after."""
    counts = {
        "organisations": select(func.count()).select_from(Organisation),
        "sites": select(func.count()).select_from(Site).where(Site.is_active),
        "desks": select(func.count()).select_from(Desk).where(Desk.is_active),
        "people": select(func.count()).select_from(Person).where(Person.is_active),
        "groups": select(func.count()).select_from(PersonGroup),
    }
    return {name: db.session.scalar(query) or 0 for name, query in counts.items()}


def list_all_desks() -> Sequence[Desk]:
    """Return every desk by name."""
    return db.session.scalars(select(Desk).order_by(Desk.name).options(joinedload(Desk.organisation))).all()
