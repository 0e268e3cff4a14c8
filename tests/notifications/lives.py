"""A life of an incident in which everything happens that anybody is told of."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.permissions import Role
from servicedesk.directory.models import Person
from servicedesk.incidents.assignment import assign_incident, take_incident, transfer_incident
from servicedesk.incidents.conversation import attach_to_incident, comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import log_incident
from servicedesk.incidents.workflow import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
)
from servicedesk.notifications.models import Notice
from servicedesk.records.operations import File
from servicedesk.service_levels.escalating import acknowledge_escalation, escalate
from servicedesk.service_levels.models import Escalation
from tests.factories import acting, in_days, make_agent, make_category, make_desk, make_person, make_team


@dataclass
class Cast:
    """Who takes part."""

    requester: Person
    agent: Person
    second_agent: Person
    lead: Person
    incident: Incident


def begin(title: str = "No mail", requester: Person | None = None) -> Cast:
    """Log an incident three hours ago, for a caller, at a desk that never closes."""
    desk = make_desk(always_open=True)
    asks = requester or make_person(name="Rita Requester")
    agent, second, lead = make_agent(desk), make_agent(desk), make_person(Role.TEAM_LEAD, desk=desk)
    incident = log_incident(
        actor=acting(agent), desk=desk, requester=asks, title=title, description="", impact=2, urgency=2,
        channel="phone", now=utcnow() - timedelta(hours=3),
    )  # fmt: skip
    return Cast(asks, agent, second, lead, incident)


def live(cast: Cast) -> None:
    """Let everything happen once at least."""
    incident, agent, lead = cast.incident, acting(cast.agent), acting(cast.lead)
    for person in (cast.agent, cast.second_agent):
        take_incident(incident, actor=lead, person=person, now=utcnow())
    first = db.session.scalars(select(Escalation).where(Escalation.position == 1)).one()
    escalate(first.id, utcnow())
    acknowledge_escalation(first, actor=lead, now=utcnow())
    comment_on_incident(incident, actor=agent, body="We look.", is_public=True, channel="desk", now=utcnow())
    attach_to_incident(incident, [File("a.txt", b"a")], actor=agent, now=utcnow())
    hold_incident(
        incident, actor=agent, reason="requester", waiting_for="her", review_at=in_days(1), now=utcnow()
    )
    resume_incident(incident, actor=agent, now=utcnow())
    transfer_incident(incident, actor=agent, team=make_team(incident.desk), reason="Networks", now=utcnow())
    assign_incident(incident, actor=lead, assignee=cast.agent, now=utcnow())
    end_and_reopen(cast)


def end_and_reopen(cast: Cast) -> None:
    """Resolve, reopen, resolve and close one; cancel another."""
    incident, agent = cast.incident, acting(cast.agent)
    category = make_category(incident.desk).id
    resolve_incident(incident, actor=agent, resolution="Rebuilt it.", category_id=category, now=utcnow())
    reopen_incident(incident, actor=acting(cast.lead), reason="It is back.", now=utcnow())
    resolve_incident(incident, actor=agent, resolution="Replaced it.", now=utcnow())
    close_incident(incident, actor=agent, now=utcnow())
    mistake = log_incident(
        actor=agent, desk=incident.desk, requester=cast.requester, title="Twice", description="", impact=2,
        urgency=2, channel="phone", now=utcnow(),
    )  # fmt: skip
    cancel_incident(mistake, actor=agent, reason="The same again.", now=utcnow())


def notices(**narrowed: object) -> list[Notice]:
    """Return the notices, oldest first."""
    return list(db.session.scalars(select(Notice).filter_by(**narrowed).order_by(Notice.id)))


def told(person: Person) -> list[str]:
    """Return of what a person was told."""
    return [notice.template for notice in notices(person_id=person.id)]
