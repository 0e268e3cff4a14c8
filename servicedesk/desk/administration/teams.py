"""The teams of a desk."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission, require
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    administered_desk,
    answer_form,
    answer_list,
    desk_tabs,
)
from servicedesk.desk.administration.roles import assignment_rows
from servicedesk.directory import desks
from servicedesk.directory.models import RoleAssignment, Team
from servicedesk.directory.queries import get_team
from servicedesk.directory.registers import count_members, list_all_teams, list_assignments
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

TEAMS = Listing(
    "Teams",
    (("name", "Name"), ("members", "Active people"), ("place", "New work"), ("state", "State")),
    "A desk's teams share its work between them.",
    numeric=frozenset({"members"}),
)


class CreateTeamForm(DeskForm):
    """A new team."""

    name = StringField("Name", [InputRequired("Enter the team's name.")])


class AmendTeamForm(CreateTeamForm):
    """What a team is called, and whether it is in use."""

    is_active = BooleanField("In use: work can be given to it")


@admin.route("/desks/<int:desk_id>/teams")
@requires(Permission.ADMINISTRATION_DESK)
def list_teams(desk_id: int) -> ResponseReturnValue:
    """List the teams of a desk."""
    desk = administered_desk(desk_id)
    counts = count_members(desk.id)
    rows = [
        {
            "name": team.name,
            "members": counts.get(team.id, 0),
            "place": "arrives here" if team.id == desk.first_team_id else "",
            "state": "in use" if team.is_active else "out of use",
            "url": url_for(".show_team", team_id=team.id),
        }
        for team in list_all_teams(desk.id)
    ]
    action = ("Add a team", url_for(".create_team", desk_id=desk.id))
    return answer_list(TEAMS, rows, action=action, tabs=desk_tabs(desk), desk=desk)


@admin.route("/desks/<int:desk_id>/teams/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def create_team(desk_id: int) -> ResponseReturnValue:
    """Add a team to a desk."""
    desk, form = administered_desk(desk_id), CreateTeamForm()
    back_url = url_for(".list_teams", desk_id=desk.id)
    if form.accepted():
        with form.showing_rule_errors():
            desks.create_team(desk, actor=current_actor(), now=utcnow(), **form.values)
            flash("The team is added.", "success")
            return redirect(back_url, 303)
    return answer_form(form, title=f"Add a team to {desk.name}", back_url=back_url)


@admin.route("/teams/<int:team_id>")
@requires(Permission.ADMINISTRATION_DESK)
def show_team(team_id: int) -> ResponseReturnValue:
    """Show a team and its people."""
    team = _load(team_id)
    people = list_assignments(RoleAssignment.team_id == team.id, desks=None)
    return render_template(
        "desk/administration/team.html", team=team, desk=team.desk, rows=assignment_rows(people)
    )


@admin.route("/teams/<int:team_id>/amend", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def amend_team(team_id: int) -> ResponseReturnValue:
    """Rename a team or take it out of use."""
    team = _load(team_id)
    form = AmendTeamForm(obj=team)
    back_url = url_for(".show_team", team_id=team.id)
    if form.accepted():
        with form.showing_rule_errors():
            desks.amend_team(team, actor=current_actor(), now=utcnow(), **form.values)
            flash("The team is changed.", "success")
            return redirect(back_url, 303)
    title = f"Change {team.name}"
    return answer_form(form, title=title, back_url=back_url)


def _load(team_id: int) -> Team:
    """Return a team of a desk that the actor administers."""
    team = get_team(team_id)
    require(current_actor(), Permission.ADMINISTRATION_DESK, team.desk_id)
    return team
