"""Change where people belong: organisations, sites, and groups with a way of their own."""

from datetime import datetime

from sqlalchemy import func, select

from servicedesk.core.amending import amend, one_line
from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk, GroupRoute, Organisation, PersonGroup, Site, Team

EVERYTHING = Permission.ADMINISTRATION_EVERYTHING


def create_organisation(*, actor: Actor, name: str, short_name: str, now: datetime) -> Organisation:
    """Add a council that the service works for."""
    require(actor, EVERYTHING)
    organisation = Organisation(**_organisation_values(name, short_name, 0))
    db.session.add(organisation)
    db.session.flush()
    write_audit_event("organisation.created", subject=organisation, actor=actor, at=now)
    return organisation


def amend_organisation(
    organisation: Organisation, *, actor: Actor, name: str, short_name: str, now: datetime
) -> None:
    """Put right what an organisation is called."""
    require(actor, EVERYTHING)
    wanted = _organisation_values(name, short_name, organisation.id)
    amend(organisation, "organisation.amended", wanted, actor=actor, now=now)


def _organisation_values(name: str, short_name: str, own_id: int) -> dict[str, str]:
    """Return clean names that no other organisation has."""
    values = {
        "name": one_line(name, field="name", missing="Enter the organisation's name."),
        "short_name": one_line(
            short_name, field="short_name", missing="Enter a short name, such as EHC.", longest=12
        ),
    }
    for field, value in values.items():
        column = getattr(Organisation, field)
        taken = select(Organisation.id).where(func.lower(column) == value.lower(), Organisation.id != own_id)
        if db.session.scalar(taken) is not None:
            raise RuleViolation(**{field: f"There is an organisation “{value}” already."})
    return values


def create_site(*, actor: Actor, organisation_id: int, name: str, address: str, now: datetime) -> Site:
    """Add a building of an organisation."""
    require(actor, EVERYTHING)
    if db.session.get(Organisation, organisation_id) is None:
        raise RuleViolation(organisation_id="Choose an organisation.")
    site = Site(organisation_id=organisation_id, **_site_values(organisation_id, name, address, 0))
    db.session.add(site)
    db.session.flush()
    write_audit_event("site.created", subject=site, actor=actor, at=now)
    return site


def amend_site(site: Site, *, actor: Actor, name: str, address: str, is_active: bool, now: datetime) -> None:
    """Put right what is said of a building, or take it out of the choices; people keep it."""
    require(actor, EVERYTHING)
    wanted = _site_values(site.organisation_id, name, address, site.id) | {"is_active": is_active}
    amend(site, "site.amended", wanted, actor=actor, now=now)


def _site_values(organisation_id: int, name: str, address: str, own_id: int) -> dict[str, str | bool]:
    """Return a clean address, and a name that no other building of the organisation has."""
    clean = one_line(name, field="name", missing="Enter the building's name.")
    taken = select(Site.id).where(
        Site.organisation_id == organisation_id, func.lower(Site.name) == clean.lower(), Site.id != own_id
    )
    if db.session.scalar(taken) is not None:
        raise RuleViolation(name=f"The organisation has a building “{clean}” already.")
    return {"name": clean, "address": one_line(address, field="address", longest=300)}


def create_person_group(*, actor: Actor, name: str, now: datetime) -> PersonGroup:
    """Add a group of requesters that can be served in a way of its own."""
    require(actor, EVERYTHING)
    group = PersonGroup(name=_free_group_name(name, 0))
    db.session.add(group)
    db.session.flush()
    write_audit_event("person-group.created", subject=group, actor=actor, at=now)
    return group


def rename_person_group(group: PersonGroup, *, actor: Actor, name: str, now: datetime) -> None:
    """Give a group another name."""
    require(actor, EVERYTHING)
    wanted = {"name": _free_group_name(name, group.id)}
    amend(group, "person-group.amended", wanted, actor=actor, now=now)


def _free_group_name(name: str, own_id: int) -> str:
    """Return a clean name that no other group has."""
    clean = one_line(name, field="name", missing="Enter the group's name.")
    taken = select(PersonGroup.id).where(
        func.lower(PersonGroup.name) == clean.lower(), PersonGroup.id != own_id
    )
    if db.session.scalar(taken) is not None:
        raise RuleViolation(name=f"There is a group “{clean}” already.")
    return clean


def route_group(group: PersonGroup, desk: Desk, *, actor: Actor, team_id: int | None, now: datetime) -> None:
    """Say which team of a desk answers a group's people; without a team, the desk's first team does."""
    require(actor, EVERYTHING)
    team = db.session.get(Team, team_id) if team_id is not None else None
    if team_id is not None and (team is None or team.desk_id != desk.id or not team.is_active):
        raise RuleViolation(**{f"desk_{desk.id}": f"Choose a team of {desk.name}."})
    route = db.session.get(GroupRoute, (group.id, desk.id), with_for_update=True)
    if (route.team_id if route else None) == team_id:
        return
    if route is not None and team_id is None:
        db.session.delete(route)
    elif route is not None and team_id is not None:
        route.team_id = team_id
    elif team_id is not None:
        db.session.add(GroupRoute(group_id=group.id, desk_id=desk.id, team_id=team_id))
    write_audit_event("group-route.set", subject=group, actor=actor, at=now, desk=desk.id, team=team_id)
