"""Every page in Chromium, in both themes: axe finds nothing, and nothing makes it scroll sideways."""

import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.chromium import axe_faults
from tests.journeys.system import System

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed"),
]
PHONE, DESKTOP, ZOOMED = 360, 1440, 320
# The demo's first open record at the ICT desk, one that is on hold, and a requester's own.
NEW, HELD, OWN = "INC-000013", "INC-000015", "INC-000062"
PORTAL = (
    "/",
    "/report",
    "/records",
    "/records?show=finished",
    f"/records/{OWN}",
    f"/records/{OWN}/cancel",
    "/settings",
    "/settings/notices",
    "/settings/tokens",
    "/settings/tokens/new",
    "/settings/sessions",
    "/settings/password",
    "/settings/shortcuts",
    "/accessibility",
    "/api/docs",
    "/no-such-page",
)
_STEPS = ("assign", "transfer", "hold", "resolve", "cancel", "amend", "categorise", "prioritise", "share")
DESK = (
    "/desk/",
    "/desk/?state=all",
    "/desk/?q=nothing-has-this",
    "/desk/log",
    "/desk/log?q=a",
    "/desk/escalations",
    "/desk/notices",
    "/desk/outages",
    "/desk/outages/publish",
    f"/desk/incidents/{NEW}",
    f"/desk/incidents/{HELD}",
    *(f"/desk/incidents/{NEW}/{step}" for step in _STEPS),
)
_OF_A_DESK = (
    "",
    "/amend",
    "/hours",
    "/closures",
    "/categories",
    "/matrix",
    "/service-level",
    "/roles",
    "/teams",
)
ADMINISTRATION = (
    "/desk/admin/",
    "/desk/admin/people",
    "/desk/admin/people/1",
    "/desk/admin/people/new",
    "/desk/admin/desks",
    "/desk/admin/sites",
    "/desk/admin/organisations",
    "/desk/admin/groups",
    "/desk/admin/audit",
    "/desk/admin/mails",
    "/desk/admin/failed-mails",
    *(f"/desk/admin/desks/1{page}" for page in _OF_A_DESK),
)
SIDES = {
    "requester.ehc@demo.example": PORTAL,
    "ict.team-lead@demo.example": DESK,
    "administrator@demo.example": ADMINISTRATION,
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mail", SIDES)
def test_every_page_is_accessible_and_fits(
    as_person: Callable[..., Page], system: System, mail: str, theme: str
) -> None:
    page = as_person(mail, color_scheme=theme)
    # Colours are all that differs between the themes; the narrow layout is looked at in one of them.
    widths = (PHONE, DESKTOP) if theme == "light" else (DESKTOP,)
    faults = [fault for path in SIDES[mail] for fault in faults_of(page, path, widths)]
    assert faults == []


def faults_of(page: Page, path: str, widths_for_axe: tuple[int, ...]) -> list[tuple[str, int, object]]:
    """Return what is wrong with a page at the width of a phone, of a desk, and at 400 % zoom."""
    found: list[tuple[str, int, object]] = []
    answer = page.goto(path)
    if answer is None or answer.status not in (200, 404 if path == "/no-such-page" else 200):
        found.append((path, 0, answer and answer.status))
    for width in (ZOOMED, PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, width, "scrolls sideways"))
        if width in widths_for_axe:
            found += [(path, width, fault) for fault in axe_faults(page)]
    return found
