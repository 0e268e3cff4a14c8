"""Take the README's pictures anew, of real pages with the demo inside: `python -m tests.take_pictures`."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.journeys.system import System, running_system

FOLDER = Path(__file__).parent / "pictures"
REQUESTER, AGENT = "requester.ehc@demo.example", "ict.agent@demo.example"


def main() -> int:
    """Start a system, take the pictures, end it."""
    FOLDER.mkdir(exist_ok=True)
    with running_system() as system, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        desk = open_as(browser, system, AGENT, 1280, 620)
        take(desk, "/desk/", "queue")
        take(desk, "/desk/incidents/INC-000014", "record")
        take(open_as(browser, system, REQUESTER, 360, 740), "/", "portal-phone")
        browser.close()
    return 0


def open_as(browser: Browser, system: System, mail: str, width: int, height: int) -> Page:
    """Return a page on which somebody is signed in."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, base_url=system.address, locale="en-GB"
    )
    account = system.account(mail)
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(account["mail"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def take(page: Page, path: str, name: str) -> None:
    """Take one picture."""
    page.goto(path)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
