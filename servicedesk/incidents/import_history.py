"""The past of an imported incident as audit events, and what strikes one as odd about it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from servicedesk.incidents.import_rows import History, Snapshot
from servicedesk.incidents.states import OPEN_STATES, IncidentState

_S = IncidentState


class Happening(NamedTuple):
    """One event of the past."""

    kind: str
    at: datetime
    actor_id: int | None
    data: dict[str, Any]


class Ids(Protocol):
    """Whom and what the names in an export stand for here."""

    people: dict[str, int]
    teams: dict[str, int]
    categories: dict[str, int]


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of an incident whose row may leave some unknown."""

    impact: int
    urgency: int
    priority: int


# Fills in the levels that a row leaves unknown.
LevelsOf = Callable[[Snapshot], Levels]


def odd_about(history: History) -> list[str]:
    """Return the flags of what is odd about an incident."""
    last = history.snapshots[-1]
    states = [snapshot.state for snapshot in history.snapshots]
    return [
        *_odd_states(history, states),
        *_odd_times(history),
        *(["no-category"] if last.category is None else []),
    ]


def _odd_states(history: History, states: Sequence[str]) -> Iterator[str]:
    """Yield the flags of states that nobody knows and steps that nobody may take."""
    if any(snapshot.state_not_understood is not None for snapshot in history.snapshots):
        yield "unknown-state"
    if any(before == _S.CLOSED and after in OPEN_STATES for before, after in pairwise(states)):
        yield "reopened-after-close"
    if states[-1] in (_S.RESOLVED, _S.CLOSED) and history.resolved_at is None:
        yield "no-resolved-time"
        if _S.RESOLVED not in states:
            yield "closed-without-resolution"


def _odd_times(history: History) -> Iterator[str]:
    """Yield the flags of counters and times that do not only go up."""
    counts = [shot.change_count for shot in history.snapshots if shot.change_count is not None]
    if any(after < before for before, after in pairwise(counts)):
        yield "counter-went-down"
    times = [shot.at for shot in history.snapshots]
    if any(after < before for before, after in pairwise(times)):
        yield "time-went-back"
    if times[0] < history.opened_at:
        yield "changed-before-opening"


def with_steps(history: History) -> None:
    """Make the one row of an incident into the steps that it must have taken."""
    last = history.snapshots[-1]
    steps: list[Snapshot] = []
    if last.state in (_S.RESOLVED, _S.CLOSED) and history.resolved_at is not None:
        steps.append(replace(last, state=_S.RESOLVED, at=history.resolved_at))
    if last.state != _S.RESOLVED or not steps:
        ended = history.closed_at if last.state in (_S.CLOSED, _S.CANCELLED) else None
        steps.append(replace(last, at=ended or last.at))
    history.snapshots = steps


def happenings(history: History, ids: Ids, levels_of: LevelsOf, labels: Sequence[str]) -> Iterator[Happening]:
    """Yield everything that happened to an incident, row by row; no row goes without a word."""
    first = history.snapshots[0]
    author = ids.people.get(history.reporter or first.requester)
    yield Happening("incident.logged", history.opened_at, author, {"channel": history.channel})
    before: Snapshot | None = None
    for snapshot in history.snapshots:
        actor = ids.people.get(snapshot.changed_by or "")
        told = [*_steps(before, snapshot, history), *_changes(before, snapshot, ids, levels_of, labels)]
        if not told and before is not None:
            told = [("incident.edited", {})]
        yield from (Happening(kind, snapshot.at, actor, data) for kind, data in told)
        before = snapshot


Told = Iterator[tuple[str, dict[str, Any]]]


def _steps(before: Snapshot | None, now: Snapshot, history: History) -> Told:
    """Yield the steps of the workflow that lead from one row to the next."""
    strange = now.state_not_understood
    if strange is not None and (before is None or before.state_not_understood != strange):
        yield "incident.state-not-understood", {"value": strange[:60]}
    state, reason = (before.state, before.reason) if before else (str(_S.NEW), None)
    # Somebody resolved it once more: the moment that counts, as the export says, is the later one.
    again = now.state == state == _S.RESOLVED and now.at == history.resolved_at
    if state == now.state and reason == now.reason and not again:
        return
    if state not in OPEN_STATES and now.state in OPEN_STATES:
        yield "incident.reopened", {"state": [state, _S.IN_PROGRESS]}
        state = _S.IN_PROGRESS
    if state == _S.ON_HOLD and now.state in (_S.NEW, _S.IN_PROGRESS):
        yield "incident.resumed", {"state": [state, _S.IN_PROGRESS], "because": "import"}
        state = _S.IN_PROGRESS
    if state != now.state or state == _S.ON_HOLD or again:
        kind, extra = _STEPS[now.state]
        yield kind, {"state": [state, now.state], **({"reason": now.reason} if now.reason else {}), **extra}


_STEPS: dict[str, tuple[str, dict[str, str]]] = {
    _S.NEW: ("incident.renewed", {}),
    _S.IN_PROGRESS: ("incident.started", {}),
    _S.ON_HOLD: ("incident.held", {}),
    _S.RESOLVED: ("incident.resolved", {}),
    _S.CLOSED: ("incident.closed", {"by": "import"}),
    _S.CANCELLED: ("incident.cancelled", {}),
}


def _changes(
    before: Snapshot | None, now: Snapshot, ids: Ids, levels_of: LevelsOf, labels: Sequence[str]
) -> Told:
    """Yield what else changed between two rows; of the first, only who worked on it from the start."""
    if before is None:
        if now.assignee is not None:
            yield "incident.assigned", {"assignee": ids.people[now.assignee], "before": None}
        return
    if now.team != before.team:
        yield "incident.transferred", _ids("team", ids.teams, before.team, now.team)
    if now.assignee != before.assignee:
        yield "incident.assigned", _ids("assignee", ids.people, before.assignee, now.assignee)
    if now.category != before.category:
        yield "incident.categorised", _ids("category", ids.categories, before.category, now.category)
    old, new = levels_of(before), levels_of(now)
    if new != old:
        levels = {"priority": new.priority, "impact": new.impact, "urgency": new.urgency}
        yield "incident.prioritised", levels | {"before": old.priority}
    fields = [
        label for label, was, is_now in zip(labels, before.others, now.others, strict=True) if was != is_now
    ]
    fields += [name for name in ("requester", "location") if getattr(before, name) != getattr(now, name)]
    if fields:
        yield "incident.amended", {"fields": fields}


def _ids(key: str, ids: dict[str, int], before: str | None, now: str | None) -> dict[str, int | None]:
    """Return what an event tells of something that somebody else or another now is."""
    return {key: ids[now] if now else None, "before": ids[before] if before else None}
