"""Chromium for tests of pages: a browser a module, a context a page, axe, and a silent console."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "browser" / "vendor" / "axe.min.js").read_text()
WIDE = {"width": 1280, "height": 900}
# A refused form (4xx) is an answer like another; Chromium writes it to the console all the same.
_EXPECTED = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open an empty page and refuse any complaint on its console, such as a breach of the CSP."""
    context = chromium.new_context(viewport=WIDE, locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    complaints = listen(page)
    yield page
    context.close()
    assert complaints == []


def listen(page: Page) -> list[str]:
    """Return the list to which the page's complaints will be added."""
    complaints: list[str] = []

    def hear(line: Any) -> None:
        if line.type in ("error", "warning") and not line.text.startswith(_EXPECTED):
            complaints.append(line.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def axe_faults(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong with a page: the rule, and the places."""
    found = page.evaluate(AXE + "; axe.run(document)")
    assert found["passes"], "axe looked at nothing"
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
