"""The queue: the records that an agent may see, filtered and sorted by the URL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField

from servicedesk.core.clock import utcnow
from servicedesk.core.numbering import parse_number
from servicedesk.core.paging import Page, each_row
from servicedesk.core.permissions import Permission
from servicedesk.core.words import ClockView, MomentView, exact, moment_view
from servicedesk.desk.blueprint import desk
from servicedesk.desk.choices import desks_with, offered, priorities, teams
from servicedesk.desk.clocks import clock_pill
from servicedesk.desk.lists import asked_page, paging_links, wants_csv
from servicedesk.desk.queue_words import SORT_WORDS, sentence, sort_columns, state_of
from servicedesk.directory.models import Desk, Team
from servicedesk.directory.queries import find_person, list_teams
from servicedesk.incidents.listing import IncidentFilter, find_number, list_rows
from servicedesk.service_levels.queries import calendars_by_policy
from servicedesk.web.access import current_actor, requires
from servicedesk.web.exports import csv_response
from servicedesk.web.forms import DeskForm

HEADINGS = (
    "Number", "Title", "Priority", "State", "Category", "Desk", "Team", "Assignee", "Requester",
    "Organisation", "Opened", "Changed", "Due",
)  # fmt: skip
STATE_CHOICES = {
    "open": "Open", "new": "New", "in_progress": "In progress", "on_hold": "On hold", "resolved": "Resolved",
    "closed": "Closed", "cancelled": "Cancelled", "finished": "Finished", "all": "All",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One record as the queue shows it."""

    number: str
    url: str
    title: str
    priority: int
    state: str
    state_words: str
    category: str
    assignee: str
    requester: str
    organisation: str
    clock: ClockView
    moment: MomentView | None


class QueueFilterForm(DeskForm):
    """The filters above the queue; what is not offered here stays in the URL."""

    class Meta:
        """A form that changes nothing needs no token."""

        csrf = False

    q = StringField("Words")
    state = SelectField("State", choices=offered(STATE_CHOICES))
    assignee = SelectField("Assignee")
    priority = SelectField("Priority", choices=priorities("Any"))
    team = SelectField("Team")
    due = SelectField(
        "Time left", choices=offered({"soon": "Due within an hour", "overdue": "Overdue"}, "Any")
    )
    sort = SelectField("Sorted by", choices=offered(SORT_WORDS))
    desk = HiddenField()
    requester = HiddenField()
    category = HiddenField()


@desk.route("/")
@requires(Permission.INCIDENT_READ)
def list_incidents() -> ResponseReturnValue:
    """Show the queue that the URL asks for, or go to the record whose number was typed."""
    wanted, actor, now = IncidentFilter.read(request.args), current_actor(), utcnow()
    number = parse_number(wanted.text)
    if number and find_number(number, actor):
        return redirect(url_for(".show_incident", number=number))
    if wants_csv():
        return csv_response("incidents", HEADINGS, _csv_rows(wanted))
    page = asked_page(list_rows(wanted, actor, now), wanted.order)
    desks = desks_with(Permission.INCIDENT_READ)
    found_teams = [team for team in list_teams() if team.desk_id in _scope(wanted, desks)]
    person = find_person(wanted.requester_id) if wanted.requester_id else None
    return render_template(
        "desk/incidents/queue.html",
        title=sentence(wanted, desks, found_teams, person),
        filters=_filters(wanted, desks, found_teams),
        rows=dressed(page.rows, wanted, now),
        columns=sort_columns(wanted),
        urls=_urls(wanted),
        paging=paging_links(page, ".list_incidents", **wanted.told()),
        summary=_summary(page),
        may_log=actor.may(Permission.INCIDENT_LOG),
    )


def _scope(wanted: IncidentFilter, desks: Sequence[Desk]) -> set[int]:
    """Return the desks whose teams are offered."""
    return {wanted.desk_id} if wanted.desk_id else {one.id for one in desks}


def _filters(wanted: IncidentFilter, desks: Sequence[Desk], found: Sequence[Team]) -> QueueFilterForm:
    """Return the filter bar, filled in from the URL."""
    form = QueueFilterForm(MultiDict(wanted.told()))
    form.state.data, form.sort.data = wanted.states, wanted.sort
    several = len({team.desk_id for team in found}) > 1
    form.team.choices = teams("Any", found, names={one.id: one.name for one in desks} if several else {})
    people = {"me": "Me", "nobody": "Nobody"}
    if wanted.assignee.isdigit() and (person := find_person(int(wanted.assignee))):
        people[wanted.assignee] = person.name
    form.assignee.choices = offered(people, "Anybody")
    return form


def dressed(rows: Sequence[Any], wanted: IncidentFilter, now: datetime) -> list[QueueRow]:
    """Dress a page's rows; addresses are made from one, since making each anew takes longer than the row."""
    calendars, start = calendars_by_policy(), url_for(".show_incident", number="0").removesuffix("0")
    shown = {"oldest": "opened_at", "newest": "opened_at", "changed": "changed_at"}.get(wanted.sort)
    return [
        QueueRow(
            number=row.number, url=start + row.number, title=row.title, priority=row.priority,
            state=row.state, state_words=state_of(row), category=row.category or "–",
            assignee=row.assignee or "–",
            requester=row.requester, organisation=row.organisation,
            clock=clock_pill(row, calendars.get(row.policy_id), now),
            moment=moment_view(getattr(row, shown), now) if shown else None,
        )
        for row in rows
    ]  # fmt: skip


def _urls(wanted: IncidentFilter) -> dict[str, str]:
    """Return where a queue leads: itself with other filters, its CSV, and back to all that are open."""
    return {
        "here": url_for(".list_incidents"),
        "clear": url_for(".list_incidents", desk=wanted.desk_id),
        "csv": url_for(".list_incidents", **wanted.told(), format="csv"),
    }


def _summary(page: Page) -> str:
    """Say how much of the list stands on this page."""
    shown = f"{len(page.rows)} record{'' if len(page.rows) == 1 else 's'}"
    return f"{shown} on this page, there are more" if page.older or page.newer else shown


def _csv_rows(wanted: IncidentFilter) -> Iterator[Sequence[object]]:
    """Yield the whole list."""
    names = {one.id: one.name for one in desks_with(Permission.INCIDENT_READ)}
    for row in each_row(list_rows(wanted, current_actor(), utcnow()), wanted.order):
        yield (
            row.number, row.title, f"P{row.priority}", state_of(row), row.category,
            names.get(row.desk_id, ""), row.team, row.assignee, row.requester, row.organisation,
            exact(row.opened_at), exact(row.changed_at), exact(row.due_at) if row.due_at else "",
        )  # fmt: skip
