"""Report a problem on three short screens; every answer is kept on the server at once."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.directory.models import Person
from servicedesk.directory.queries import find_people, list_desks, list_sites
from servicedesk.incidents.reporting import (
    drop_report,
    find_report,
    keep_report,
    keep_report_files,
    seal_of,
    send_report,
)
from servicedesk.knowledge.queries import list_current_outages
from servicedesk.portal.blueprint import portal
from servicedesk.portal.report_forms import DescribeReportForm, PlaceReportForm, SendReportForm, typed
from servicedesk.portal.report_summary import summary_of
from servicedesk.records.models import Draft
from servicedesk.records.operations import remove_draft_file
from servicedesk.records.queries import list_draft_files
from servicedesk.web.access import current_actor, current_person, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import files_of, render_form
from servicedesk.web.transaction import keep_changes

# Which screens have been answered rightly is kept beside the answers.
DESCRIBED, PLACED = "is_described", "is_placed"
MOST_FOUND = 10


@portal.route("/report", methods=["GET", "POST"])
@requires(Permission.INCIDENT_REPORT)
def start_report() -> ResponseReturnValue:
    """Ask what is wrong."""
    draft = find_report(actor=current_actor())
    form = DescribeReportForm(
        data=_begun(draft) | {"desk": request.args.get("desk") or _begun(draft).get("desk")}
    )
    desks = list_desks()
    form.desk.choices = [choice(desk.id, desk.name) for desk in desks]
    if form.is_submitted():
        accepted = form.accepted()
        _keep(typed(form) | {DESCRIBED: accepted})
        if accepted:
            return redirect(_next_screen())
        keep_changes()
    hints = {str(desk.id): desk.summary for desk in desks if desk.summary}
    return render_form("portal/report/describe.html", form, hints=hints, draft=draft)


@portal.route("/report/place", methods=["GET", "POST"])
@requires(Permission.INCIDENT_REPORT)
def place_report() -> ResponseReturnValue:
    """Ask whom and what it touches, where it is and how to reach its requester."""
    person = current_person()
    draft = find_report(actor=current_actor())
    form = PlaceReportForm(data=_usual(person) | _begun(draft))
    found = find_people(form.colleague.data or "", limit=MOST_FOUND)
    form.requester.choices = [choice(each.id, each.name) for each in found]
    form.found_ids = frozenset(str(each.id) for each in found)
    form.site.choices = _site_choices()
    if form.is_submitted():
        if request.form.get("step") == "find":
            _keep(typed(form) | {PLACED: False, "for_whom": "colleague"})
            return redirect(url_for(".place_report", _anchor="colleague"))
        accepted = form.accepted()
        _keep(typed(form) | {PLACED: accepted})
        if accepted:
            return redirect(_next_screen())
        keep_changes()
    return render_form(
        "portal/report/place.html", form, found=_found_words(found), has_more=len(found) == MOST_FOUND
    )


@portal.route("/report/check", methods=["GET", "POST"])
@requires(Permission.INCIDENT_REPORT)
def check_report() -> ResponseReturnValue:
    """Show all answers, take files, then send."""
    draft, form = find_report(actor=current_actor()), SendReportForm()
    if draft is not None and not _is_answered(draft):
        return redirect(_next_screen())
    if form.is_submitted():
        return _send(form, draft)
    return _check_page(form, draft) if draft is not None else redirect(url_for(".start_report"))


def _send(form: SendReportForm, draft: Draft | None) -> ResponseReturnValue:
    """Keep the files that came along, then send the report unless more are to be added."""
    refused = _keep_files(form, draft) if draft is not None else False
    if draft is not None and (refused or not form.accepted()):
        return _check_page(form, draft)
    if request.form.get("step") == "add":
        return redirect(url_for(".check_report", _anchor="kept-files"))
    if form.accepted():
        with form.showing_rule_errors():
            number = send_report(actor=current_actor(), seen=form.seen.data or "", now=utcnow())
            return redirect(url_for(".show_sent", number=number))
    left = find_report(actor=current_actor())
    return _check_page(form, left) if left is not None else redirect(url_for(".start_report"))


def _keep_files(form: SendReportForm, draft: Draft) -> bool:
    """Keep the files that came along; return whether any was refused, and say so beside the field."""
    files = files_of(form.files)
    refused = keep_report_files(draft, files, actor=current_actor(), now=utcnow())
    if request.form.get("step") == "add" and not files:
        refused = ["Choose a file first, then add it."]
    form.files.errors = [*form.files.errors, *refused]
    if refused:
        keep_changes()
    return bool(refused)


def _check_page(form: SendReportForm, draft: Draft) -> ResponseReturnValue:
    """Show the last screen."""
    form.seen.data = seal_of(draft)
    outages = list_current_outages(utcnow(), int(draft.answers["desk"]))
    return render_form(
        "portal/report/check.html",
        form,
        summary=summary_of(draft.answers, current_actor()),
        files=list_draft_files(draft.id),
        outages=outages,
    )


@portal.route("/report/files/<int:attachment_id>/remove", methods=["POST"])
@requires(Permission.INCIDENT_REPORT)
def remove_report_file(attachment_id: int) -> ResponseReturnValue:
    """Take a file off the report again."""
    draft = find_report(actor=current_actor())
    if draft is not None:
        remove_draft_file(draft, attachment_id)
    return redirect(url_for(".check_report", _anchor="kept-files"))


@portal.route("/report/drop", methods=["POST"])
@requires(Permission.INCIDENT_REPORT)
def forget_report() -> ResponseReturnValue:
    """Forget what was begun: a known outage explains it, or it is to be begun anew."""
    drop_report(actor=current_actor())
    if request.form.get("because") == "outage":
        flash("You need not report it: we know, and we are working on it. Nothing was sent.", "success")
        return redirect(url_for(".home"))
    return redirect(url_for(".start_report"))


def _keep(answers: dict[str, Any]) -> None:
    """Keep what was typed."""
    keep_report(answers, actor=current_actor(), now=utcnow())


def _begun(draft: Draft | None) -> dict[str, Any]:
    """Return the answers so far."""
    return dict(draft.answers) if draft is not None else {}


def _is_answered(draft: Draft) -> bool:
    """Return whether all screens before the last are answered."""
    return bool(draft.answers.get(DESCRIBED) and draft.answers.get(PLACED))


def _next_screen() -> str:
    """Return the address of the first screen that is not answered yet, else of the last."""
    answers = _begun(find_report(actor=current_actor()))
    if not answers.get(DESCRIBED):
        return url_for(".start_report")
    return url_for(".check_report") if answers.get(PLACED) else url_for(".place_report")


def _usual(person: Person) -> dict[str, Any]:
    """Return what is most likely true of a person."""
    site = str(person.site_id) if person.site_id else ""
    return {"for_whom": "me", "contact_by": "mail", "phone": person.phone, "site": site}


def _site_choices() -> list[Any]:
    """Return the buildings of both councils, by council."""
    elsewhere = choice("", "Somewhere else, or at home")
    sites = [choice(site.id, site.name, site.organisation.name) for site in list_sites()]
    return [elsewhere, *sites]


def _found_words(found: Sequence[Person]) -> dict[str, str]:
    """Return, by choice, what tells people of one name apart."""
    return {
        str(each.id): " · ".join(filter(None, (each.job_title, each.department, each.mail))) for each in found
    }
