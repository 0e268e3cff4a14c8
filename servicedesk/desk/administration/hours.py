"""A desk's opening hours."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import StaleVersion
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import administered_desk, desk_tabs
from servicedesk.service_levels import administration
from servicedesk.service_levels.bank_holidays import SUBDIVISIONS
from servicedesk.service_levels.models import Calendar
from servicedesk.service_levels.queries import find_calendar
from servicedesk.service_levels.working_time import WEEKDAYS
from servicedesk.web.access import current_actor, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import VersionedForm, render_form

NATIONS = {
    "england-and-wales": "England and Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}


class OpeningHoursForm(VersionedForm):
    """When a desk is open."""

    mon, tue, wed = StringField("Monday"), StringField("Tuesday"), StringField("Wednesday")
    thu, fri = StringField("Thursday"), StringField("Friday")
    sat, sun = StringField("Saturday"), StringField("Sunday")
    bank_holidays = SelectField(
        "Closed on the bank holidays of",
        choices=[
            choice("", "no nation"),
            *(choice(name, NATIONS[name]) for name in SUBDIVISIONS),
        ],
    )


@admin.route("/desks/<int:desk_id>/hours", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def set_opening_hours(desk_id: int) -> ResponseReturnValue:
    """Set when a desk is open in each week."""
    desk = administered_desk(desk_id)
    calendar = find_calendar(desk.id)
    shown = administration.hours_in_words(calendar)
    form = OpeningHoursForm(
        data=shown | {"bank_holidays": (calendar.bank_holidays if calendar else None) or ""}
    )
    if form.accepted():
        with form.showing_rule_errors():
            _check_revision(calendar, form.version.data)
            hours = {day: form.values[day] or "" for day in WEEKDAYS}
            nation = form.values["bank_holidays"] or None
            administration.set_opening_hours(
                desk, actor=current_actor(), hours=hours, nation=nation, now=utcnow()
            )
            flash("The hours are set. The due times of what is open follow within a minute.", "success")
            return redirect(url_for(".set_opening_hours", desk_id=desk.id), 303)
    found = find_calendar(desk.id)
    form.version.data, form.version.raw_data = (found.revision if found else 0), None
    return render_form("desk/administration/hours.html", form, desk=desk, tabs=desk_tabs(desk), days=WEEKDAYS)


def _check_revision(calendar: Calendar | None, version: int | None) -> None:
    """Raise StaleVersion if the hours were changed since they were shown."""
    if version is not None and version != (calendar.revision if calendar else 0):
        raise StaleVersion(
            "Somebody else changed the hours or closures meanwhile. Look at them, then save again."
        )
