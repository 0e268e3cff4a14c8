"""Whatever is killed between due and done: every step of the ladder is told exactly once."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.jobs import in_transaction
from servicedesk.directory.models import Desk, Person
from servicedesk.directory.queries import actor_for
from servicedesk.incidents.operations import log_incident
from servicedesk.notifications.models import Notice
from servicedesk.service_levels.models import Escalation
from tests.journeys.system import System, eventually, running_system

POLICY = """
hours: always
target: 12s
ladder:
  - {after: 4s, to: team_lead, answer_within: 1h}
  - {after: 7s, to: senior_officer, answer_within: 1h}
"""
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with running_system(POLICY) as running:
        yield running


def log_one(system: System) -> int:
    """Log an incident at the ICT desk and return its id."""

    def log() -> int:
        desk = db.session.scalars(select(Desk).where(Desk.slug == "ict")).one()
        requester = db.session.scalars(
            select(Person).where(Person.mail == "requester.ehc@demo.example")
        ).one()
        incident = log_incident(
            actor=actor_for(requester), desk=desk, requester=requester, title="Everything is down",
            description="", impact=1, urgency=1, channel="portal", now=utcnow(),
        )  # fmt: skip
        return incident.id

    with system.app.app_context():
        return int(in_transaction(log))


def told(record_id: int) -> list[tuple[int, int]]:
    """Return the steps that were told, from the audit trail."""
    events = select(AuditEvent.data).where(
        AuditEvent.subject_id == record_id, AuditEvent.kind == "escalation.told"
    )
    return [(data["position"], data["round"]) for data in db.session.scalars(events.order_by(AuditEvent.id))]


def escalation_mails(record_id: int) -> list[str]:
    """Return the states of the mails about a record's escalations."""
    query = select(Notice.mail_state).where(
        Notice.record_id == record_id, Notice.template == "escalation.told"
    )
    return list(db.session.scalars(query))


def kill_again_and_again(system: System, name: str, seconds: float) -> None:
    """Kill a program every third of a second, through the moments at which the steps are due."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        system.kill(name)
        time.sleep(0.3)


@pytest.mark.parametrize("name", ["worker-timers", "timers", "valkey"])
def test_a_killed_program_loses_and_doubles_no_escalation(system: System, name: str) -> None:
    record_id = log_one(system)
    time.sleep(3)  # the first step is due a second later, the second one three seconds after that
    kill_again_and_again(system, name, 5)
    eventually(lambda: len(system.look(lambda: told(record_id))) >= 2, 60)
    time.sleep(3)  # for a second telling to show itself, if there were one
    assert system.look(lambda: told(record_id)) == [(1, 1), (2, 1)]
    states = system.look(
        lambda: Counter(db.session.scalars(select(Escalation.state).where(Escalation.record_id == record_id)))
    )
    assert states == {"told": 2, "planned": 2}
    eventually(lambda: set(system.look(lambda: escalation_mails(record_id))) == {"sent"}, 60)
    assert len(system.look(lambda: escalation_mails(record_id))) == 2
