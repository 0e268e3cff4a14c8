"""What is said and done on an incident, as the API tells it."""

from marshmallow import Schema, fields

from servicedesk.api.fields import Flag, Instant, Text
from servicedesk.api.schemas.base import Named, VersionedBody
from servicedesk.records.operations import LONGEST_TEXT


class AttachmentSchema(Schema):
    """A file on an incident."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "screen.png"})
    media_type = fields.String(required=True, metadata={"example": "image/png"})
    size = fields.Integer(required=True, metadata={"description": "In bytes."})
    sha256 = fields.String(required=True)
    at = Instant(required=True)
    is_public = fields.Boolean(required=True)
    comment_id = fields.Integer(required=True, allow_none=True)


class AttachmentsSchema(Schema):
    """An incident's files, oldest first."""

    items = fields.List(fields.Nested(AttachmentSchema), required=True)


class CommentSchema(Schema):
    """An answer (public) or an agents' note."""

    id = fields.Integer(required=True)
    at = Instant(required=True)
    author = fields.Nested(
        Named, required=True, allow_none=True, metadata={"description": "Null: the service desk."}
    )
    is_public = fields.Boolean(required=True)
    channel = fields.String(required=True)
    text = fields.String(required=True, attribute="body")


class CommentsSchema(Schema):
    """What was said, oldest first."""

    items = fields.List(fields.Nested(CommentSchema), required=True)


class AddCommentSchema(VersionedBody):
    """An answer to the requester, or a note among agents."""

    text = Text(longest=LONGEST_TEXT, required=True, metadata={"example": "We are looking into it."})
    is_public = Flag(
        required=True, metadata={"description": "True: the requester reads it.", "example": True}
    )


class EntrySchema(Schema):
    """One thing on the timeline."""

    id = fields.String(required=True, metadata={"example": "comment-12"})
    kind = fields.String(required=True, metadata={"enum": ["public", "note", "change"]})
    event = fields.String(required=True, metadata={"example": "incident.resolved"})
    at = Instant(required=True)
    author_id = fields.Integer(required=True, allow_none=True)
    author = fields.String(required=True)
    text = fields.String(required=True)
    via = fields.String(required=True)
    files = fields.List(fields.Nested(AttachmentSchema), required=True)


class TimelineSchema(Schema):
    """Everything on an incident, oldest first."""

    items = fields.List(fields.Nested(EntrySchema), required=True)


class WatchersSchema(Schema):
    """Who is told what the requester is told."""

    items = fields.List(fields.Nested(Named), required=True)


class EscalationSchema(Schema):
    """One step of the ladder: planned, told to somebody, acknowledged or cancelled."""

    id = fields.Integer(required=True)
    position = fields.Integer(required=True)
    round = fields.Integer(required=True, metadata={"description": "Grows when nobody answers."})
    role = fields.String(required=True)
    state = fields.String(required=True)
    due_at = Instant(required=True, allow_none=True)
    told_at = Instant(required=True, allow_none=True)
    told_to = fields.Nested(Named, required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)
    acknowledged_by = fields.Nested(Named, required=True, allow_none=True)


class EscalationsSchema(Schema):
    """An incident's ladder, in its order."""

    items = fields.List(fields.Nested(EscalationSchema), required=True)
