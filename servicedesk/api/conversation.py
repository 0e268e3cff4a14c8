"""What is said and done on an incident: comments, files, the timeline."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Response, request, send_file
from werkzeug.exceptions import UnsupportedMediaType

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.loading import incident_to_change, readable_incident, reads_notes, settled
from servicedesk.api.schemas.conversation import (
    AddCommentSchema,
    AttachmentsSchema,
    CommentSchema,
    CommentsSchema,
    TimelineSchema,
)
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Permission
from servicedesk.incidents.conversation import attach_to_incident, comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.words import change_words
from servicedesk.records.models import Comment
from servicedesk.records.operations import File
from servicedesk.records.queries import get_attachment, list_attachments, list_comments
from servicedesk.records.timeline import Entry, timeline_of
from servicedesk.records.transitions import is_for
from servicedesk.web.access import current_actor, requires

conversation = ApiBlueprint(
    "conversation", "What is said and done on an incident; requesters see what is public."
)


@conversation.get("/incidents/<record_number:number>/comments")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@conversation.answers(200, CommentsSchema)
def read_comments(number: str) -> dict[str, Any]:
    """List what was said on an incident."""
    incident = readable_incident(number)
    return {"items": list_comments(incident.id, internal=reads_notes(incident))}


@conversation.post("/incidents/<record_number:number>/comments")
@requires(Permission.INCIDENT_COMMENT, Permission.INCIDENT_FOLLOW)
@conversation.takes(AddCommentSchema)
@conversation.answers(201, CommentSchema)
def add_comment(body: dict[str, Any], number: str) -> Comment:
    """Answer on an incident, or leave a note.

    The requester's answer ends a hold.
    """
    incident = incident_to_change(number, body)
    return comment_on_incident(
        incident,
        actor=current_actor(),
        body=body["text"],
        is_public=body["is_public"],
        channel="api",
        now=utcnow(),
    )


@conversation.get("/incidents/<record_number:number>/attachments")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@conversation.answers(200, AttachmentsSchema)
def read_attachments(number: str) -> dict[str, Any]:
    """List an incident's files."""
    incident = readable_incident(number)
    return {"items": list_attachments(incident.id, internal=reads_notes(incident))}


@conversation.post("/incidents/<record_number:number>/attachments")
@requires(Permission.INCIDENT_COMMENT, Permission.INCIDENT_FOLLOW)
@conversation.takes_files()
@conversation.answers(201, AttachmentsSchema)
def attach_files(number: str) -> dict[str, Any]:
    """Attach files to an incident.

    As `files` in multipart/form-data: at most ten, each at most 10 MB.
    """
    incident = incident_to_change(number, {})
    attach_to_incident(incident, _files(), actor=current_actor(), now=utcnow())
    return {"items": list_attachments(settled(incident).id, internal=reads_notes(incident))}


def _files() -> list[File]:
    """Return the files that were sent; refuse whatever else a form might hold."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the files as multipart/form-data.")
    for name in [*request.form, *request.files]:
        if name not in request.files or name != "files":
            raise RuleViolation(**{name: f"“{name[:100]}” is not a file named “files”."})
    return [File(sent.filename or "file", sent.stream.read()) for sent in request.files.getlist("files")]


@conversation.get("/incidents/<record_number:number>/attachments/<id:attachment_id>")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@conversation.answers_file()
def read_attachment(number: str, attachment_id: int) -> Response:
    """Take away a file."""
    incident = readable_incident(number)
    file = get_attachment(attachment_id, incident, internal=reads_notes(incident))
    # Never as what its name says: nothing of a stranger's opens in a browser by itself.
    return send_file(
        BytesIO(file.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=file.name,
    )


@conversation.get("/incidents/<record_number:number>/timeline")
@requires(Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW)
@conversation.answers(200, TimelineSchema)
def read_timeline(number: str) -> dict[str, Any]:
    """Read what happened to an incident.

    Agents read everything; its requester what was said to them, and the changes that matter to them.
    """
    incident = readable_incident(number)
    if reads_notes(incident):
        return {"items": timeline_of(incident, internal=True)}
    return {"items": list(_for_requester(incident))}


def _for_requester(incident: Incident) -> Iterator[Entry]:
    """Yield the timeline as the portal tells it: without what only the desk needs to know."""
    actor = current_actor()
    for entry in timeline_of(incident, internal=False):
        mine = entry.author_id == actor.person_id
        if entry.kind != "change" or entry.event == "attachment.added":
            yield entry
        elif words := change_words(entry, mine=mine, reader_side=is_for(incident, actor)):
            yield replace(entry, text=words)
