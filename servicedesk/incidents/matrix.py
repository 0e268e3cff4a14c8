"""Change what an impact and an urgency make together at a desk."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk
from servicedesk.incidents.models import PriorityRule
from servicedesk.incidents.priority import DEFAULT_MATRIX, PRIORITY_WORDS, priority_of
from servicedesk.incidents.queries import matrix_of

Matrix = Mapping[tuple[int, int], int]


def set_matrix(desk: Desk, *, actor: Actor, cells: Matrix, now: datetime) -> None:
    """Set all nine cells of a desk's matrix; incidents take it up when their impact or urgency is set."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    for (impact, urgency), priority in cells.items():
        if (impact, urgency) not in DEFAULT_MATRIX or priority not in PRIORITY_WORDS:
            raise RuleViolation(**{cell_name(impact, urgency): "Choose a priority from P1 to P4."})
    if missing := set(DEFAULT_MATRIX) - set(cells):
        raise RuleViolation(**{cell_name(*cell): "Choose a priority." for cell in sorted(missing)})
    db.session.execute(select(Desk.id).where(Desk.id == desk.id).with_for_update())
    before = whole_matrix(desk.id)
    changed = {cell: priority for cell, priority in cells.items() if before[cell] != priority}
    for (impact, urgency), priority in changed.items():
        db.session.merge(PriorityRule(desk_id=desk.id, impact=impact, urgency=urgency, priority=priority))
    if changed:
        told = {
            f"{impact}-{urgency}": [before[impact, urgency], new]
            for (impact, urgency), new in changed.items()
        }
        write_audit_event("priority-matrix.amended", subject=desk, actor=actor, at=now, cells=told)
    db.session.flush()


def whole_matrix(desk_id: int) -> dict[tuple[int, int], int]:
    """Return all nine cells as they hold for a desk."""
    own = matrix_of(desk_id)
    return {cell: priority_of(own, *cell) for cell in DEFAULT_MATRIX}


def cell_name(impact: int, urgency: int) -> str:
    """Return the name of a cell's field."""
    return f"cell_{impact}_{urgency}"
