"""Every template part, rendered as in the application and read back as HTML."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import render_template, render_template_string
from flask.testing import FlaskClient

from tests.web.gallery import LONG_TITLE, ROOT, ReplyForm, ReportForm, create_gallery, pages

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect"}
PAGES = sorted(pages())


class Page(HTMLParser):
    """The elements of a page; refuses one whose elements are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = create_gallery()
    app.testing = True
    return app.test_client()


def read(client: FlaskClient, name: str, query: str = "") -> Page:
    answer = client.get(f"/gallery/{name}{query}")
    assert answer.status_code == 200
    return Page(answer.text)


def render(client: FlaskClient, source: str, **context: Any) -> str:
    with client.application.test_request_context():
        return render_template_string(source, **context)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_carries_what_the_content_security_policy_forbids(client: FlaskClient, name: str) -> None:
    page = read(client, name)
    assert page.having("style") == []
    assert page.named("style") == []
    assert all("src" in script for script in page.named("script"))
    assert not [key for _, attrs in page.elements for key in attrs if key.startswith("on")]


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_every_reference_finds_its_element(client: FlaskClient, name: str) -> None:
    page = read(client, name)
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    wanted = " ".join(
        page.having("for") + page.having("aria-describedby") + page.having("aria-labelledby")
    ).split()
    wanted += [href[1:] for href in page.having("href") if href.startswith("#") and href != "#"]
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize(("query", "theme"), [("", None), ("?theme=dark", "dark"), ("?theme=light", "light")])
def test_the_chosen_theme_stands_on_the_root(client: FlaskClient, query: str, theme: str | None) -> None:
    page = read(client, "desk-queue", query)
    assert page.named("html")[0].get("data-bs-theme") == theme
    assert [b["value"] for b in page.named("button") if b.get("aria-pressed") == "true"] == [theme or "auto"]


def test_a_refused_form_names_each_fault_above_and_beside_the_field(client: FlaskClient) -> None:
    page = read(client, "portal-form")
    links = [href for href in page.having("href") if href.startswith("#") and href not in ("#", "#main")]
    assert links == ["#title", "#details", "#contact-0"]
    boxes = {attrs.get("id"): attrs for tag, attrs in page.elements if tag in ("input", "textarea")}
    assert boxes["title"]["aria-invalid"] == "true"
    assert boxes["title"]["aria-describedby"] == "title-hint title-error"
    assert "Error: What is wrong?" in client.get("/gallery/portal-form").text


def test_a_text_that_is_too_long_comes_back_whole_and_unlimited_by_the_browser(client: FlaskClient) -> None:
    assert "x" * 4001 in client.get("/gallery/portal-form").text
    assert read(client, "portal-form").having("maxlength") == []


def test_hidden_fields_travel_with_the_form(client: FlaskClient) -> None:
    source = '{% from "parts/forms.html" import hidden_fields %}{{ hidden_fields(form) }}'
    names = [attrs["name"] for attrs in Page(render(client, source, form=ReportForm())).named("input")]
    assert names == ["csrf_token", "version"]


@pytest.mark.parametrize("kind", ["public", "note"])
def test_the_reply_box_stands_on_the_kind_that_was_chosen(client: FlaskClient, kind: str) -> None:
    source = '{% from "parts/desk.html" import reply_box %}{{ reply_box(form, "/x", "<Jo>", "k") }}'
    text = render(client, source, form=ReplyForm(data={"kind": kind}))
    assert [attrs["value"] for attrs in Page(text).named("input") if "checked" in attrs] == [kind]
    assert "Send to &lt;Jo&gt;" in text


def test_cells_carry_their_columns_name_for_the_cards_of_a_phone(client: FlaskClient) -> None:
    labels = read(client, "desk-queue").having("data-label")
    assert labels[:8] == [
        "Priority",
        "Number",
        "Title",
        "State",
        "Assignee",
        "Requester",
        "Changed",
        "Time left",
    ]
    assert len(labels) == 6 * 8


def test_what_people_typed_is_shown_and_never_run(client: FlaskClient) -> None:
    text = client.get("/gallery/desk-queue").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert LONG_TITLE in text


def test_a_signed_out_page_offers_sign_in_and_no_menu(client: FlaskClient) -> None:
    page = read(client, "portal-signed-out")
    assert "/web/sign_in" in page.having("href")
    assert page.named("details") == []
    assert "data-signed-in" not in page.named("body")[0]
    assert "data-refused" in page.named("body")[0]


def test_a_mail_reads_well_in_both_forms(client: FlaskClient) -> None:
    facts = {
        "person_name": "Zoë <b>🦊</b>",
        "organisation": "East Herts",
        "product": "Service desk",
        "phone": "01279 1",
        "reason": "You reported this.",
        "action_words": "Read and answer",
        "action_url": "https://desk.example/INC-1",
        "settings_url": "https://desk.example/settings",
        "subject": "INC-1 is fixed",
        "message": "Fixed by Sam & Co.",
    }
    with client.application.test_request_context():
        kind = client.application.jinja_env.from_string(
            '{% extends "mail/base.txt" %}{% block message %}{{ message | safe }}{% endblock %}'
        )
        plain = kind.render(facts)
        page = render_template("mail/base.html", **facts)
    assert "Dear Zoë <b>🦊</b>,\n" in plain
    assert "Fixed by Sam & Co.\n\nRead and answer:\nhttps://desk.example/INC-1\n" in plain
    assert not re.search(r"\n{3,}", plain)
    assert "Zoë &lt;b&gt;🦊" in page
    assert "Fixed by Sam &amp; Co." in page
    assert "https://desk.example/INC-1" in Page(page).having("href")


@pytest.mark.parametrize("folder", ["servicedesk/static/vendor", "tests/browser/vendor"])
def test_vendored_files_are_the_published_ones(folder: str) -> None:
    listed = dict(line.split()[::-1] for line in (ROOT / folder / "SHA256SUMS").read_text().splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files(ROOT / folder)}
    assert found == listed


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name not in ("SHA256SUMS", "README.md")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    (text, ground, 4.5) for text in ("text", "muted", "link") for ground in ("page", "surface", "raised")
]
PAIRS += [(tone, f"{tone}-tint", 4.5) for tone in ("danger", "warning", "done", "info", "held")]
PAIRS += [(text, f"{tone}-tint", 4.5) for text in ("text", "muted", "link") for tone in ("warning", "info")]
PAIRS += [("on-brand", "brand", 4.5), ("on-brand", "brand-strong", 4.5), ("page", "danger", 4.5)]
PAIRS += [("control", ground, 3.0) for ground in ("page", "surface")]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_token_pairs_reach_their_contrast(text: str, ground: str, least: float, theme: int) -> None:
    css = (ROOT / "servicedesk/static/css/tokens.css").read_text()
    tokens = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)}
    assert contrast(tokens[text][theme], tokens[ground][theme]) >= least
