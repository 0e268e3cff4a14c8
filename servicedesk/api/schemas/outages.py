"""Notices of known outages, as the API tells and takes them."""

from marshmallow import Schema, fields

from servicedesk.api.fields import Instant, Text, an_id
from servicedesk.api.schemas.base import Body, Named, VersionedBody


class OutageSchema(Schema):
    """A known outage."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    desk = fields.Nested(Named, required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)


class OutagesSchema(Schema):
    """The outages that are going on, newest first."""

    items = fields.List(fields.Nested(OutageSchema), required=True)


class PublishOutageSchema(Body):
    """What everybody is to know, from when and until when."""

    desk_id = an_id("The desk whose service is out.", required=True, metadata={"example": 1})
    title = Text(longest=120, required=True, metadata={"example": "Telephones at Wallfields"})
    text = Text(
        longest=4000, required=True, metadata={"example": "No calls in or out. Engineers are on site."}
    )
    starts_at = Instant(metadata={"description": "Without it, now."})
    ends_at = Instant(allow_none=True, metadata={"description": "Leave it out if nobody knows."})


class EndOutageSchema(VersionedBody):
    """Nothing but the version, if wanted."""
