"""The conversation on a record as bubbles, with a quiet line for each change that matters to a requester."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from servicedesk.core.words import MomentView, moment_view
from servicedesk.incidents.models import Incident
from servicedesk.incidents.words import change_words
from servicedesk.records.models import Attachment
from servicedesk.records.queries import list_attachments
from servicedesk.records.timeline import Entry, timeline_of
from servicedesk.web.template_helpers import size_words


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that can be downloaded."""

    name: str
    url: str
    size_words: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing said (or, with kind "change", one quiet line)."""

    kind: str
    author: str
    mine: bool
    moment: MomentView
    text: str
    files: list[FileLink]


def conversation_of(incident: Incident, *, reader_id: int, now: datetime) -> list[Bubble]:
    """Return what was reported, said and done, oldest first."""
    loose = {
        file.id: file for file in list_attachments(incident.id, internal=False) if file.comment_id is None
    }
    sent_along = [file for file in loose.values() if file.at <= incident.opened_at]
    author = incident.reporter if incident.channel == "portal" and incident.reporter else incident.requester
    first = Bubble(
        "public", author.name, author.id == reader_id, moment_view(incident.opened_at, now),
        incident.description or incident.title, file_links(incident.number, sent_along),
    )  # fmt: skip
    later = {file.id: file for file in loose.values() if file.at > incident.opened_at}
    reader_side = reader_id in (incident.requester_id, incident.reporter_id)
    said = timeline_of(incident, internal=False)
    return [first, *_bubbles(incident.number, said, later, reader_id, reader_side, now)]


def _bubbles(
    number: str,
    entries: Iterable[Entry],
    later: Mapping[int, Attachment],
    reader_id: int,
    reader_side: bool,
    now: datetime,
) -> Iterator[Bubble]:
    """Yield the entries that a requester should see."""
    for entry in entries:
        mine, moment = entry.author_id == reader_id, moment_view(entry.at, now)
        if entry.kind == "public":
            yield Bubble("public", entry.author, mine, moment, entry.text, file_links(number, entry.files))
        elif entry.event == "attachment.added":
            file = later.get(entry.data["attachment"])
            if file is not None:
                yield Bubble(
                    "public", entry.author, mine, moment, "Added a file:", file_links(number, [file])
                )
        elif words := change_words(entry, mine=mine, reader_side=reader_side):
            yield Bubble("change", entry.author, mine, moment, words, [])


def file_links(number: str, files: Iterable[Attachment]) -> list[FileLink]:
    """Return where files can be downloaded."""
    return [
        FileLink(
            file.name, url_for(".download_file", number=number, attachment_id=file.id), size_words(file.size)
        )
        for file in files
    ]
