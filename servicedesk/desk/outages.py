"""Known outages: what the portal tells everybody before they report."""

from collections.abc import Iterator, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotFound, StaleVersion
from servicedesk.core.paging import each_row
from servicedesk.core.permissions import Permission
from servicedesk.core.words import exact
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import as_id, desks_with, offered
from servicedesk.desk.lists import asked_page, paging_links, wants_csv
from servicedesk.knowledge import operations, queries
from servicedesk.knowledge.models import Outage
from servicedesk.web.access import current_actor, requires
from servicedesk.web.exports import csv_response
from servicedesk.web.forms import LondonDateTimeField, VersionedForm, render_form

HEADINGS = ("Desk", "Title", "Text", "From", "Until")


class OutageForm(VersionedForm):
    """What is out, and from when until when."""

    title = StringField("What is out?", [InputRequired("Say in a few words what is out.")])
    text = TextAreaField("What should people know?", [InputRequired("Say what people should know.")])
    starts_at = LondonDateTimeField("From", [InputRequired("Say from when.")])
    ends_at = LondonDateTimeField("Until", [Optional()])


class PublishOutageForm(OutageForm):
    """A notice stays with the desk that publishes it."""

    desk_id = SelectField("Desk", coerce=as_id)


@desk.get("/outages")
@requires(Permission.OUTAGE_PUBLISH)
def list_outages() -> ResponseReturnValue:
    """Show the notices of the actor's desks, newest first."""
    if wants_csv():
        return csv_response("outages", HEADINGS, _csv_rows())
    page = asked_page(queries.list_outages(current_actor()), queries.NEWEST_FIRST)
    return render_template(
        "desk/outages/list.html",
        rows=[{"outage": outage, "place": _place(outage)} for outage in page.rows],
        paging=paging_links(page, ".list_outages"),
        csv=url_for(".list_outages", format="csv"),
    )


@desk.route("/outages/publish", methods=["GET", "POST"])
@requires(Permission.OUTAGE_PUBLISH)
def publish_outage() -> ResponseReturnValue:
    """Ask what is out, then tell everybody."""
    form = PublishOutageForm(starts_at=utcnow())
    form.desk_id.choices = offered({one.id: one.name for one in desks_with(Permission.OUTAGE_PUBLISH)})
    if form.accepted():
        with form.showing_rule_errors():
            operations.publish_outage(actor=current_actor(), now=utcnow(), **form.values)
            flash("Everybody can read it in the portal from then on.", "success")
            return redirect(url_for(".list_outages"), 303)
    return render_form(
        "desk/outages/form.html", form, title="Tell of an outage", button="Publish", outage=None
    )


@desk.route("/outages/<int:outage_id>", methods=["GET", "POST"])
@requires(Permission.OUTAGE_PUBLISH)
def amend_outage(outage_id: int) -> ResponseReturnValue:
    """Change what a notice says."""
    outage = _load(outage_id)
    form = OutageForm(obj=outage)
    if form.accepted():
        with form.showing_rule_errors():
            _check_version(outage, form.version.data)
            operations.amend_outage(outage, actor=current_actor(), now=utcnow(), **form.values)
            flash("The notice is changed.", "success")
            return redirect(url_for(".list_outages"), 303)
    form.renew(outage.version)
    return render_form(
        "desk/outages/form.html", form, title="Change the notice", button="Save", outage=outage
    )


@desk.post("/outages/<int:outage_id>/end")
@requires(Permission.OUTAGE_PUBLISH)
def end_outage(outage_id: int) -> ResponseReturnValue:
    """Take a notice down."""
    outage, form = _load(outage_id), VersionedForm()
    if form.accepted():
        _check_version(outage, form.version.data)
        operations.end_outage(outage, actor=current_actor(), now=utcnow())
        flash(f"“{outage.title}” is over.", "success")
    return redirect(url_for(".list_outages"), 303)


def _load(outage_id: int) -> Outage:
    """Return a notice of one of the actor's desks, locked if the request may change it."""
    outage = queries.get_outage(outage_id, lock=request.method == "POST")
    if not current_actor().may(Permission.OUTAGE_PUBLISH, outage.desk_id):
        raise NotFound("There is no such outage notice.")
    return outage


def _check_version(outage: Outage, version: int | None) -> None:
    """Raise StaleVersion if the notice was changed since that version was read."""
    if version is not None and version != outage.version:
        raise StaleVersion(
            "Somebody else changed this notice meanwhile. Look at what it says now, then send yours again."
        )


def _place(outage: Outage) -> str:
    """Return whether a notice is still to come, shown now or over."""
    now = utcnow()
    if outage.ends_at is not None and outage.ends_at <= now:
        return "over"
    return "shown now" if outage.starts_at <= now else "to come"


def _csv_rows() -> Iterator[Sequence[object]]:
    """Yield all notices."""
    for one in each_row(queries.list_outages(current_actor()), queries.NEWEST_FIRST):
        until = exact(one.ends_at) if one.ends_at else ""
        yield one.desk.name, one.title, one.text, exact(one.starts_at), until
