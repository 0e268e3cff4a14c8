"""Write the notices that an audit event asks for, in the event's own transaction."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from servicedesk.core.audit import AuditEvent, write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition
from servicedesk.core.jobs import enqueue_after_commit
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.core.signing import derive_key
from servicedesk.directory.models import Person
from servicedesk.notifications.models import Notice, NoticePreference
from servicedesk.notifications.rules import RULES, Audience, Rule, Topic
from servicedesk.records.models import Record, Watch

SEND_NOTICE = "servicedesk.notifications.jobs.send_notice"
_host: list[str] = ["localhost"]


def use_public_url(url: str) -> None:
    """Take the address from which the right-hand side of every Message-ID is made; called by the factory."""
    _host[:] = [urlsplit(url).hostname or "localhost"]


def tell(event: AuditEvent, record: Record) -> None:
    """Write one notice for everybody who should know of the event, except who did it (a subscriber)."""
    told: set[int] = set() if event.actor_id is None else {event.actor_id}
    for rule in RULES[event.kind]:
        if all(event.data.get(key) == value for key, value in rule.where):
            for person in _people(rule.audience, event, record):
                if person.id not in told and person.is_active:
                    told.add(person.id)
                    _write_notice(person, rule, event, record)


def _people(audience: Audience, event: AuditEvent, record: Record) -> Iterable[Person]:
    """Return who an audience is, on this record."""
    if audience is Audience.ASSIGNEE:
        ids = {record.assignee_id}
    elif audience is Audience.ADDRESSEE:
        ids = {event.data["person"]}
    else:
        watchers = db.session.scalars(select(Watch.person_id).where(Watch.record_id == record.id))
        ids = {record.requester_id, record.reporter_id if _is_requester_side(record) else None, *watchers}
    return db.session.scalars(select(Person).where(Person.id.in_(ids - {None})).order_by(Person.id)).all()


def _is_requester_side(record: Record) -> bool:
    """Return whether the reporter is a colleague of the requester rather than the agent who took the call."""
    return record.channel == "portal"


def _write_notice(person: Person, rule: Rule, event: AuditEvent, record: Record) -> None:
    """Write one notice, and send it after the commit if it goes by mail."""
    by_mail = wants_mail(person.id, rule.topic) and bool(person.mail)
    notice = Notice(
        person_id=person.id,
        record_id=record.id,
        audit_event_id=event.id,
        template=event.kind,
        for_requester=rule.audience is Audience.REQUESTER_SIDE,
        message_id=message_id(f"event-{event.id}.person-{person.id}"),
        created_at=event.recorded_at,
        mail_state="queued" if by_mail else "none",
        try_at=event.recorded_at if by_mail else None,
    )
    db.session.add(notice)
    db.session.flush()
    if by_mail:
        enqueue_after_commit(SEND_NOTICE, notice.id)


def message_id(name: str) -> str:
    """Return a Message-ID that is always the same for the same thing and cannot be guessed."""
    seal = hmac.digest(derive_key("message ids"), name.encode(), "sha256").hex()[:12]
    return f"<{name}.{seal}@{_host[0]}>"


def thread_id(record: Record) -> str:
    """Return what every mail about a record answers to, so that mail programs keep them together."""
    return message_id(f"record-{record.number}")


def wants_mail(person_id: int, topic: Topic) -> bool:
    """Return whether somebody wants a topic's notices by mail; at first everybody does."""
    chosen = db.session.get(NoticePreference, (person_id, topic))
    return chosen is None or chosen.by_mail


def choose_mail(person: Person, topic: Topic, *, by_mail: bool, actor: Actor, now: datetime) -> None:
    """Keep whether somebody wants a topic's notices by mail."""
    if wants_mail(person.id, topic) == by_mail:
        return
    chosen = db.session.get(NoticePreference, (person.id, topic))
    if chosen is None:
        db.session.add(NoticePreference(person_id=person.id, topic=topic, by_mail=by_mail))
    else:
        chosen.by_mail = by_mail
    write_audit_event(
        "person.mails-chosen", subject=person, actor=actor, at=now, topic=topic, by_mail=by_mail
    )


def read_notices(person_id: int, now: datetime, record_id: int | None = None) -> None:
    """Mark somebody's notices as read: all of them, or those about one record."""
    query = select(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    for notice in db.session.scalars(
        query if record_id is None else query.where(Notice.record_id == record_id)
    ):
        notice.read_at = now


def send_again(notice: Notice, *, actor: Actor, now: datetime) -> None:
    """Have a mail tried again that was given up; it keeps its Message-ID."""
    require(actor, Permission.ADMINISTRATION_EVERYTHING)
    if notice.mail_state != "failed":
        raise InvalidTransition(f"This mail is {notice.mail_state}, so it is not sent again.")
    notice.mail_state, notice.try_at, notice.attempts, notice.error = "queued", now, 0, None
    write_audit_event("notice.queued-again", subject=notice, actor=actor, at=now)
    enqueue_after_commit(SEND_NOTICE, notice.id)
