"""An incident's life as its two sides see it: report, take, hold, answer, resolve, reopen, confirm."""

import re
import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.system import System, eventually

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed"),
]
REQUESTER, AGENT, LEAD = "requester.ehc@demo.example", "ict.agent@demo.example", "ict.team-lead@demo.example"
AsPerson = Callable[..., Page]


def report(page: Page, title: str) -> str:
    """Report an incident through the three screens; return its number."""
    page.goto("/")
    page.get_by_role("link", name="Report a problem").first.click()
    page.get_by_label("What is wrong, in a few words?").fill(title)
    page.get_by_label("Tell us more").fill("It stopped this morning. 😟 <b>Nothing</b> helps.")
    page.get_by_label("ICT", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    for choice in ("For myself", "A team", "Can work, but with difficulty", "By e-mail"):
        page.get_by_label(choice, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(title)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Send")).click()
    page.wait_for_url("**/sent")
    found = re.search(r"INC-\d+", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def told(page: Page, words: str) -> Locator:
    """Return the place on a record's timeline that says something."""
    return page.locator(".timeline, .conversation").get_by_text(words)


def take(page: Page, number: str) -> None:
    """Take an incident as an agent."""
    page.goto(f"/desk/incidents/{number}")
    page.get_by_role("button", name="Take").click()
    expect(told(page, "started work on it")).to_be_visible()


def hold(page: Page, number: str) -> None:
    """Put an incident on hold for its requester."""
    page.goto(f"/desk/incidents/{number}/hold")
    page.get_by_label("The requester").check()
    page.get_by_label("Whom or what exactly?").fill("the asset tag")
    page.get_by_label("Look at it again at the latest").fill("2027-01-04T09:00")
    page.locator("main form").get_by_role("button").first.click()
    expect(page.get_by_text("on hold").first).to_be_visible()


def resolve(page: Page, number: str) -> None:
    """Resolve an incident."""
    page.goto(f"/desk/incidents/{number}/resolve")
    page.get_by_label("How was service restored?").fill("Rebuilt the profile.")
    page.get_by_label("What was it?").select_option(label="Hardware / Laptop")
    page.locator("main form").get_by_role("button").first.click()
    expect(told(page, "resolved it").last).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_report_is_taken_held_answered_resolved_reopened_and_confirmed(
    as_person: AsPerson, system: System, has_script: bool
) -> None:
    requester = as_person(REQUESTER, java_script_enabled=has_script)
    agent = as_person(AGENT, java_script_enabled=has_script)
    number = report(requester, f"Screen stays black {has_script}")
    take(agent, number)
    hold(agent, number)

    requester.goto(f"/records/{number}")
    expect(requester.get_by_text("the asset tag").first).to_be_visible()
    requester.get_by_label("Your answer").fill("It is 4711.")
    requester.get_by_role("button", name="Send your answer").click()
    expect(told(requester, "It is 4711.")).to_be_visible()

    agent.goto(f"/desk/incidents/{number}")
    expect(told(agent, "resumed it")).to_be_visible()
    resolve(agent, number)

    requester.goto(f"/records/{number}")
    expect(requester.get_by_text("Rebuilt the profile.").first).to_be_visible()
    requester.get_by_role("link", name="Not fixed").click()
    requester.get_by_label("What is still wrong?").fill("Black again.")
    requester.locator("main form").get_by_role("button").first.click()
    expect(told(requester, "Black again.")).to_be_visible()

    resolve(agent, number)
    requester.goto(f"/records/{number}")
    requester.get_by_role("button", name="It works again").click()
    expect(requester.get_by_text("Finished").or_(requester.get_by_text("closed")).first).to_be_visible()
    mails = eventually(lambda: [name for name in system.mails() if "event-" in name], 30)
    assert mails


def test_an_escalation_is_seen_acknowledged_and_ends_there(as_person: AsPerson, system: System) -> None:
    requester, lead = as_person(REQUESTER), as_person(LEAD)
    number = report(requester, "Nobody looks at this")

    def seen() -> bool:
        lead.goto("/desk/escalations")
        return lead.get_by_text(number).count() > 0

    eventually(seen, 60)
    expect(lead.get_by_role("link", name=re.compile("to acknowledge"))).to_be_visible()
    lead.goto(f"/desk/incidents/{number}")
    expect(told(lead, "escalated it to")).to_be_visible()
    lead.get_by_role("button", name=re.compile("^Acknowledge")).first.click()
    expect(told(lead, "acknowledged the escalation")).to_be_visible()
