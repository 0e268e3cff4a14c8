"""A notice as a mail: the words stand in templates named by audit kind."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sqlalchemy import select

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.words import moment_in_words
from servicedesk.directory.models import Person
from servicedesk.notifications.models import Notice
from servicedesk.notifications.operations import thread_id
from servicedesk.records.models import Comment
from servicedesk.records.timeline import REASONS, names_for, tell_event

TEMPLATES = Path(__file__).parents[2] / "templates"
_TEXT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=False,  # noqa: S701 - plain text
    trim_blocks=True,
    lstrip_blocks=True,
)
_HTML = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
_public: dict[str, str] = {}


def use_links(public_url: str) -> None:
    """Take the address that links in mails start with: from the settings, never from a request."""
    _public["url"] = public_url


def render_notice(notice: Notice, sender: str) -> EmailMessage:
    """Return the mail that tells of a notice, as plain text and as HTML."""
    values = _values(notice)
    template = _TEXT.get_template(f"mail/{notice.template}.txt")
    context = template.new_context(values)
    words = "".join(template.blocks["message"](context)).strip()
    record = notice.record
    message = EmailMessage()
    message["Subject"] = " ".join(f"[{record.number}] {record.title}".split())
    message["From"] = sender
    message["To"] = _address(notice.person)
    message["Message-ID"] = notice.message_id
    message["In-Reply-To"] = message["References"] = thread_id(record)
    message["Date"] = notice.created_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(template.render(values))
    html = _HTML.get_template("mail/base.html")
    message.add_alternative(
        html.render(values | {"message": words, "subject": str(message["Subject"])}), subtype="html"
    )
    return message


def _address(person: Person) -> str:
    """Return a person's address with the name, whatever signs it has."""
    name = "".join(char for char in person.name if char.isprintable()).replace('"', "'").replace("\\", "")
    return f'"{name}" <{person.mail}>'


def _values(notice: Notice) -> dict[str, Any]:
    """Return what a mail's template may use."""
    event, record = notice.audit_event, notice.record
    names = names_for([event])
    face = f"/records/{record.number}" if notice.for_requester else f"/desk/incidents/{record.number}"
    comment = db.session.get(Comment, event.data["comment"]) if event.data.get("comment") else None
    return {
        "person_name": notice.person.name,
        "organisation": record.desk.name,
        "product": "Service desk",
        "phone": record.desk.phone,
        "record": record,
        "event": event,
        "event_words": tell_event(event, names),
        "names": names,
        "actor": _actor_name(event.actor_id),
        "comment": comment.body if comment else "",
        "due_words": moment_in_words(record.due_at, utcnow()) if record.due_at else "",
        "reason_words": REASONS.get(event.data.get("reason", ""), "waiting"),
        "for_requester": notice.for_requester,
        "reason": _reason(notice),
        "action_words": "See it and answer" if notice.for_requester else "Open it",
        "action_url": _public["url"] + face,
        "settings_url": _public["url"] + "/settings",
    }


def _actor_name(person_id: int | None) -> str:
    """Return who did it; without a person it was the service desk itself."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or "The service desk"


def _reason(notice: Notice) -> str:
    """Say why this person gets the mail."""
    record, person_id = notice.record, notice.person_id
    if not notice.for_requester:
        return "You get this because you work on this record, or because it was escalated to you."
    if person_id == record.requester_id:
        return "You get this because it was reported by you, or for you."
    if person_id == record.reporter_id:
        return "You get this because you reported it for a colleague."
    return "You get this because you watch this record."
