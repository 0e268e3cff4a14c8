"""The desks."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    administered_desk,
    answer_form,
    answer_list,
    choices_of,
    desk_tabs,
    optional_id,
)
from servicedesk.directory import desks, queries
from servicedesk.directory.registers import count_agents, list_all_desks
from servicedesk.service_levels.queries import find_calendar, find_policy
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

DESKS = Listing(
    "Desks",
    (("name", "Name"), ("organisation", "Works for"), ("phone", "Telephone"), ("people", "People")),
    "Each service desk stands here.",
    numeric=frozenset({"people"}),
)
BOTH = "every organisation"


class CreateDeskForm(DeskForm):
    """A new desk."""

    name = StringField("Name", [InputRequired("Enter the desk's name.")])
    summary = StringField("What it looks after", description="One sentence; the portal shows it.")
    phone = StringField("Telephone")
    mail = StringField("E-mail address")
    organisation_id = SelectField("Works for", coerce=optional_id)
    team_name = StringField(
        "First team",
        [InputRequired("Enter the name of the first team.")],
        description="New work arrives at this team.",
    )


class AmendDeskForm(DeskForm):
    """What is said of a desk, and how it works."""

    name = StringField("Name", [InputRequired("Enter the desk's name.")])
    summary = StringField("What it looks after", description="One sentence; the portal shows it.")
    phone = StringField("Telephone")
    mail = StringField("E-mail address")
    organisation_id = SelectField("Works for", coerce=optional_id)
    first_team_id = SelectField("New work arrives at", coerce=int)
    close_after_days = IntegerField(
        "Close what is resolved after (working days)", [InputRequired("Enter a number of working days.")]
    )
    reopen_within_days = IntegerField(
        "Let requesters reopen within (working days)", [InputRequired("Enter a number of working days.")]
    )


@admin.route("/desks")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_desks() -> ResponseReturnValue:
    """List the desks."""
    agents = count_agents()
    rows = [
        {
            "name": desk.name,
            "organisation": desk.organisation.name if desk.organisation else BOTH,
            "phone": desk.phone,
            "people": agents.get(desk.id, 0),
            "url": url_for(".show_desk", desk_id=desk.id),
        }
        for desk in list_all_desks()
    ]
    return answer_list(DESKS, rows, action=("Add a desk", url_for(".create_desk")))


@admin.route("/desks/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def create_desk() -> ResponseReturnValue:
    """Add a desk."""
    form = CreateDeskForm()
    form.organisation_id.choices = choices_of(queries.list_organisations(), none=BOTH)
    if form.accepted():
        with form.showing_rule_errors():
            desk = desks.create_desk(actor=current_actor(), now=utcnow(), **form.values)
            flash("The desk is added. Set its opening hours next: without them it has no clock.", "success")
            return redirect(url_for(".set_opening_hours", desk_id=desk.id), 303)
    return answer_form(form, title="Add a desk", back_url=url_for(".list_desks"))


@admin.route("/desks/<int:desk_id>")
@requires(Permission.ADMINISTRATION_DESK)
def show_desk(desk_id: int) -> ResponseReturnValue:
    """Show a desk and the ways to what can be changed at it."""
    desk = administered_desk(desk_id)
    return render_template(
        "desk/administration/desk.html",
        desk=desk,
        tabs=desk_tabs(desk),
        first_team=queries.get_team(desk.first_team_id) if desk.first_team_id else None,
        has_hours=find_calendar(desk.id) is not None,
        has_policy=find_policy(desk.id) is not None,
        may_amend=current_actor().may(Permission.ADMINISTRATION_EVERYTHING),
    )


@admin.route("/desks/<int:desk_id>/amend", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def amend_desk(desk_id: int) -> ResponseReturnValue:
    """Change what is said of a desk."""
    desk = queries.get_desk(desk_id)
    form = AmendDeskForm(obj=desk)
    form.organisation_id.choices = choices_of(queries.list_organisations(), none=BOTH)
    form.first_team_id.choices = choices_of(queries.list_teams(desk.id))
    back_url = url_for(".show_desk", desk_id=desk.id)
    if form.accepted():
        with form.showing_rule_errors():
            desks.amend_desk(desk, actor=current_actor(), now=utcnow(), **form.values)
            flash("The desk is changed.", "success")
            return redirect(back_url, 303)
    return answer_form(form, title=f"Change {desk.name}", back_url=back_url)
