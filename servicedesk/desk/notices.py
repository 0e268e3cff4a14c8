"""What somebody was told of, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import each_row
from servicedesk.core.permissions import Permission
from servicedesk.core.words import exact
from servicedesk.desk.blueprint import desk
from servicedesk.desk.lists import asked_page, paging_links, wants_csv
from servicedesk.desk.telling import told_words
from servicedesk.notifications import queries
from servicedesk.notifications.models import Notice
from servicedesk.notifications.operations import read_notices
from servicedesk.records.timeline import names_for
from servicedesk.web.access import current_person, requires
from servicedesk.web.exports import csv_response
from servicedesk.web.forms import DeskForm

HEADINGS = ("When", "Number", "Title", "What", "Read")


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as the list shows it; about somebody's own record the link leads to the portal."""

    url: str
    number: str
    title: str
    words: str
    at: datetime
    is_read: bool


@desk.get("/notices")
@requires(Permission.INCIDENT_READ)
def list_notices() -> ResponseReturnValue:
    """Show the actor's own notices."""
    query = queries.list_notices(current_person().id)
    if wants_csv():
        return csv_response("notices", HEADINGS, _csv_rows(query))
    page = asked_page(query, queries.NEWEST_FIRST)
    return render_template(
        "desk/notices.html",
        rows=_rows(page.rows),
        paging=paging_links(page, ".list_notices"),
        csv=url_for(".list_notices", format="csv"),
    )


@desk.post("/notices/read")
@requires(Permission.INCIDENT_READ)
def read_all_notices() -> ResponseReturnValue:
    """Mark all of the actor's own notices as read."""
    if DeskForm().accepted():
        read_notices(current_person().id, utcnow())
    return redirect(url_for(".list_notices"), 303)


def _rows(notices: Sequence[Notice]) -> list[NoticeRow]:
    """Dress a page's notices."""
    names = names_for(notice.audit_event for notice in notices)
    return [_row(notice, names) for notice in notices]


def _row(notice: Notice, names: dict[tuple[str, int], str]) -> NoticeRow:
    """Dress one notice: who did what."""
    event, number = notice.audit_event, notice.record.number
    endpoint = "portal.show_record" if notice.for_requester else "desk.show_incident"
    return NoticeRow(
        url=url_for(endpoint, number=number),
        number=number,
        title=notice.record.title,
        words=told_words(event, names),
        at=notice.created_at,
        is_read=notice.read_at is not None,
    )


def _csv_rows(query: Select[Any]) -> Iterator[Sequence[object]]:
    """Yield all notices."""
    for notice in each_row(query, queries.NEWEST_FIRST):
        row = _row(notice, names_for([notice.audit_event]))
        yield exact(row.at), row.number, row.title, row.words, "yes" if row.is_read else "no"
