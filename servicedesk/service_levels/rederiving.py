"""Derive the running clocks of a desk anew after its hours, closures or policy changed.

What has stopped keeps its verdict, and a step that somebody was told of is not told again. The work is
done in batches by a job; a timer stands by until the last batch is done, so that nothing is lost with Redis.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.jobs import enqueue_after_commit
from servicedesk.core.timers import cancel_timers, set_timer, timer_function
from servicedesk.records.models import Record
from servicedesk.service_levels.derivation import ClockState
from servicedesk.service_levels.models import Clock, Escalation, ServiceLevelPolicy
from servicedesk.service_levels.operations import derive_clock, plan_moment
from servicedesk.service_levels.queries import find_policy

REDERIVE_DESK = "servicedesk.service_levels.jobs.rederive_desk"
START_AGAIN = "servicedesk.service_levels.rederiving.start_again"
BATCH = 50
STAND_BY = timedelta(minutes=3)
_RUNNING = (ClockState.RUNNING, ClockState.HELD)


def rederive_after(change: AuditEvent, desk_id: int) -> None:
    """Have the running clocks of a desk derived anew once this change is committed."""
    _stand_by(change.id)
    enqueue_after_commit(REDERIVE_DESK, desk_id, 0, change.id)


def _stand_by(change_id: int) -> None:
    """Start again from the beginning if no batch reports for a while."""
    set_timer(f"rederive:{change_id}", START_AGAIN, change_id, utcnow() + STAND_BY)


@timer_function
def start_again(change_id: int, due_at: datetime) -> None:
    """Hand over the first batch again: no worker has reported the last one."""
    change = db.session.get_one(AuditEvent, change_id)
    rederive_after(change, change.data["desk"])


def rederive_batch(desk_id: int, after_id: int, change_id: int) -> None:
    """Derive the clocks of the next records of a desk's policy, and have the rest done after the commit."""
    policy = find_policy(desk_id)
    ids = _running_after(policy, after_id) if policy else []
    for record_id in ids:
        _rederive(record_id, policy)
    if len(ids) == BATCH:
        _stand_by(change_id)
        enqueue_after_commit(REDERIVE_DESK, desk_id, ids[-1], change_id)
    else:
        cancel_timers(f"rederive:{change_id}")


def _running_after(policy: ServiceLevelPolicy, after_id: int) -> Sequence[int]:
    """Return the next records whose clocks of this policy have not stopped."""
    running = select(Clock.record_id).where(
        Clock.policy_id == policy.id, Clock.state.in_(_RUNNING), Clock.record_id > after_id
    )
    return db.session.scalars(running.order_by(Clock.record_id).limit(BATCH)).all()


def _rederive(record_id: int, policy: ServiceLevelPolicy | None) -> None:
    """Derive one clock and its ladder, unless it stopped while this waited for the record."""
    locked = select(Record).where(Record.id == record_id).with_for_update(of=Record.__table__)
    record = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    clock = db.session.get_one(Clock, record_id, populate_existing=True)
    if clock.state not in _RUNNING or policy is None:
        return
    _replan_ladder(record, policy)
    derive_clock(record, as_of=utcnow())


def _replan_ladder(record: Record, policy: ServiceLevelPolicy) -> None:
    """Give a record the policy's rungs where nobody was told yet; their moments follow with the clock."""
    first_round = select(Escalation).where(Escalation.record_id == record.id, Escalation.round == 1)
    steps = {step.position: step for step in db.session.scalars(first_round)}
    for rung in policy.rungs:
        step = steps.pop(rung.position, None)
        if step is None:
            step = Escalation(record_id=record.id, position=rung.position, round=1)
            db.session.add(step)
        if step.told_at is None:
            step.state, step.role, step.after_seconds = "planned", rung.role, rung.after_seconds
            step.answer_within_seconds = rung.answer_within_seconds
    db.session.flush()
    for step in steps.values():
        if step.state == "planned":
            plan_moment(step, None)
            step.state = "cancelled"
