"""Change a desk's target and the ladder that guards it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor, Permission, Role, require
from servicedesk.directory.models import Desk
from servicedesk.service_levels.escalating import LADDER
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.service_levels.models import Calendar, EscalationRung, ServiceLevelPolicy
from servicedesk.service_levels.policy_file import RungPlan
from servicedesk.service_levels.queries import find_policy
from servicedesk.service_levels.rederiving import rederive_after

MOST_RUNGS = 4
LONGEST_TARGET_SECONDS = 30 * 24 * 3600


def set_policy(
    desk: Desk,
    *,
    actor: Actor,
    target_seconds: int,
    pauses_on: Sequence[str],
    rungs: Sequence[RungPlan],
    now: datetime,
) -> ServiceLevelPolicy:
    """Set a desk's target in working seconds, the holds that pause it and its ladder, lowest rung first."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    _check(target_seconds, pauses_on, rungs)
    db.session.execute(select(Desk.id).where(Desk.id == desk.id).with_for_update())
    if db.session.scalar(select(Calendar.id).where(Calendar.desk_id == desk.id)) is None:
        raise RuleViolation(target_minutes="Set the desk's opening hours first.")
    policy = find_policy(desk.id)
    if policy is None:
        policy = ServiceLevelPolicy(desk_id=desk.id, target_seconds=0, pauses_on=[])
        db.session.add(policy)
    fields = _set(policy, target_seconds, sorted(pauses_on), list(rungs))
    db.session.flush()
    if fields:
        event = write_audit_event(
            "service-level-policy.amended", subject=policy, actor=actor, at=now, desk=desk.id, fields=fields
        )
        rederive_after(event, desk.id)
    return policy


def rung_plans(policy: ServiceLevelPolicy | None) -> list[RungPlan]:
    """Return a policy's ladder as a plan."""
    rungs = policy.rungs if policy else []
    return [RungPlan(rung.after_seconds, Role(rung.role), rung.answer_within_seconds) for rung in rungs]


def _set(
    policy: ServiceLevelPolicy, target_seconds: int, pauses_on: list[str], rungs: list[RungPlan]
) -> list[str]:
    """Set what differs and return the names of the fields that did."""
    fields = []
    if policy.target_seconds != target_seconds:
        policy.target_seconds = target_seconds
        fields.append("target_seconds")
    if sorted(policy.pauses_on) != pauses_on:
        policy.pauses_on = pauses_on
        fields.append("pauses_on")
    if rung_plans(policy) != rungs:
        _set_rungs(policy, rungs)
        fields.append("rungs")
    return fields


def _set_rungs(policy: ServiceLevelPolicy, rungs: list[RungPlan]) -> None:
    """Make the ladder as planned, reusing the rows of rungs that stay in their place."""
    del policy.rungs[len(rungs) :]
    for position, plan in enumerate(rungs, start=1):
        if position > len(policy.rungs):
            policy.rungs.append(EscalationRung(position=position))
        rung = policy.rungs[position - 1]
        rung.position, rung.role = position, plan.role
        rung.after_seconds, rung.answer_within_seconds = plan.after_seconds, plan.answer_within_seconds


def _check(target_seconds: int, pauses_on: Sequence[str], rungs: Sequence[RungPlan]) -> None:
    """Raise RuleViolation for a target that makes no sense, or too long a ladder."""
    if not 0 < target_seconds <= LONGEST_TARGET_SECONDS:
        raise RuleViolation(target_minutes="Enter a target from 1 minute to 720 working hours.")
    if set(pauses_on) - set(HoldReason):
        raise RuleViolation(pauses_on="Choose among the reasons for a hold.")
    if len(rungs) > MOST_RUNGS:
        raise RuleViolation(target_minutes=f"A ladder has at most {MOST_RUNGS} steps.")
    _check_ladder(rungs, target_seconds)


def _check_ladder(rungs: Sequence[RungPlan], target_seconds: int) -> None:
    """Raise RuleViolation for steps that are out of order or after the target, named by their place."""
    before = 0
    for place, rung in enumerate(rungs, start=1):
        if rung.role not in LADDER:
            raise RuleViolation(**{f"role_{place}": "Choose a role that can be escalated to."})
        if rung.after_seconds <= before:
            words = "later than the step before" if before else "after at least 1 minute"
            raise RuleViolation(**{f"after_{place}": f"Let step {place} come {words}."})
        if rung.after_seconds >= target_seconds:
            raise RuleViolation(**{f"after_{place}": f"Let step {place} come before the target is used up."})
        if not 0 < rung.answer_within_seconds <= LONGEST_TARGET_SECONDS:
            raise RuleViolation(**{f"answer_{place}": "Say within how many minutes an answer is expected."})
        before = rung.after_seconds
