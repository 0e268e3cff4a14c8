"""Writes that all records share: comments, files, watchers, drafts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor
from servicedesk.records.models import Attachment, Comment, Draft, Record, Watch

LONGEST_TEXT = 50_000
LARGEST_FILE = 10 * 1024 * 1024
MOST_FILES = 10
# By ending, not by what the sender claims: nothing here runs when it is opened from a browser.
FILE_TYPES = {
    "bmp": "image/bmp", "csv": "text/csv", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822", "gif": "image/gif", "heic": "image/heic", "jpeg": "image/jpeg",
    "jpg": "image/jpeg", "log": "text/plain", "msg": "application/vnd.ms-outlook",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "pdf": "application/pdf", "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf", "txt": "text/plain", "webp": "image/webp", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip": "application/zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came in: its name as the sender gave it, and its bytes."""

    name: str
    content: bytes


def add_comment(
    record: Record,
    *,
    actor: Actor,
    body: str,
    is_public: bool,
    channel: str,
    now: datetime,
    files: Sequence[File] = (),
) -> Comment:
    """Say something on a record, with files; the caller has checked the right."""
    text = clean_text(body, field="text", missing="Write your answer." if is_public else "Write your note.")
    comment = Comment(
        record_id=record.id,
        author_id=actor.person_id,
        at=now,
        is_public=is_public,
        channel=channel,
        body=text,
    )
    db.session.add(comment)
    db.session.flush()
    record.changed_at = now
    if is_public:
        record.answered_at = now
    add_files(record, files, actor=actor, now=now, comment=comment)
    write_audit_event(
        "comment.added",
        subject=record,
        actor=actor,
        at=now,
        comment=comment.id,
        public=is_public,
        channel=channel,
    )
    return comment


def add_files(
    owner: Record | Draft,
    files: Sequence[File],
    *,
    actor: Actor,
    now: datetime,
    comment: Comment | None = None,
) -> list[Attachment]:
    """Keep files on a record, a comment or a draft; raise RuleViolation naming each that cannot be kept."""
    check_files(files)
    place = {"record_id": owner.id} if isinstance(owner, Record) else {"draft_id": owner.id}
    kept = [_attachment(file, place, comment, actor, now) for file in files]
    db.session.add_all(kept)
    db.session.flush()
    if isinstance(owner, Record):
        owner.changed_at = now
        for attachment in kept:
            write_audit_event(
                "attachment.added", subject=owner, actor=actor, at=now, attachment=attachment.id,
                public=attachment.is_public, comment=attachment.comment_id,
            )  # fmt: skip
    return kept


def _attachment(
    file: File, place: dict[str, int], comment: Comment | None, actor: Actor, now: datetime
) -> Attachment:
    """Return a file as a row; a file on a note is as internal as the note."""
    name = clean_name(file.name)
    return Attachment(
        **place,
        comment_id=comment.id if comment else None,
        author_id=actor.person_id,
        at=now,
        name=name,
        media_type=FILE_TYPES[_ending(name)],
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        is_public=comment.is_public if comment else True,
        content=file.content,
    )


def check_files(files: Sequence[File]) -> None:
    """Raise RuleViolation for too many files, or one that is too large, empty or of a wrong type."""
    if len(files) > MOST_FILES:
        raise RuleViolation(files=f"Choose at most {MOST_FILES} files at a time.")
    for file in files:
        name = clean_name(file.name)
        if len(file.content) > LARGEST_FILE:
            raise RuleViolation(files=f"“{name}” is larger than 10 MB. Choose a smaller file.")
        if not file.content:
            raise RuleViolation(files=f"“{name}” is empty. Choose another file.")
        if _ending(name) not in FILE_TYPES:
            raise RuleViolation(
                files=f"“{name}” is of a kind that we cannot take. "
                "Put it into a zip file, or take a picture of it."
            )


def _ending(name: str) -> str:
    """Return the ending of a file's name, in lower case."""
    return PurePath(name).suffix.lower().removeprefix(".")


def clean_name(name: str) -> str:
    """Return a file's name without folders, control characters and tricks of direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(
        char
        for char in last
        if char.isprintable() and char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    return (plain.strip() or "file")[-200:]


def clean_text(text: str, *, field: str, missing: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text without its edges; raise RuleViolation if nothing is left, or more than is kept."""
    plain = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not plain:
        raise RuleViolation(**{field: missing})
    if len(plain) > longest:
        too_long = f"Use at most {longest:,} characters; this has {len(plain):,}. Send the rest as a file."
        raise RuleViolation(**{field: too_long})
    return plain


def add_watcher(record: Record, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Have somebody told what the requester is told; twice changes nothing."""
    if db.session.get(Watch, (record.id, person_id)) is None:
        db.session.add(Watch(record_id=record.id, person_id=person_id))
        write_audit_event("watch.added", subject=record, actor=actor, at=now, person=person_id)


def remove_watcher(record: Record, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop telling somebody."""
    watch = db.session.get(Watch, (record.id, person_id))
    if watch is not None:
        db.session.delete(watch)
        write_audit_event("watch.removed", subject=record, actor=actor, at=now, person=person_id)


def save_draft(practice: str, answers: dict[str, Any], *, actor: Actor, now: datetime) -> Draft:
    """Keep what somebody has typed so far, over what they had typed before."""
    begun = insert(Draft).values(person_id=actor.person_id, practice=practice, answers={}, changed_at=now)
    # A double click sends the first screen twice at once: the second waits here instead of failing.
    db.session.execute(begun.on_conflict_do_nothing(index_elements=["person_id", "practice"]))
    draft = find_draft(practice, actor=actor, lock=True)
    assert draft is not None
    kept = {
        name: value.replace("\x00", "") if isinstance(value, str) else value
        for name, value in answers.items()
    }
    draft.answers, draft.changed_at = draft.answers | kept, now
    db.session.flush()
    return draft


def find_draft(practice: str, *, actor: Actor, lock: bool = False) -> Draft | None:
    """Return what the actor has typed for a practice and not sent, locked if it is to be changed."""
    query = select(Draft).where(Draft.person_id == actor.person_id, Draft.practice == practice)
    return db.session.scalar(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    )


def drop_draft(draft: Draft) -> None:
    """Forget a draft, with its files unless they have been moved to a record."""
    db.session.delete(draft)
    db.session.flush()


def remove_draft_file(draft: Draft, attachment_id: int) -> None:
    """Take a file off a draft again; one that is not there (any more) changes nothing."""
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is not None and attachment.draft_id == draft.id:
        db.session.delete(attachment)
        db.session.flush()


def move_files(draft: Draft, record: Record, *, actor: Actor, now: datetime) -> None:
    """Hand the files of a draft to the record that was made of it."""
    for attachment in db.session.scalars(select(Attachment).where(Attachment.draft_id == draft.id)):
        attachment.draft_id, attachment.record_id, attachment.at = None, record.id, now
        db.session.flush()
        write_audit_event(
            "attachment.added", subject=record, actor=actor, at=now, attachment=attachment.id, public=True
        )
