"""The frames and parts in Chromium: accessible in both themes, no sideways scrolling, keyboard and drafts."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.chromium import CHROMIUM, axe_faults
from tests.web.gallery import create_gallery, pages

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")]

PAGES = sorted(pages())


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gallery"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_at_any_width(page: Page, gallery: str, name: str, system: str) -> None:
    page.emulate_media(color_scheme=system)
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{gallery}/{name}")
        assert axe_faults(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_window_needs_no_sideways_scrolling(page: Page, gallery: str, name: str) -> None:
    page.goto(f"{gallery}/{name}")
    for width in (320, 768, 1024, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("theme", "system", "ground"),
    [
        ("auto", "light", "rgb(255, 255, 255)"),
        ("auto", "dark", "rgb(16, 21, 27)"),
        ("light", "dark", "rgb(255, 255, 255)"),
        ("dark", "light", "rgb(16, 21, 27)"),
    ],
)
def test_the_theme_follows_the_person_before_the_system(
    page: Page, gallery: str, theme: str, system: str, ground: str
) -> None:
    page.emulate_media(color_scheme=system)
    page.goto(f"{gallery}/desk-queue?theme={theme}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_the_error_summary_takes_the_focus(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/portal-form")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Choose how we reach you.").click()
    expect(page.get_by_label("By mail")).to_be_focused()


def test_a_chosen_choice_shows_its_details(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/portal-form")
    expect(page.get_by_label("Phone number")).to_be_hidden()
    page.get_by_label("By phone").check()
    expect(page.get_by_label("Phone number")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_menu_closes_on_escape_and_stays_in_the_window(page: Page, gallery: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{gallery}/portal-home")
    opener = page.locator("summary")
    opener.click()
    box = page.locator(".menu-body").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu-body")).to_be_hidden()
    expect(opener).to_be_focused()


def test_unsent_words_outlive_an_expired_session_and_not_a_success(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/desk-record")
    page.get_by_label("Text").fill("Try the other socket.")
    page.evaluate("document.querySelector('form.reply').dispatchEvent(new Event('submit'))")
    page.goto(f"{gallery}/portal-signed-out")
    page.goto(f"{gallery}/desk-record")
    expect(page.get_by_label("Text")).to_have_value("Try the other socket.")
    expect(page.get_by_text("We kept what you had written.")).to_be_visible()
    page.evaluate("document.querySelector('form.reply').dispatchEvent(new Event('submit'))")
    page.goto(f"{gallery}/desk-record")
    expect(page.get_by_label("Text")).to_have_value("")


def test_the_reply_box_cannot_be_confused_even_without_javascript(chromium: Browser, gallery: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery}/desk-record")
    send, save = (
        page.get_by_role("button", name="Send to"),
        page.get_by_role("button", name="Save internal note"),
    )
    expect(send).to_be_visible()
    expect(save).to_be_hidden()
    page.get_by_text("Internal note", exact=True).first.click()
    expect(send).to_be_hidden()
    expect(save).to_be_visible()
    context.close()


def test_keys_search_and_log_a_call_but_not_while_typing(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/desk-queue")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.press("n")
    expect(search).to_have_value("n")
    page.locator("main").focus()
    page.keyboard.press("n")
    page.wait_for_url("**/desk/log_incident")
    page.goto(f"{gallery}/desk-queue")
    page.keyboard.press("Control+k")
    expect(search).to_be_focused()


def test_relative_times_are_kept_true_in_the_same_words(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/desk-queue")
    words = page.evaluate(
        "import(document.querySelector('script[type=module]').src).then(({durationInWords: say}) =>"
        " [0, 59.9, 60, 3600, 4800, 86400, 100800, 172800, -4800].map(say))"
    )
    assert words == [
        "0 s",
        "59 s",
        "1 min",
        "1 h",
        "1 h 20 min",
        "1 day",
        "1 day 4 h",
        "2 days",
        "1 h 20 min",
    ]
    live = page.locator("time[data-live=ago]").first
    live.evaluate("element => { element.dateTime = new Date(Date.now() - 7200000).toISOString() }")
    page.clock.install()
    page.reload()
    live.evaluate("element => { element.dateTime = new Date(Date.now() - 7200000).toISOString() }")
    page.clock.run_for(31_000)
    expect(live).to_have_text("2 h ago")
