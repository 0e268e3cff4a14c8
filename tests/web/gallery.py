"""A gallery of every template part with awkward but realistic data, for the tests of the front end.

Flask with the real templates and the endpoint names that the frames link to; no views, no database.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Form,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from servicedesk.core.words import clock_view, moment_view
from servicedesk.web.shell import DeskLink, Shell, ViewLink

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)
CSP = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
ENDPOINTS = {
    "portal": ["home", "start_report", "list_records", "show_settings", "accessibility"],
    "desk": ["list_incidents", "log_incident", "list_escalations", "list_notices"],
    "admin": ["home"],
    "web": ["sign_in", "sign_out", "set_theme"],
}
LONG_TITLE = (
    "Cannot open the planning application register since this morning’s update, and neither can anybody else "
    "on the second floor of Wallfields – error 0x80070643-FAILURE-INSTALLING-SECURITY-UPDATE-KB5034441"
)
NAMES = ["Aoife Ní Bhriain-Featherstonehaugh", "ליאור בן־דוד", "Zoë 🦊 Okonkwo", "محمد الأحمد", "Li"]


def choices(blank: str | None = "Choose one", /, **labels: str) -> list[SelectChoice]:
    """Return a field's choices, the first one empty unless `blank` is None."""
    first = [] if blank is None else [SelectChoice("", blank)]
    return first + [SelectChoice(value, label) for value, label in labels.items()]


class ReportForm(Form):
    """Every kind of field at once."""

    csrf_token = HiddenField(default="token")
    version = HiddenField(default="3")
    title = StringField(
        "What is wrong?", [InputRequired("Say what is wrong, for example “My laptop won’t start”.")]
    )
    details = TextAreaField("Tell us more", [Length(max=4000, message="Use 4,000 characters or fewer.")])
    category = SelectField("What does it touch?", choices=choices(laptop="Laptop", print="Printing"))
    contact = RadioField(
        "How shall we reach you?",
        [InputRequired("Choose how we reach you.")],
        choices=choices(None, mail="By mail", phone="By phone", teams="In Teams"),
    )
    phone = StringField("Phone number")
    since = DateTimeLocalField("Since when?")
    files = MultipleFileField("Pictures or files")
    colleague = BooleanField("I report this for a colleague")


class ReplyForm(Form):
    """The desk's answer box."""

    csrf_token = HiddenField(default="token")
    kind = RadioField("Kind", choices=choices(None, public="Public", note="Note"), default="public")
    text = TextAreaField("Text", [InputRequired("Write something first."), Length(max=20000)])
    files = MultipleFileField("Files")


class FilterForm(Form):
    """A queue's filters."""

    state = SelectField("State", choices=choices("Open", new="New", on_hold="On hold"))
    team = SelectField("Team", choices=choices("Any", network="Network and telephony"))
    q = StringField("Words")


def portal_shell(**changes: Any) -> Shell:
    """Return the frame of a signed-in requester."""
    shell = Shell(
        organisation="East Herts and Stevenage",
        here="/",
        person_name=NAMES[0],
        open_count=3,
        phone="01279 502 345",
        phone_hours="Monday to Friday, 08:00 to 18:00",
        contact_mail="servicedesk@example.gov.uk",
        search_url="/my-records",
        may_use_desk=True,
    )
    return replace(shell, **changes)


def desk_shell() -> Shell:
    """Return the frame of a busy agent."""
    views = [
        ViewLink("My work", "#", 12),
        ViewLink("Unassigned", "#", 7, current=True),
        ViewLink("Breaching", "#", 3),
        ViewLink("On hold", "#", 21),
        ViewLink("Laptops of Members waiting for a supplier", "#", 1204, group="Saved views"),
    ]
    return portal_shell(
        face="desk",
        desk_name="ICT",
        desks=[DeskLink("ICT", "#", current=True), DeskLink("Print & Design", "#")],
        views=views,
        to_acknowledge=2,
        unread_notices=14,
        shortcuts=True,
        may_log=True,
        may_administer=True,
    )


def clocks() -> list[Any]:
    """Return one clock in each state."""
    hour = timedelta(hours=1)
    return [
        clock_view(NOW + 3 * hour, NOW, share=0.25),
        clock_view(NOW + hour / 5, NOW, share=0.95),
        clock_view(NOW - hour, NOW),
        clock_view(NOW + hour, NOW, share=0.5, held_for="supplier"),
        clock_view(NOW, NOW, share=0.8, stopped_at=NOW - hour),
        clock_view(None, NOW),
    ]


def rows() -> list[dict[str, Any]]:
    """Return a queue whose rows are as uneven as real ones."""
    states = [
        ("new", "New"),
        ("in_progress", "In progress"),
        ("on_hold", "On hold: supplier"),
        ("resolved", "Resolved"),
    ]
    titles = [
        LONG_TITLE,
        "Printer jam",
        "🔥 אין רשת בוולפילדס",
        "<script>alert(1)</script>",
        "Mailbox full",
        "VPN",
    ]
    return [
        {
            "number": f"INC-{10431 + index}",
            "title": title,
            "priority": index % 4 + 1,
            "state": states[index % 4],
            "requester": NAMES[index % 5],
            "assignee": NAMES[(index + 2) % 5],
            "clock": clocks()[index],
            "changed": moment_view(NOW - timedelta(hours=7 * index), NOW),
        }
        for index, title in enumerate(titles)
    ]


def entries() -> list[dict[str, Any]]:
    """Return a conversation with notes and changes."""
    files = [{"name": "screenshot of the error – final (2).png", "url": "#", "size_words": "248 KB"}]
    texts = [
        ("public", NAMES[0], True, f"{LONG_TITLE}\n\nSee https://example.org/a?b=c&d=<e> please.", files),
        ("change", "", False, "Sam took this on", []),
        ("public", NAMES[3], False, "سأتصل بك غدًا. We will ring you tomorrow 😀", []),
        ("note", NAMES[1], False, "Third time this month: same switch.\nTalk to the supplier.", files),
    ]
    return [
        {"kind": kind, "author": author, "mine": mine, "text": text, "files": kept, "id": index,
         "moment": moment_view(NOW - timedelta(hours=30 - 7 * index), NOW)}
        for index, (kind, author, mine, text, kept) in enumerate(texts)
    ]  # fmt: skip


def refused_form() -> ReportForm:
    """Return a form as it comes back refused."""
    form = ReportForm(data={"details": "x" * 4001, "category": "", "contact": None})
    form.validate()
    form.form_errors.append("Somebody else changed this record. Read it again, then send your answer.")
    return form


def pages() -> dict[str, Callable[[], dict[str, Any]]]:
    """Return, by page name, what its template is given."""
    return {
        "portal-home": lambda: {"shell": portal_shell(), "entries": entries()},
        "portal-form": lambda: {"shell": portal_shell(open_count=0), "form": refused_form()},
        "portal-record": lambda: {"shell": portal_shell(), "entries": entries(), "rows": rows()},
        "portal-signed-out": lambda: {"shell": portal_shell(person_name=""), "title": "There is no such page",
                                      "text": "Check the address, or go to your records.",
                                      "action_url": "/", "action_words": "Go to the start page"},
        "desk-queue": lambda: {"shell": desk_shell(), "rows": rows(), "filters": FilterForm()},
        "desk-record": lambda: {"shell": desk_shell(), "entries": entries(), "clocks": clocks(),
                                "form": ReplyForm(), "title": LONG_TITLE},
    }  # fmt: skip


def create_gallery() -> Flask:
    """Build the gallery; /gallery/NAME shows a page, ?theme=dark in that theme."""
    app = Flask("gallery", static_folder=str(ROOT / "servicedesk" / "static"))
    app.config["SECRET_KEY"] = "gallery"
    CSRFProtect(app)
    folders = [ROOT / "templates", ROOT / "tests" / "web" / "pages"]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    for blueprint, names in ENDPOINTS.items():
        for name in names:
            app.add_url_rule(
                f"/{blueprint}/{name}",
                f"{blueprint}.{name}",
                lambda: '<link rel="icon" href="data:,">',
                methods=["GET", "POST"],
            )

    @app.get("/gallery/<name>")
    def show(name: str) -> str:
        context = pages()[name]()
        context["shell"] = replace(context["shell"], theme=request.args.get("theme", "auto"))
        return render_template("error.html" if name == "portal-signed-out" else f"{name}.html", **context)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    return app
