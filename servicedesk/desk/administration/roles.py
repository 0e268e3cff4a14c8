"""Who holds which role where."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission, Role
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    Row,
    administered_desk,
    answer_form,
    answer_list,
    desk_tabs,
)
from servicedesk.directory import queries, roles
from servicedesk.directory.models import RoleAssignment
from servicedesk.directory.registers import get_assignment, list_assignments
from servicedesk.web.access import current_actor, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import DeskForm
from servicedesk.web.sign_in import local_target

ROLES = Listing(
    "Roles",
    (("person", "Person"), ("role", "Role"), ("where", "Where"), ("state", "Account")),
    "Give people a role on their own pages; search for them under People.",
)
GIVEN = {
    Role.AGENT: "Works on the records of a team.",
    Role.TEAM_LEAD: "An agent who is told first when a target comes near.",
    Role.SENIOR_OFFICER: "Works at the whole desk, and is told next.",
    Role.AUDITOR: "Reads everything there, changes nothing.",
    Role.ADMINISTRATOR: "Changes teams, categories, hours and roles.",
}
EVERYTHING = "everything"


class GiveRoleForm(DeskForm):
    """Which role somebody gets, and where."""

    role = RadioField(
        "Role",
        [InputRequired("Choose a role.")],
        choices=[choice(role.value, role.replace("_", " ").capitalize()) for role in GIVEN],
    )
    where = SelectField(
        "Where",
        [InputRequired("Choose where the role is held.")],
        description="Agents and team leads hold their role in a team, the others at a desk.",
    )


def assignment_rows(held: Iterable[RoleAssignment]) -> list[Row]:
    """Return roles that are held as rows of a list."""
    return [
        {
            "id": each.id,
            "person": each.person.name,
            "role": each.role_words,
            "where": scope_words(each),
            "state": "active" if each.person.is_active else "inactive",
            "url": url_for(".show_person", person_id=each.person_id),
        }
        for each in held
    ]


def scope_words(assignment: RoleAssignment) -> str:
    """Say where a role is held."""
    parts = [part.name for part in (assignment.desk, assignment.team) if part]
    return ", ".join(parts) or "everything"


@admin.route("/desks/<int:desk_id>/roles")
@requires(Permission.ADMINISTRATION_DESK)
def list_desk_roles(desk_id: int) -> ResponseReturnValue:
    """List who holds a role at a desk."""
    desk = administered_desk(desk_id)
    rows = assignment_rows(list_assignments(desks=frozenset({desk.id})))
    action = ("Find a person to give a role", url_for(".list_people"))
    return answer_list(ROLES, rows, action=action, tabs=desk_tabs(desk), desk=desk, takes_roles=True)


@admin.route("/people/<int:person_id>/roles/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def give_role(person_id: int) -> ResponseReturnValue:
    """Give a person a role."""
    person, form = queries.get_person(person_id), GiveRoleForm()
    form.where.choices = _places()
    back_url = url_for(".show_person", person_id=person.id)
    if form.accepted():
        with form.showing_rule_errors():
            desk_id, team_id = _scope(form.where.data)
            role = Role(form.role.data)
            roles.give_role(
                person, actor=current_actor(), role=role, desk_id=desk_id, team_id=team_id, now=utcnow()
            )
            flash(f"{person.name} has the role {role.replace('_', ' ')}.", "success")
            return redirect(back_url, 303)
    hints = {role.value: words for role, words in GIVEN.items()}
    title = f"Give {person.name} a role"
    return answer_form(form, title=title, back_url=back_url, submit="Give the role", hints=hints)


def _places() -> list[Any]:
    """Return every place at which the actor may give a role."""
    actor = current_actor()
    choices = [choice("", "Choose a place")]
    if actor.may(Permission.ADMINISTRATION_EVERYTHING):
        choices.append(choice(EVERYTHING, "Everything"))
    for desk in queries.list_desks(actor.desks_with(Permission.ADMINISTRATION_DESK)):
        choices.append(choice(f"desk-{desk.id}", desk.name))
        choices += [
            choice(f"team-{team.id}", f"{desk.name}, {team.name}") for team in queries.list_teams(desk.id)
        ]
    return choices


def _scope(where: str) -> tuple[int | None, int | None]:
    """Read a place as desk and team."""
    kind, _, number = where.partition("-")
    return (int(number) if kind == "desk" else None), (int(number) if kind == "team" else None)


@admin.post("/roles/<int:assignment_id>/take")
@requires(Permission.ADMINISTRATION_DESK)
def take_role(assignment_id: int) -> ResponseReturnValue:
    """Take a role away."""
    assignment = get_assignment(assignment_id, lock=True)
    name, role = assignment.person.name, assignment.role_words
    back_url = url_for(".show_person", person_id=assignment.person_id)
    roles.take_role(assignment, actor=current_actor(), now=utcnow())
    flash(f"{name} no longer has the role {role}.", "success")
    return redirect(local_target(request.form.get("next") or back_url), 303)
