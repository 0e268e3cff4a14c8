"""What somebody reported, for themselves or a colleague, or watches: the list, each page, the files."""

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import SortKey, fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.incidents.words import short_state
from servicedesk.portal.blueprint import portal
from servicedesk.portal.incidents import incident_page, incident_sent_page
from servicedesk.portal.record_rows import record_rows
from servicedesk.records.models import Record
from servicedesk.records.queries import get_attachment, get_followed, list_followed, select_followed
from servicedesk.web.access import current_actor, requires
from servicedesk.web.downloads import send_attachment
from servicedesk.web.exports import csv_response

# Each practice has its own page under the one address that mails and people know.
PAGES: dict[str, Callable[[Any], ResponseReturnValue]] = {"incident": incident_page}
SENT_PAGES: dict[str, Callable[[Any], ResponseReturnValue]] = {"incident": incident_sent_page}
NEWEST_FIRST = (
    SortKey(Record.changed_at, "changed_at", descending=True),
    SortKey(Record.id, "id", descending=True),
)
MOST_IN_CSV = 10_000
HEADINGS = ("Number", "Title", "State", "For", "Reported at", "Promised for", "Last change")


@portal.route("/records")
@requires(Permission.PORTAL_USE)
def list_records() -> ResponseReturnValue:
    """List the reader's records, open or finished."""
    is_live = _asks_for_live()
    query = select_followed(current_actor(), is_live=is_live)
    after, before = request.args.get("after", ""), request.args.get("before", "")
    page = fetch_page(query, NEWEST_FIRST, after=after, before=before)
    return render_template(
        "portal/records/list.html",
        rows=record_rows(page.rows, utcnow()),
        is_live=is_live,
        paging={
            "newer_url": _page_url(before=page.newer) if page.newer else None,
            "older_url": _page_url(after=page.older) if page.older else None,
        },
    )


@portal.route("/records.csv")
@requires(Permission.PORTAL_USE)
def export_records() -> ResponseReturnValue:
    """Give the list away as CSV."""
    is_live = _asks_for_live()
    found = list_followed(current_actor(), is_live=is_live, limit=MOST_IN_CSV)
    rows = [
        (record.number, record.title, short_state(record), record.requester.name,
         record.opened_at.isoformat(),
         record.due_at.isoformat() if record.due_at else None, record.changed_at.isoformat())
        for record in found
    ]  # fmt: skip
    return csv_response("my-open-records" if is_live else "my-finished-records", HEADINGS, rows)


@portal.route("/records/<string:number>")
@requires(Permission.INCIDENT_FOLLOW)
def show_record(number: str) -> ResponseReturnValue:
    """Show a record to its requester, to whoever reported it for them, or to a watcher."""
    record = get_followed(number, actor=current_actor())
    return PAGES[record.practice](record)


@portal.route("/records/<string:number>/sent")
@requires(Permission.INCIDENT_FOLLOW)
def show_sent(number: str) -> ResponseReturnValue:
    """Confirm that something was sent: its number, the promise, what happens next."""
    record = get_followed(number, actor=current_actor())
    return SENT_PAGES[record.practice](record)


@portal.route("/records/<string:number>/files/<int:attachment_id>")
@requires(Permission.INCIDENT_FOLLOW)
def download_file(number: str, attachment_id: int) -> Response:
    """Hand out a file of a record."""
    record = get_followed(number, actor=current_actor())
    return send_attachment(get_attachment(attachment_id, record, internal=False))


def _asks_for_live() -> bool:
    """Return whether the address asks for what is open rather than for what is finished."""
    return request.args.get("show") != "finished"


def _page_url(**cursor: Any) -> str:
    """Return the address of another page of the same list."""
    return url_for(".list_records", show=None if _asks_for_live() else "finished", **cursor)
