"""Notices of known outages."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.loading import naming
from servicedesk.api.schemas.directory import OfDeskQuery
from servicedesk.api.schemas.outages import EndOutageSchema, OutageSchema, OutagesSchema, PublishOutageSchema
from servicedesk.core.clock import utcnow
from servicedesk.core.errors import StaleVersion
from servicedesk.core.permissions import Permission
from servicedesk.directory.queries import get_desk
from servicedesk.knowledge import operations
from servicedesk.knowledge.models import Outage
from servicedesk.knowledge.queries import get_outage, list_current_outages
from servicedesk.web.access import current_actor, requires

outages = ApiBlueprint("outages", "What everybody is told of known outages.")


@outages.get("/outages")
@requires(Permission.OUTAGE_PUBLISH, Permission.PORTAL_USE)
@outages.query(OfDeskQuery)
@outages.answers(200, OutagesSchema)
def read_outages(wanted: dict[str, Any]) -> dict[str, Any]:
    """List the outages that are going on."""
    return {"items": list_current_outages(utcnow(), wanted.get("desk"))}


@outages.post("/outages")
@requires(Permission.OUTAGE_PUBLISH)
@outages.takes(PublishOutageSchema)
@outages.answers(201, OutageSchema)
def publish_outage(body: dict[str, Any]) -> Outage:
    """Publish an outage."""
    now = utcnow()
    with naming("desk_id"):
        get_desk(body["desk_id"])
    given = {"starts_at": now, "ends_at": None} | body
    return operations.publish_outage(actor=current_actor(), now=now, **given)


@outages.post("/outages/<id:outage_id>/end")
@requires(Permission.OUTAGE_PUBLISH)
@outages.takes(EndOutageSchema, needed=False)
@outages.answers(200, OutageSchema)
def end_outage(body: dict[str, Any], outage_id: int) -> Outage:
    """End an outage: service is restored."""
    outage = get_outage(outage_id, lock=True)
    if body.get("version", outage.version) != outage.version:
        raise StaleVersion("The notice was changed since you read it. Read it again, then send yours.")
    operations.end_outage(outage, actor=current_actor(), now=utcnow())
    return outage
