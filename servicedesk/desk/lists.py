"""What every list of the desk does alike: the page that the URL asks for, and the links that lead on."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import Select

from servicedesk.core.paging import PAGE_SIZE, Page, SortKey, fetch_page


def asked_page(query: Select[Any], keys: Sequence[SortKey], size: int = PAGE_SIZE) -> Page:
    """Return the page of a list that the URL asks for."""
    after, before = request.args.get("after", ""), request.args.get("before", "")
    return fetch_page(query, keys, after=after, before=before, size=size)


def paging_links(page: Page, endpoint: str, **values: Any) -> dict[str, str | None]:
    """Return the links to the pages around one, for the `table` macro."""
    return {
        "newer_url": url_for(endpoint, **values, before=page.newer) if page.newer else None,
        "older_url": url_for(endpoint, **values, after=page.older) if page.older else None,
    }


def wants_csv() -> bool:
    """Return whether the list is asked for as CSV."""
    return request.args.get("format") == "csv"
