"""Give roles and take them away: never beyond the giver's own scope."""

from datetime import datetime

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission, Role, require
from servicedesk.directory.models import Desk, Person, RoleAssignment, Team

TEAM_ROLES = frozenset({Role.AGENT, Role.TEAM_LEAD})
EVERYWHERE_ROLES = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


def give_role(
    person: Person, *, actor: Actor, role: Role, desk_id: int | None, team_id: int | None, now: datetime
) -> RoleAssignment:
    """Give a role in a team, at a desk or, with neither, everywhere."""
    if not person.is_active:
        raise RuleViolation(role=f"{person.name} is inactive. Make them active first.")
    team = _check_scope(role, desk_id, team_id)
    at_desk = team.desk_id if team else desk_id
    _require_over(actor, at_desk)
    same = select(RoleAssignment.id).where(
        RoleAssignment.person_id == person.id,
        RoleAssignment.role == role,
        RoleAssignment.desk_id.is_not_distinct_from(at_desk),
        RoleAssignment.team_id.is_not_distinct_from(team_id),
    )
    if db.session.scalar(same) is not None:
        raise RuleViolation(where=f"{person.name} holds this role there already.")
    assignment = RoleAssignment(person_id=person.id, role=role, desk_id=at_desk, team_id=team_id)
    db.session.add(assignment)
    db.session.flush()
    _write("role-assignment.given", assignment, actor, now)
    return assignment


def _check_scope(role: Role, desk_id: int | None, team_id: int | None) -> Team | None:
    """Return the team of a team role; raise RuleViolation where a role cannot be held."""
    words = role.replace("_", " ")
    if role is Role.REQUESTER:
        raise RuleViolation(role="Everybody is a requester; choose another role.")
    if role in TEAM_ROLES and team_id is None:
        raise RuleViolation(where=f"Choose the team of the {words}.")
    if role not in TEAM_ROLES and team_id is not None:
        raise RuleViolation(where=f"The role {words} is not held in a team; choose a desk.")
    if role not in TEAM_ROLES | EVERYWHERE_ROLES and desk_id is None:
        raise RuleViolation(where=f"Choose the desk of the {words}.")
    team = db.session.get(Team, team_id) if team_id is not None else None
    if team_id is not None and (team is None or not team.is_active):
        raise RuleViolation(where="Choose a team that is in use.")
    if team is not None and desk_id not in (None, team.desk_id):
        raise RuleViolation(where="The team is not a team of that desk.")
    if desk_id is not None and db.session.get(Desk, desk_id) is None:
        raise RuleViolation(where="Choose a desk.")
    return team


def take_role(assignment: RoleAssignment, *, actor: Actor, now: datetime) -> None:
    """Take a role away; nobody can take away their own last administrator role."""
    _require_over(actor, assignment.desk_id)
    if assignment.person_id == actor.person_id and assignment.role == Role.ADMINISTRATOR:
        _check_another(assignment)
    _write("role-assignment.taken", assignment, actor, now)
    db.session.delete(assignment)
    db.session.flush()


def _check_another(assignment: RoleAssignment) -> None:
    """Raise InvalidTransition unless the holder stays an administrator, and of everything if it is that."""
    others = select(RoleAssignment.id).where(
        RoleAssignment.person_id == assignment.person_id,
        RoleAssignment.role == Role.ADMINISTRATOR,
        RoleAssignment.id != assignment.id,
    )
    if assignment.desk_id is None or db.session.scalars(others).first() is None:
        raise InvalidTransition(
            "You cannot take away your own last administrator role. Ask another administrator."
        )


def _require_over(actor: Actor, desk_id: int | None) -> None:
    """Raise NotAllowed unless the actor administers the desk, or everything where there is no desk."""
    if desk_id is None:
        require(actor, Permission.ADMINISTRATION_EVERYTHING)
    else:
        require(actor, Permission.ADMINISTRATION_DESK, desk_id)


def _write(kind: str, assignment: RoleAssignment, actor: Actor, now: datetime) -> None:
    """Write who holds or held what where."""
    write_audit_event(
        kind, subject=assignment, actor=actor, at=now, role=assignment.role, desk=assignment.desk_id,
        team=assignment.team_id, person=assignment.person_id,
    )  # fmt: skip
