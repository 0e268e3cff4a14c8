"""How fast a whole public export comes in, how fast the trail is verified, and the queue with it inside."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import fetch_page
from servicedesk.core.permissions import Role
from servicedesk.incidents.import_mapping import EXAMPLE
from servicedesk.incidents.listing import IncidentFilter, list_rows
from servicedesk.settings import Settings
from tests.commands import run_command
from tests.conftest import SHARED_DATA
from tests.factories import acting, make_person

ROWS, LONGEST_IMPORT = 141_712, 180
# A third of what an idle machine does, for one that is shared.
EVENTS_A_SECOND = 10_000
SLOWEST_PAGE = 0.3
LISTS = (
    {},
    {"state": "all"},
    {"state": "closed", "sort": "newest"},
    {"q": "Symptom 534"},
    {"q": "INC0000045"},
)

pytestmark = [pytest.mark.processes, pytest.mark.shared_data]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Copy the public export to where the file of its rejected rows may stand beside it."""
    return Path(shutil.copy(SHARED_DATA / "uci_incidents" / "incident_event_log.csv.gz", tmp_path))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, and what it gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def test_import_verification_and_queue(committed_desk: Any, settings: Settings, export: Path) -> None:
    arguments = ("import", "incidents", str(export), "--mapping", str(EXAMPLE))
    first, (status, _) = timed(lambda: run_command(settings, *arguments))
    second, _ = timed(lambda: run_command(settings, *arguments))
    verifying, (_, verdict) = timed(lambda: run_command(settings, "audit", "verify"))
    events = int(verdict.rpartition("No fault in ")[2].partition(" ")[0].replace(",", ""))
    click.echo(f"import: {first:.1f} s, {ROWS / first:,.0f} rows a second; again: {second:.1f} s")
    click.echo(f"audit verify: {verifying:.1f} s, {events:,} events, {events / verifying:,.0f} a second")
    assert (status, first < LONGEST_IMPORT) == (0, True)
    assert events / verifying > EVENTS_A_SECOND
    actor = acting(make_person(Role.AGENT, desk=committed_desk))
    for given in LISTS:
        wanted = IncidentFilter.read(given)
        query = list_rows(wanted, actor, utcnow())
        fetch_page(query, wanted.order)
        seconds, page = timed(lambda query=query, wanted=wanted: fetch_page(query, wanted.order))
        click.echo(f"queue {given or 'open'}: {seconds * 1000:.0f} ms, {len(page.rows)} rows")
        assert seconds < SLOWEST_PAGE
