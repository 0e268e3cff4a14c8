"""Escalation: a step is due, somebody is told, and answers or is walked past."""

from datetime import datetime

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, NotAllowed
from servicedesk.core.permissions import SYSTEM, Actor, Permission, Role
from servicedesk.core.timers import timer_function
from servicedesk.directory.models import Person
from servicedesk.directory.queries import list_escalation_holders
from servicedesk.records.models import Record
from servicedesk.records.transitions import may_on
from servicedesk.service_levels.models import Escalation
from servicedesk.service_levels.operations import Following, following, plan_moment

# Upwards, in the order in which an unanswered step walks on.
LADDER = (Role.TEAM_LEAD, Role.SENIOR_OFFICER, Role.ADMINISTRATOR)


@timer_function
def escalate(escalation_id: int, due_at: datetime) -> None:
    """Tell whoever a due step is for; a step that moved, was answered or is done already does nothing."""
    step = db.session.get(Escalation, escalation_id)
    if step is None:
        return
    record = db.session.get_one(Record, step.record_id, with_for_update=True)
    db.session.refresh(step)
    source, now = following(record), utcnow()
    if step.state != "planned" or source is None:
        return
    true_due = source.instant_of(step.after_seconds, now)
    if true_due is None or true_due > now:
        plan_moment(step, true_due)
        return
    _tell(step, record, source, now, late_seconds=int((now - true_due).total_seconds()))


def _tell(step: Escalation, record: Record, source: Following, now: datetime, *, late_seconds: int) -> None:
    """Choose the addressee, write that they were told, and plan the walk up if they do not answer."""
    found = find_addressee(step, record)
    step.told_at, step.late_seconds = now, late_seconds
    facts = {"escalation": step.id, "position": step.position, "round": step.round}
    if found is None:
        step.state = "cancelled"
        write_audit_event(
            "escalation.unanswerable", subject=record, actor=SYSTEM, at=now, role=step.role, **facts
        )
        return
    role, person = found
    step.state, step.told_to_id, step.role = "told", person.id, role
    record.changed_at = now
    write_audit_event(
        "escalation.told", subject=record, actor=SYSTEM, at=now, role=role, person=person.id,
        late_seconds=late_seconds, **facts,
    )  # fmt: skip
    _plan_walk(step, record, source, now)


def find_addressee(step: Escalation, record: Record) -> tuple[Role, Person] | None:
    """Return who is told: the step's role or the next one up that somebody holds.

    A first round may tell somebody again; a walk passes over all who were told at this step before.
    """
    told: set[int | None] = set()
    if step.round > 1:
        earlier = select(Escalation.told_to_id).where(
            Escalation.record_id == record.id, Escalation.position == step.position
        )
        told = set(db.session.scalars(earlier))
    for role in LADDER[LADDER.index(Role(step.role)) :]:
        for person in list_escalation_holders(role, desk_id=record.desk_id, team_id=record.team_id):
            if person.id not in told:
                return role, person
    return None


def _plan_walk(step: Escalation, record: Record, source: Following, now: datetime) -> None:
    """Plan the next round: after so many more counted seconds without an answer, the next one up."""
    if step.answer_within_seconds <= 0:
        return
    counted = source.read(now).counted_seconds
    walk = Escalation(
        record_id=record.id,
        position=step.position,
        round=step.round + 1,
        role=step.role,
        after_seconds=counted + step.answer_within_seconds,
        answer_within_seconds=step.answer_within_seconds,
        state="planned",
    )
    if find_addressee(walk, record) is None:
        return
    db.session.add(walk)
    db.session.flush()
    plan_moment(walk, source.instant_of(walk.after_seconds, now))


def acknowledge_escalation(step: Escalation, *, actor: Actor, now: datetime) -> None:
    """Take the answer of somebody who was told, or who may answer for the desk; the walk ends here."""
    record = db.session.get_one(Record, step.record_id, with_for_update=True)
    db.session.refresh(step)
    if step.told_to_id != actor.person_id and not may_on(actor, Permission.ESCALATION_ACKNOWLEDGE, record):
        raise NotAllowed("Only a team lead or senior officer of the desk can acknowledge this.")
    if step.state != "told":
        raise InvalidTransition(f"This escalation is {step.state}, so it cannot be acknowledged.")
    step.state, step.acknowledged_at, step.acknowledged_by_id = "acknowledged", now, actor.person_id
    _end_walk(step)
    write_audit_event(
        "escalation.acknowledged", subject=record, actor=actor, at=now,
        escalation=step.id, position=step.position, round=step.round,
    )  # fmt: skip


def _end_walk(answered: Escalation) -> None:
    """Whoever else was or would be asked at this step need not answer any more."""
    others = select(Escalation).where(
        Escalation.record_id == answered.record_id,
        Escalation.position == answered.position,
        Escalation.id != answered.id,
        Escalation.state.in_(["planned", "told"]),
    )
    for other in db.session.scalars(others):
        plan_moment(other, None)
        other.state = "cancelled"
