"""The two shapes that most pages of administration have: a list and a form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.paging import Page
from servicedesk.core.permissions import Permission, require
from servicedesk.directory.models import Desk
from servicedesk.directory.queries import get_desk
from servicedesk.web.access import current_actor
from servicedesk.web.choices import choice
from servicedesk.web.exports import csv_response
from servicedesk.web.forms import DeskForm, render_form

MOST_IN_CSV = 50_000
DESK_TABS = (
    ("Overview", "admin.show_desk"),
    ("Teams", "admin.list_teams"),
    ("Roles", "admin.list_desk_roles"),
    ("Categories", "admin.list_categories"),
    ("Priorities", "admin.set_matrix"),
    ("Opening hours", "admin.set_opening_hours"),
    ("Closures", "admin.list_closures"),
    ("Service level", "admin.set_policy"),
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: columns as key and label, the first of which leads each row on to its page."""

    title: str
    columns: Sequence[tuple[str, str]]
    empty: str
    numeric: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    unbroken: frozenset[str] = frozenset()
    main: str = ""

    def heads(self) -> list[dict[str, Any]]:
        """Return the columns as the table macro wants them."""
        main = self.main or self.columns[0][0]
        return [
            {
                "key": key,
                "label": label,
                "numeric": key in self.numeric,
                "nowrap": key in self.unbroken,
                "main": key == main,
            }
            for key, label in self.columns
        ]


def answer_list(listing: Listing, rows: Iterable[Row], **context: Any) -> ResponseReturnValue:
    """Show a list, or give it away as CSV where the address asks for that."""
    if wants_csv():
        labels = [label for _, label in listing.columns]
        # Read before the answer begins: the transaction ends with it, and each row would be loaded again.
        cells = [[_plain(row[key]) for key, _ in listing.columns] for row in rows]
        return csv_response(listing.title.lower().replace(" ", "-"), labels, cells)
    return render_template(
        "desk/administration/list.html",
        listing=listing,
        rows=list(rows),
        csv_url=page_url(format="csv"),
        **context,
    )


def wants_csv() -> bool:
    """Return whether the address asks for the list as a file."""
    return request.args.get("format") == "csv"


def _plain(value: Any) -> Any:
    """Return a cell as a file holds it."""
    return value.isoformat() if isinstance(value, datetime) else value


def page_url(**changes: Any) -> str:
    """Return the address of this page with its filters, changed."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "before", "format")}
    # Not by `url_for`: to that, names such as _external or desk_id mean more than a filter.
    query = urlencode(kept | changes)
    return f"{request.path}?{query}" if query else request.path


def paging_of(page: Page) -> dict[str, str | None]:
    """Return the ways on from a page."""
    return {
        "newer_url": page_url(before=page.newer) if page.newer else None,
        "older_url": page_url(after=page.older) if page.older else None,
    }


def answer_form(form: DeskForm, *, title: str, back_url: str, **context: Any) -> ResponseReturnValue:
    """Show a form whose fields stand one below the other."""
    return render_form("desk/administration/form.html", form, title=title, back_url=back_url, **context)


def administered_desk(desk_id: int) -> Desk:
    """Return a desk that the actor may administer."""
    desk = get_desk(desk_id)
    require(current_actor(), Permission.ADMINISTRATION_DESK, desk.id)
    return desk


def desk_tabs(desk: Desk, current: str | None = None) -> list[dict[str, Any]]:
    """Return the links between the pages of a desk."""
    here = current or request.endpoint
    return [
        {"words": words, "url": url_for(endpoint, desk_id=desk.id), "current": endpoint == here}
        for words, endpoint in DESK_TABS
    ]


def choices_of(rows: Iterable[Any], none: str | None = None, name: str = "name") -> list[Any]:
    """Return rows as choices; `none` is what choosing nothing is called."""
    first = [choice("", none)] if none is not None else []
    return first + [choice(row.id, getattr(row, name)) for row in rows]


def optional_id(value: Any) -> int | None:
    """Read the id behind a choice, or nothing."""
    return int(value) if value not in (None, "", "None") else None
