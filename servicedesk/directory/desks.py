"""Change the service desks and their teams."""

import re
from datetime import datetime

from sqlalchemy import func, select

from servicedesk.core.amending import amend, one_line
from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk, GroupRoute, Organisation, Team

MOST_DAYS = 90


def create_desk(
    *,
    actor: Actor,
    name: str,
    summary: str,
    phone: str,
    mail: str,
    organisation_id: int | None,
    team_name: str,
    now: datetime,
) -> Desk:
    """Add a desk with its first team, so that nothing reported to it is without an owner."""
    require(actor, Permission.ADMINISTRATION_EVERYTHING)
    values = _desk_values(name, summary, phone, mail, organisation_id, own_id=0)
    first = one_line(team_name, field="team_name", missing="Enter the name of the first team.")
    desk = Desk(slug=_free_slug(values["name"]), **values)
    db.session.add(desk)
    db.session.flush()
    write_audit_event("desk.created", subject=desk, actor=actor, at=now)
    desk.first_team_id = _add_team(desk, first, actor, now).id
    return desk


def amend_desk(
    desk: Desk,
    *,
    actor: Actor,
    name: str,
    summary: str,
    phone: str,
    mail: str,
    organisation_id: int | None,
    first_team_id: int,
    close_after_days: int,
    reopen_within_days: int,
    now: datetime,
) -> None:
    """Put right what is said of a desk, where new work arrives, and how long the resolved stays open."""
    require(actor, Permission.ADMINISTRATION_EVERYTHING)
    wanted = _desk_values(name, summary, phone, mail, organisation_id, own_id=desk.id)
    team = db.session.get(Team, first_team_id)
    if team is None or team.desk_id != desk.id or not team.is_active:
        raise RuleViolation(first_team_id="Choose a team of this desk.")
    days = {"close_after_days": close_after_days, "reopen_within_days": reopen_within_days}
    for field, value in days.items():
        if not 1 <= value <= MOST_DAYS:
            raise RuleViolation(**{field: f"Enter a number of working days from 1 to {MOST_DAYS}."})
    wanted |= {"first_team_id": first_team_id} | days
    amend(desk, "desk.amended", wanted, actor=actor, now=now)
    db.session.expire(desk, ["organisation"])


def _desk_values(
    name: str, summary: str, phone: str, mail: str, organisation_id: int | None, *, own_id: int
) -> dict[str, str | int | None]:
    """Return what is said of a desk, clean, with a name that no other desk has."""
    clean = one_line(name, field="name", missing="Enter the desk's name.")
    taken = select(Desk.id).where(func.lower(Desk.name) == clean.lower(), Desk.id != own_id)
    if db.session.scalar(taken) is not None:
        raise RuleViolation(name=f"There is a desk “{clean}” already.")
    if organisation_id is not None and db.session.get(Organisation, organisation_id) is None:
        raise RuleViolation(organisation_id="Choose an organisation, or both.")
    return {
        "name": clean,
        "summary": one_line(summary, field="summary", longest=300),
        "phone": one_line(phone, field="phone", longest=40),
        "mail": one_line(mail, field="mail", longest=254),
        "organisation_id": organisation_id,
    }


def _free_slug(name: object) -> str:
    """Return the name as it may stand in an address, with a number if somebody has it already."""
    plain = re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-") or "desk"
    taken = set(db.session.scalars(select(Desk.slug).where(Desk.slug.startswith(plain, autoescape=True))))
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (plain, *numbered) if slug not in taken)


def create_team(desk: Desk, *, actor: Actor, name: str, now: datetime) -> Team:
    """Add a team to a desk."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    return _add_team(desk, _free_team_name(desk.id, name, own_id=0), actor, now)


def _add_team(desk: Desk, name: str, actor: Actor, now: datetime) -> Team:
    """Write a team's row and its audit event."""
    team = Team(desk_id=desk.id, name=name)
    db.session.add(team)
    db.session.flush()
    write_audit_event("team.created", subject=team, actor=actor, at=now)
    return team


def amend_team(team: Team, *, actor: Actor, name: str, is_active: bool, now: datetime) -> None:
    """Rename a team, or take it out of use; what it still works on stays with the desk."""
    require(actor, Permission.ADMINISTRATION_DESK, team.desk_id)
    wanted = {"name": _free_team_name(team.desk_id, name, own_id=team.id), "is_active": is_active}
    if team.is_active and not is_active:
        _check_not_needed(team)
    amend(team, "team.amended", wanted, actor=actor, now=now)


def _free_team_name(desk_id: int, name: str, *, own_id: int) -> str:
    """Return a clean name that no other team of the desk has."""
    clean = one_line(name, field="name", missing="Enter the team's name.")
    taken = select(Team.id).where(
        Team.desk_id == desk_id, func.lower(Team.name) == clean.lower(), Team.id != own_id
    )
    if db.session.scalar(taken) is not None:
        raise RuleViolation(name=f"The desk has a team “{clean}” already.")
    return clean


def _check_not_needed(team: Team) -> None:
    """Raise RuleViolation while new work is still sent to a team."""
    if db.session.scalar(select(Desk.id).where(Desk.first_team_id == team.id)) is not None:
        raise RuleViolation(
            is_active="New work of the desk arrives at this team. Choose another first team first."
        )
    if db.session.scalar(select(GroupRoute.group_id).where(GroupRoute.team_id == team.id)) is not None:
        raise RuleViolation(is_active="A group of people is routed to this team. Change the route first.")
