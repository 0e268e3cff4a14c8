"""Groups of people, and the teams that answer them."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    answer_form,
    answer_list,
    choices_of,
    optional_id,
)
from servicedesk.directory import places, registers
from servicedesk.directory.models import PersonGroup
from servicedesk.directory.queries import list_desks as list_active_desks
from servicedesk.directory.queries import list_teams as list_active_teams
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

GROUPS = Listing(
    "Groups",
    (("name", "Name"), ("members", "Active people")),
    "Groups such as Members are served by a team of their own.",
    numeric=frozenset({"members"}),
)


class GroupForm(DeskForm):
    """What a group is called."""

    name = StringField("Name", [InputRequired("Enter the group's name.")])


@admin.route("/groups")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_groups() -> ResponseReturnValue:
    """List the groups."""
    counts = registers.count_group_members()
    rows = [
        {
            "name": group.name,
            "members": counts.get(group.id, 0),
            "url": url_for(".amend_group", group_id=group.id),
        }
        for group in registers.list_groups()
    ]
    return answer_list(GROUPS, rows, action=("Add a group", url_for(".create_group")))


@admin.route("/groups/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def create_group() -> ResponseReturnValue:
    """Add a group."""
    form = GroupForm()
    if form.accepted():
        with form.showing_rule_errors():
            group = places.create_person_group(actor=current_actor(), now=utcnow(), **form.values)
            flash("The group is added. Choose the teams that answer it.", "success")
            return redirect(url_for(".amend_group", group_id=group.id), 303)
    return answer_form(form, title="Add a group", back_url=url_for(".list_groups"))


@admin.route("/groups/<int:group_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def amend_group(group_id: int) -> ResponseReturnValue:
    """Rename a group and choose which team answers it at each desk."""
    group = registers.get_group(group_id, lock=request.method == "POST")
    form = _form_for(group)
    if form.accepted():
        with form.showing_rule_errors():
            _save(group, form.values)
            flash("The group is changed.", "success")
            return redirect(url_for(".list_groups"), 303)
    return answer_form(form, title=group.name, back_url=url_for(".list_groups"))


def _form_for(group: PersonGroup) -> DeskForm:
    """Return a form with one field for each desk."""
    routes, desks = registers.routes_of(group.id), list_active_desks()
    names = {desk.id: desk.name for desk in desks}
    fields: dict[str, Any] = {
        f"desk_{desk_id}": SelectField(f"Team at {name}", coerce=optional_id, default=routes.get(desk_id))
        for desk_id, name in names.items()
    }
    form: DeskForm = type("RoutedGroupForm", (GroupForm,), fields)(obj=group)
    for desk in desks:
        teams = choices_of(list_active_teams(desk.id), none="The desk's first team")
        form[f"desk_{desk.id}"].choices = teams
    return form


def _save(group: PersonGroup, values: dict[str, Any]) -> None:
    """Rename the group and set its routes."""
    actor, now = current_actor(), utcnow()
    places.rename_person_group(group, actor=actor, name=values["name"], now=now)
    for desk in list_active_desks():
        team_id = values[f"desk_{desk.id}"]
        places.route_group(group, desk, actor=actor, team_id=team_id, now=now)
