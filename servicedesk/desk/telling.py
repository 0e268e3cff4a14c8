"""A record's timeline and files as the desk's templates show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.words import MomentView, moment_view
from servicedesk.incidents.operations import CHANNELS
from servicedesk.records.models import Attachment
from servicedesk.records.timeline import Entry, Names, tell_event
from servicedesk.web.template_helpers import size_words


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file to take away."""

    name: str
    url: str
    size_words: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One thing on the timeline."""

    id: str
    kind: str
    author: str
    text: str
    moment: MomentView
    via: str
    files: list[ShownFile]


def told_entries(entries: Iterable[Entry], number: str) -> list[ShownEntry]:
    """Dress entries for the `timeline` macro; that something was written at the desk goes without saying."""
    now = utcnow()
    return [_told(entry, number, now) for entry in entries]


def _told(entry: Entry, number: str, now: datetime) -> ShownEntry:
    """Dress one entry."""
    via = "" if entry.via in ("", "desk") else CHANNELS.get(entry.via, entry.via)
    files = shown_files(entry.files, number)
    return ShownEntry(entry.id, entry.kind, entry.author, entry.text, moment_view(entry.at, now), via, files)


def told_words(event: AuditEvent, names: Names) -> str:
    """Say an event as a sentence: who did what."""
    who = names.get(("person", event.actor_id), "Somebody") if event.actor_id else "The service desk"
    return f"{who} {tell_event(event, names)}"


def shown_files(files: Iterable[Attachment], number: str) -> list[ShownFile]:
    """Dress files for the `attachments` macro."""
    return [
        ShownFile(
            file.name,
            url_for("desk.download_file", number=number, attachment_id=file.id),
            size_words(file.size),
        )
        for file in files
    ]
