"""Organisations and their sites."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import Listing, answer_form, answer_list, choices_of
from servicedesk.directory import places, queries
from servicedesk.directory.registers import get_organisation, get_site, list_all_sites
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

ORGANISATIONS = Listing(
    "Organisations",
    (("name", "Name"), ("short_name", "Short name")),
    "The councils that the service works for stand here.",
)
SITES = Listing(
    "Sites",
    (("name", "Name"), ("organisation", "Organisation"), ("address", "Address"), ("state", "State")),
    "The buildings in which people work stand here.",
)


class OrganisationForm(DeskForm):
    """What an organisation is called."""

    name = StringField("Name", [InputRequired("Enter the organisation's name.")])
    short_name = StringField(
        "Short name", [InputRequired("Enter a short name, such as EHC.")], description="For narrow columns."
    )


class AmendSiteForm(DeskForm):
    """What is said of a building."""

    name = StringField("Name", [InputRequired("Enter the building's name.")])
    address = StringField("Address")
    is_active = BooleanField("In use: people can choose it")


class CreateSiteForm(DeskForm):
    """A new building."""

    organisation_id = SelectField("Organisation", coerce=int)
    name = StringField("Name", [InputRequired("Enter the building's name.")])
    address = StringField("Address")


@admin.route("/organisations")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_organisations() -> ResponseReturnValue:
    """List the organisations."""
    rows = [
        {
            "name": each.name,
            "short_name": each.short_name,
            "url": url_for(".amend_organisation", organisation_id=each.id),
        }
        for each in queries.list_organisations()
    ]
    return answer_list(ORGANISATIONS, rows, action=("Add an organisation", url_for(".create_organisation")))


@admin.route("/organisations/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def create_organisation() -> ResponseReturnValue:
    """Add an organisation."""
    form = OrganisationForm()
    if form.accepted():
        with form.showing_rule_errors():
            places.create_organisation(actor=current_actor(), now=utcnow(), **form.values)
            flash("The organisation is added.", "success")
            return redirect(url_for(".list_organisations"), 303)
    return answer_form(form, title="Add an organisation", back_url=url_for(".list_organisations"))


@admin.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def amend_organisation(organisation_id: int) -> ResponseReturnValue:
    """Change what an organisation is called."""
    organisation = get_organisation(organisation_id, lock=request.method == "POST")
    form = OrganisationForm(obj=organisation)
    if form.accepted():
        with form.showing_rule_errors():
            places.amend_organisation(organisation, actor=current_actor(), now=utcnow(), **form.values)
            flash("The organisation is changed.", "success")
            return redirect(url_for(".list_organisations"), 303)
    return answer_form(form, title=organisation.name, back_url=url_for(".list_organisations"))


@admin.route("/sites")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_sites() -> ResponseReturnValue:
    """List the sites of every organisation."""
    rows = [
        {
            "name": site.name,
            "organisation": site.organisation.name,
            "address": site.address,
            "state": "in use" if site.is_active else "out of use",
            "url": url_for(".amend_site", site_id=site.id),
        }
        for site in list_all_sites()
    ]
    return answer_list(SITES, rows, action=("Add a site", url_for(".create_site")))


@admin.route("/sites/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def create_site() -> ResponseReturnValue:
    """Add a site."""
    form = CreateSiteForm()
    form.organisation_id.choices = choices_of(queries.list_organisations())
    if form.accepted():
        with form.showing_rule_errors():
            places.create_site(actor=current_actor(), now=utcnow(), **form.values)
            flash("The site is added.", "success")
            return redirect(url_for(".list_sites"), 303)
    return answer_form(form, title="Add a site", back_url=url_for(".list_sites"))


@admin.route("/sites/<int:site_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_EVERYTHING)
def amend_site(site_id: int) -> ResponseReturnValue:
    """Change what is said of a site."""
    site = get_site(site_id, lock=request.method == "POST")
    form = AmendSiteForm(obj=site)
    if form.accepted():
        with form.showing_rule_errors():
            places.amend_site(site, actor=current_actor(), now=utcnow(), **form.values)
            flash("The site is changed.", "success")
            return redirect(url_for(".list_sites"), 303)
    return answer_form(form, title=site.name, back_url=url_for(".list_sites"))
