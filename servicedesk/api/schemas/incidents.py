"""Incidents, as the API tells them and lets them be logged and changed."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from servicedesk.api.fields import Choice, Instant, Text, Whole, an_id
from servicedesk.api.schemas.base import Body, Named, PagedQuery, VersionedBody
from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.incidents.listing import DUES, SORTS, STATES
from servicedesk.incidents.operations import CONTACT_WAYS, LONGEST_TITLE
from servicedesk.incidents.states import IncidentState
from servicedesk.incidents.workflow import steps_now
from servicedesk.records.operations import LONGEST_TEXT
from servicedesk.records.transitions import may_on
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.web.access import current_actor

LEVEL = "1 high, 2 medium, 3 low."
# What a requester does not see on their own record.
INTERNAL = frozenset({"priority_reason", "flags", "transfer_count"})


class PlaceInTree(Schema):
    """A category by its id and the whole way to it."""

    id = fields.Integer(required=True)
    path = fields.String(required=True, metadata={"example": "Hardware / Laptop"})


class IncidentSummarySchema(Schema):
    """An incident in a list."""

    number = fields.String(required=True, metadata={"example": "INC-000123"})
    version = fields.Integer(required=True)
    title = fields.String(required=True, metadata={"example": "No mail since this morning"})
    state = fields.String(required=True, metadata={"enum": list(IncidentState)})
    is_open = fields.Boolean(required=True)
    priority = fields.Integer(required=True, metadata={"description": "1 critical to 4 low."})
    impact = fields.Integer(required=True, metadata={"description": LEVEL})
    urgency = fields.Integer(required=True, metadata={"description": LEVEL})
    desk = fields.Nested(Named, required=True)
    team = fields.Nested(Named, required=True, allow_none=True)
    assignee = fields.Nested(Named, required=True, allow_none=True)
    requester = fields.Nested(Named, required=True)
    category = fields.Nested(PlaceInTree, required=True, allow_none=True)
    opened_at = Instant(required=True)
    changed_at = Instant(required=True)
    due_at = Instant(required=True, allow_none=True)
    resolved_at = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)


class IncidentSchema(IncidentSummarySchema):
    """An incident with all that it says of itself."""

    description = fields.String(required=True)
    reporter = fields.Nested(Named, required=True, allow_none=True)
    organisation = fields.Nested(Named, required=True)
    site = fields.Nested(Named, required=True, allow_none=True)
    location = fields.String(required=True)
    channel = fields.String(required=True)
    contact_by = fields.String(required=True)
    contact_detail = fields.String(required=True)
    hold_reason = fields.String(required=True, allow_none=True)
    waiting_for = fields.String(required=True, allow_none=True)
    review_at = Instant(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)
    reopen_count = fields.Integer(required=True)
    transfer_count = fields.Integer(metadata={"description": "Told to agents."})
    priority_reason = fields.String(allow_none=True, metadata={"description": "Told to agents."})
    flags = fields.List(
        fields.String(), metadata={"description": "What an import found odd. Told to agents."}
    )
    steps = fields.Method(
        "_steps", required=True,
        metadata={
            "type": "array", "items": {"type": "string"},
            "description": "The steps that this caller can take now.",
        },
    )  # fmt: skip

    def _steps(self, incident: Any) -> list[str]:
        """Return the steps that the caller can take now."""
        return steps_now(incident, actor=current_actor(), now=utcnow())

    @post_dump(pass_original=True)
    def _leave_out_internal(self, told: dict[str, Any], incident: Any, **given: Any) -> dict[str, Any]:
        """Tell the requester nothing that is meant for agents."""
        if may_on(current_actor(), Permission.INCIDENT_READ, incident):
            return told
        return {name: value for name, value in told.items() if name not in INTERNAL}


class IncidentsSchema(Schema):
    """A page of incidents."""

    items = fields.List(fields.Nested(IncidentSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class IncidentsQuery(PagedQuery):
    """Which incidents, in which order; without a state those that are open, with `q` finished ones too."""

    desk = an_id("Only those of this desk.", strict=False)
    team = an_id("Only those of this team.", strict=False)
    assignee = Text(longest=20, metadata={"description": "A person's id, `me` or `nobody`.", "example": "me"})
    state = Choice(STATES, metadata={"description": "A state, or `open`, `finished` or `all`."})
    priority = Whole(least=1, most=4, strict=False, metadata={"description": "1 critical to 4 low."})
    requester = an_id("Only those that this person asked for.", strict=False)
    category = an_id("Only those in this category.", strict=False)
    due = Choice(DUES, metadata={"description": "Overdue, or due within the hour."})
    q = Text(longest=200, metadata={"description": "Words in the title, the number or the requester."})
    sort = Choice(list(SORTS), load_default="time-left", metadata={"description": "The order."})


def _title(**given: Any) -> Text:
    return Text(longest=LONGEST_TITLE, metadata={"example": "No mail since this morning"}, **given)


class LogIncidentSchema(Body):
    """A new incident. A requester leaves out `requester_id` and `team_id`."""

    desk_id = an_id("The desk that is to help.", required=True, metadata={"example": 1})
    title = _title(required=True)
    description = Text(longest=LONGEST_TEXT, load_default="", metadata={"example": "Outlook stays empty."})
    impact = Whole(least=1, most=3, load_default=2, metadata={"description": LEVEL, "example": 2})
    urgency = Whole(least=1, most=3, load_default=2, metadata={"description": LEVEL, "example": 2})
    requester_id = an_id("Who asks; without it, the token's own person.")
    team_id = an_id("A team of the desk; without it, the one that sees new incidents first.")
    category_id = an_id("A category of the desk.")
    site_id = an_id("Where; without it, the requester's own site.")
    location = Text(longest=LONGEST_TITLE, load_default="", metadata={"example": "Room 2.14"})
    contact_by = Choice(list(CONTACT_WAYS), load_default="mail")
    contact_detail = Text(longest=LONGEST_TITLE, load_default="")


class AmendIncidentSchema(VersionedBody):
    """What to change; what is left out stays as it is."""

    title = _title()
    description = Text(longest=LONGEST_TEXT)
    location = Text(longest=LONGEST_TITLE)
    impact = Whole(least=1, most=3, metadata={"description": LEVEL})
    urgency = Whole(least=1, most=3, metadata={"description": LEVEL})
    priority = Whole(
        least=1, most=4, metadata={"description": "Other than the desk's matrix says; needs a reason."}
    )
    reason = Text(
        longest=LONGEST_TITLE, metadata={"description": "Why the priority differs from the matrix."}
    )
    category_id = an_id("A category of its desk.")


class HoldIncidentSchema(VersionedBody):
    """Why it waits, for whom, and until when at most."""

    reason = Choice(list(HoldReason), required=True)
    waiting_for = Text(longest=200, required=True, metadata={"example": "Dell"})
    review_at = Instant(required=True, metadata={"description": "When it resumes by itself."})


class ResolveIncidentSchema(VersionedBody):
    """How service was restored; the category is needed unless it has one."""

    resolution = Text(longest=LONGEST_TEXT, required=True, metadata={"example": "Restarted the mail server."})
    category_id = an_id("A category of its desk.")


class ReasonSchema(VersionedBody):
    """Why; the requester reads it."""

    reason = Text(longest=LONGEST_TEXT, required=True, metadata={"example": "It happens again."})


class AssignIncidentSchema(VersionedBody):
    """Whom to give it to."""

    assignee_id = an_id(
        "An agent of its desk; null gives it back to the team.", required=True, allow_none=True
    )


class TransferIncidentSchema(VersionedBody):
    """Which team to pass it to, and why."""

    team_id = an_id("A team of this desk or another.", required=True)
    reason = Text(
        longest=LONGEST_TEXT, load_default="", metadata={"description": "Kept as an internal note."}
    )


class ShareIncidentSchema(VersionedBody):
    """Which desk may read it and speak on it."""

    desk_id = an_id("Another desk.", required=True)


class WatcherSchema(VersionedBody):
    """Who is to be told what the requester is told."""

    person_id = an_id("Somebody known to the service.", required=True)
