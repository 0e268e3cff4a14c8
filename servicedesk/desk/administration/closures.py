"""The days on which a desk is closed, year by year."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Optional

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.core.words import LONDON
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    administered_desk,
    answer_list,
    desk_tabs,
    wants_csv,
)
from servicedesk.directory.models import Desk
from servicedesk.service_levels import administration
from servicedesk.service_levels.bank_holidays import bank_holidays
from servicedesk.service_levels.queries import find_calendar
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm, render_form

CLOSURES = Listing(
    "Closures",
    (("words", "Day"), ("name", "Why"), ("kind", "Kind")),
    "In this year the desk is open on every day of its week.",
)


class AddClosuresForm(DeskForm):
    """A day, or several in a row, on which a desk is closed."""

    first_day = DateField("First day", [InputRequired("Enter the day on which the desk is closed.")])
    last_day = DateField("Last day", [Optional()])
    name = StringField("Why", [InputRequired("Say why the desk is closed, such as “Christmas closure”.")])


@admin.route("/desks/<int:desk_id>/closures", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def list_closures(desk_id: int) -> ResponseReturnValue:
    """Show a year's closures, bank holidays among them, and add to them."""
    desk, form, year = administered_desk(desk_id), AddClosuresForm(), _year()
    if wants_csv():
        return answer_list(CLOSURES, _rows(desk, year))
    if form.accepted():
        with form.showing_rule_errors():
            added = administration.add_closures(desk, actor=current_actor(), now=utcnow(), **form.values)
            days = "1 day" if len(added) == 1 else f"{len(added)} days"
            flash(f"The desk is closed on {days} more. Due times follow within a minute.", "success")
            return redirect(url_for(".list_closures", desk_id=desk.id, year=added[0].year), 303)
    return render_form(
        "desk/administration/closures.html",
        form,
        desk=desk,
        tabs=desk_tabs(desk),
        rows=_rows(desk, year),
        listing=CLOSURES,
        year=year,
        years=administration.CLOSURE_YEARS,
    )


@admin.post("/desks/<int:desk_id>/closures/<int:closure_id>/remove")
@requires(Permission.ADMINISTRATION_DESK)
def remove_closure(desk_id: int, closure_id: int) -> ResponseReturnValue:
    """Open a desk again on a day on which it was to be closed."""
    desk = administered_desk(desk_id)
    day = administration.remove_closure(desk, closure_id, actor=current_actor(), now=utcnow())
    flash(f"The desk is open again on {_day_words(day)}, if its week says so.", "success")
    return redirect(url_for(".list_closures", desk_id=desk.id, year=day.year), 303)


def _year() -> int:
    """Return the year that the address asks for, else this one."""
    asked = request.args.get("year", type=int)
    if asked is None or asked not in administration.CLOSURE_YEARS:
        return utcnow().astimezone(LONDON).year
    return asked


def _rows(desk: Desk, year: int) -> list[dict[str, Any]]:
    """Return a year's closures in order of date."""
    calendar = find_calendar(desk.id)
    if calendar is None:
        return []
    own = {
        closure.day: {"name": closure.name, "kind": "own closure", "id": closure.id}
        for closure in calendar.closures
        if closure.day.year == year
    }
    public: dict[date, dict[str, Any]] = {}
    if calendar.bank_holidays:
        found = bank_holidays(calendar.bank_holidays, [year])
        public = {day: {"name": name, "kind": "bank holiday", "id": None} for day, name in found.items()}
    both = public | own
    return [{"words": _day_words(day), "day": day, **both[day]} for day in sorted(both)]


def _day_words(day: date) -> str:
    """Say a day in full."""
    return f"{day:%A} {day.day} {day:%B %Y}"
