"""People's accounts."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Form, PasswordField, SearchField, SelectField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import SortKey, fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    MOST_IN_CSV,
    Listing,
    Row,
    answer_form,
    answer_list,
    choices_of,
    optional_id,
    paging_of,
    wants_csv,
)
from servicedesk.desk.administration.roles import assignment_rows
from servicedesk.directory import people, queries, registers
from servicedesk.directory.models import Person, RoleAssignment
from servicedesk.incidents.queries import count_assigned_to
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

PEOPLE = Listing(
    "People",
    (
        ("name", "Name"),
        ("mail", "E-mail address"),
        ("phone", "Telephone"),
        ("organisation", "Organisation"),
        ("department", "Department"),
        ("state", "Account"),
    ),
    "Nobody has all of these words in name, mail, telephone or department.",
)
BY_NAME = (SortKey(Person.name, "name"), SortKey(Person.id, "id"))


class PeopleFilter(Form):
    """What the list of people is narrowed to."""

    q = SearchField("Name, mail, telephone or department")
    inactive = BooleanField("Inactive accounts too")


class PersonForm(DeskForm):
    """What is said of a person."""

    name = StringField("Name", [InputRequired("Enter the person's name.")])
    mail = StringField("E-mail address", [InputRequired("Enter an e-mail address.")])
    phone = StringField("Telephone")
    job_title = StringField("Job title")
    department = StringField("Department")
    organisation_id = SelectField("Organisation", coerce=int)
    site_id = SelectField("Site", coerce=optional_id)
    group_id = SelectField("Group", coerce=optional_id)
    manager_mail = StringField("Manager's e-mail address")


class CreatePersonForm(PersonForm):
    """A new person, with a password to start with."""

    password = PasswordField(
        "First password",
        description="At least 12 characters. Without one, the person cannot sign in with a local account.",
    )


class FirstPasswordForm(DeskForm):
    """A password to start with."""

    password = PasswordField("First password", [InputRequired("Enter a password.")])


@admin.route("/people")
@requires(Permission.ADMINISTRATION_DESK)
def list_people() -> ResponseReturnValue:
    """List people, by any words in what is known of them."""
    narrowed = PeopleFilter(request.args)
    query = registers.select_people(narrowed.q.data or "", inactive=bool(narrowed.inactive.data))
    if wants_csv():
        return answer_list(PEOPLE, map(_row, fetch_page(query, BY_NAME, size=MOST_IN_CSV).rows))
    page = fetch_page(
        query, BY_NAME, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    may_add = current_actor().may(Permission.ADMINISTRATION_EVERYTHING)
    return answer_list(
        PEOPLE,
        map(_row, page.rows),
        action=("Add a person", url_for(".create_person")) if may_add else None,
        paging=paging_of(page),
        filters=narrowed,
    )


def _row(person: Person) -> Row:
    """Return a person as a row."""
    return {
        "name": person.name,
        "mail": person.mail,
        "phone": person.phone,
        "organisation": person.organisation.short_name,
        "department": person.department,
        "state": "active" if person.is_active else "inactive",
        "url": url_for(".show_person", person_id=person.id),
    }


@admin.route("/people/<int:person_id>")
@requires(Permission.ADMINISTRATION_DESK)
def show_person(person_id: int) -> ResponseReturnValue:
    """Show a person, their roles and what can be done with the account."""
    person, actor = queries.get_person(person_id), current_actor()
    desks = actor.desks_with(Permission.ADMINISTRATION_DESK)
    held = registers.list_assignments(RoleAssignment.person_id == person.id, desks=desks)
    return render_template(
        "desk/administration/person.html",
        person=person,
        manager=queries.get_person(person.manager_id) if person.manager_id else None,
        rows=assignment_rows(held),
        assigned=count_assigned_to(person.id),
        may_amend=actor.may(Permission.ADMINISTRATION_EVERYTHING),
        is_self=person.id == actor.person_id,
    )


@admin.route("/people/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def create_person() -> ResponseReturnValue:
    """Add a person."""
    form = _with_choices(CreatePersonForm())
    if form.accepted():
        with form.showing_rule_errors():
            person = people.create_person(actor=current_actor(), now=utcnow(), **form.values)
            flash(f"{person.name} is added.", "success")
            return redirect(url_for(".show_person", person_id=person.id), 303)
    return answer_form(form, title="Add a person", back_url=url_for(".list_people"))


@admin.route("/people/<int:person_id>/amend", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def amend_person(person_id: int) -> ResponseReturnValue:
    """Change what is said of a person."""
    person = queries.get_person(person_id)
    manager = queries.get_person(person.manager_id) if person.manager_id else None
    form = _with_choices(PersonForm(obj=person, manager_mail=manager.mail if manager else ""), person)
    back_url = url_for(".show_person", person_id=person.id)
    if form.accepted():
        with form.showing_rule_errors():
            people.amend_person(person, actor=current_actor(), now=utcnow(), **form.values)
            flash(f"What is said of {person.name} is changed.", "success")
            return redirect(back_url, 303)
    return answer_form(form, title=f"Change {person.name}", back_url=back_url)


def _with_choices(form: Any, person: Person | None = None) -> Any:
    """Give a form the places in which people can belong; a site out of use stays with who has it."""
    sites = [
        site
        for site in registers.list_all_sites()
        if site.is_active or (person and person.site_id == site.id)
    ]
    form.organisation_id.choices = choices_of(queries.list_organisations())
    form.site_id.choices = choices_of(sites, none="none")
    form.group_id.choices = choices_of(registers.list_groups(), none="none")
    return form


@admin.route("/people/<int:person_id>/password", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def set_first_password(person_id: int) -> ResponseReturnValue:
    """Give a person a new password to start with."""
    person, form = queries.get_person(person_id), FirstPasswordForm()
    back_url = url_for(".show_person", person_id=person.id)
    if form.accepted():
        with form.showing_rule_errors():
            people.set_first_password(person, actor=current_actor(), now=utcnow(), **form.values)
            flash(f"{person.name} has a new password and is signed out everywhere.", "success")
            return redirect(back_url, 303)
    intro = (
        "At least 12 characters; three words together are good. Everybody signed in as them is signed out."
    )
    return answer_form(form, title=f"Set a first password for {person.name}", back_url=back_url, intro=intro)


@admin.route("/people/<int:person_id>/deactivate", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def deactivate_person(person_id: int) -> ResponseReturnValue:
    """Ask whether a person is really to sign in no more."""
    person, form = queries.get_person(person_id), DeskForm()
    back_url = url_for(".show_person", person_id=person.id)
    if form.accepted():
        with form.showing_rule_errors():
            people.deactivate_person(person, actor=current_actor(), now=utcnow())
            flash(f"{person.name} is inactive: signed out everywhere, access tokens revoked.", "success")
            return redirect(back_url, 303)
    intro = (
        "They are signed out everywhere at once and their access tokens end for good. Their records, and "
        "what they wrote, stay as they are. You can make them active again."
    )
    words = {"title": f"Make {person.name} inactive", "submit": "Make inactive"}
    return answer_form(form, back_url=back_url, intro=intro, kind="danger", **words)


@admin.post("/people/<int:person_id>/reactivate")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def reactivate_person(person_id: int) -> ResponseReturnValue:
    """Let a person sign in again."""
    person = queries.get_person(person_id)
    people.reactivate_person(person, actor=current_actor(), now=utcnow())
    flash(f"{person.name} is active again. Look at the roles below.", "success")
    return redirect(url_for(".show_person", person_id=person.id), 303)
