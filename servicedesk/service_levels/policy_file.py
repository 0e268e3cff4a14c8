"""A service-level policy as a file, so that a demo can run its ladder in seconds.

hours: always            # or: {mon-fri: ["08:00-18:00"]}
target: 40s
pauses_on: [requester, supplier]
ladder:
  - {after: 20s, to: team_lead, answer_within: 5s}
  - {after: 30s, to: senior_officer, answer_within: 5s}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Role
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.service_levels.working_time import WorkingCalendar

_DURATION = re.compile(r"^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
ALWAYS = {"mon-sun": ["00:00-24:00"]}
OFFICE_HOURS = {"mon-fri": ["08:00-18:00"]}


@dataclass(frozen=True, slots=True)
class RungPlan:
    """One step of a ladder, in working seconds."""

    after_seconds: int
    role: Role
    answer_within_seconds: int


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy before it is given to a desk."""

    target_seconds: int
    pauses_on: tuple[str, ...]
    rungs: tuple[RungPlan, ...]
    hours: Mapping[str, list[str]] | None = None


# The strategy's four-hour target (§4.4.5): the team lead at two hours, a senior officer at three.
FOUR_HOURS = PolicyPlan(
    4 * 3600,
    (HoldReason.REQUESTER, HoldReason.SUPPLIER),
    (RungPlan(2 * 3600, Role.TEAM_LEAD, 1800), RungPlan(3 * 3600, Role.SENIOR_OFFICER, 1800)),
)


def read_policy_file(file: Path) -> PolicyPlan:
    """Read a policy; raise RuleViolation naming what is wrong with it."""
    try:
        told = yaml.safe_load(file.read_text())
        return _plan(told)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RuleViolation(policy=f"The policy file {file.name} cannot be used: {error!r}.") from error


def _plan(told: Mapping[str, Any]) -> PolicyPlan:
    """Return what a policy file says."""
    hours = ALWAYS if told.get("hours") == "always" else told.get("hours")
    if hours is not None:
        WorkingCalendar.weekly("Europe/London", hours)
    rungs = tuple(
        RungPlan(
            parse_duration(rung["after"]), Role(rung["to"]), parse_duration(rung.get("answer_within", "30m"))
        )
        for rung in told["ladder"]
    )
    pauses = tuple(HoldReason(reason) for reason in told.get("pauses_on", FOUR_HOURS.pauses_on))
    return PolicyPlan(parse_duration(told["target"]), pauses, rungs, hours)


def parse_duration(text: str) -> int:
    """Return the seconds of `4h`, `30m`, `90s` or a combination such as `1h30m`."""
    match = _DURATION.match(str(text).strip())
    seconds = (
        sum(int(part or 0) * unit for part, unit in zip(match.groups(), (3600, 60, 1), strict=True))
        if match
        else 0
    )
    if seconds <= 0:
        raise ValueError(f"{text!r} is not a duration such as 4h, 30m or 90s")
    return seconds
