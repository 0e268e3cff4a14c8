"""What all schemas share."""

from typing import Any

from marshmallow import RAISE, Schema

from servicedesk.api.fields import Text, Whole, an_id
from servicedesk.web.converters import LARGEST_ID


class Body(Schema):
    """What a caller sends: a field that is not listed is refused."""

    error_messages = {
        "unknown": "is not a field here.",
        "type": "has to be a JSON object.",
    }

    class Meta:
        """Refuse what is not listed."""

        unknown = RAISE


class VersionedBody(Body):
    """A change of something that others may change at the same time."""

    version = Whole(
        least=1, most=LARGEST_ID,
        metadata={"description": "The version that you read; if it is not the newest, nothing changes."},
    )  # fmt: skip


class Named(Schema):
    """Something by its id and name."""

    id = an_id("Its id.", required=True)
    name = Text(longest=500, required=True, metadata={"description": "Its name."})


class PagedQuery(Body):
    """How far to walk a list."""

    cursor = Text(
        longest=500, metadata={"description": "Where to go on: the `next_cursor` of the page before."}
    )
    limit = Whole(
        least=1, most=100, strict=False, load_default=50, metadata={"description": "How many at most."}
    )


def page_of(page: Any) -> dict[str, Any]:
    """Return a page of rows as a list's answer."""
    return {"items": page.rows, "next_cursor": page.older}
