"""One running system for the journeys of a module, and browsers in which its people are signed in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import WIDE, listen
from tests.journeys.system import System, running_system

# Due after a minute and a half: slow enough to work on an incident, quick enough to wait for its ladder.
POLICY = """
hours: always
target: 90s
ladder:
  - {after: 12s, to: team_lead, answer_within: 10s}
  - {after: 60s, to: senior_officer, answer_within: 10s}
"""


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with running_system(POLICY) as running:
        yield running


@pytest.fixture
def as_person(chromium: Browser, system: System) -> Iterator[Callable[..., Page]]:
    """Return how to get a page on which somebody of the demo is signed in."""
    contexts, complaints = [], []

    def open_page(mail: str, **options: object) -> Page:
        settings = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/London"} | options
        context = chromium.new_context(base_url=system.address, **settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        complaints.append(listen(page))
        account = system.account(mail)
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(account["mail"])
        page.get_by_label("Password").fill(account["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [words for found in complaints for words in found] == []
