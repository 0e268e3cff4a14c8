"""The steps that somebody was told of, and their answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotFound
from servicedesk.core.paging import each_row
from servicedesk.core.permissions import Permission
from servicedesk.core.words import MomentView, exact, moment_view
from servicedesk.desk.blueprint import desk
from servicedesk.desk.clocks import ROLE_WORDS, notice_words
from servicedesk.desk.lists import asked_page, paging_links, wants_csv
from servicedesk.records.transitions import may_on
from servicedesk.service_levels import escalating, queries
from servicedesk.service_levels.models import Clock, Escalation
from servicedesk.service_levels.working_time import WorkingCalendar
from servicedesk.web.access import current_actor, requires
from servicedesk.web.exports import csv_response
from servicedesk.web.forms import DeskForm

HEADINGS = ("Number", "Title", "Told", "Role", "When", "Notice", "State", "Acknowledged by")
SHOWN = {"mine": "Waiting for me", "waiting": "Waiting for anybody", "recent": "Last 30 days"}
STATE_WORDS = {"told": "waiting", "cancelled": "no longer needed"}


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """One step as the list shows it."""

    id: int
    url: str
    number: str
    title: str
    told_to: str
    role: str
    told_at: datetime | None
    told: MomentView | None
    notice: str
    state: str
    tone: str
    answered_by: str
    may_answer: bool


@desk.get("/escalations")
@requires(Permission.ESCALATION_READ)
def list_escalations() -> ResponseReturnValue:
    """Show the steps that wait for an answer, mine first, or all of the last month."""
    chosen = request.args.get("show", "mine")
    shown = chosen if chosen in SHOWN else "mine"
    query = queries.list_escalations(current_actor(), waiting=shown != "recent", told_to_me=shown == "mine")
    if wants_csv():
        return csv_response("escalations", HEADINGS, _csv_rows(query))
    page = asked_page(query, queries.NEWEST_TOLD_FIRST)
    return render_template(
        "desk/escalations.html",
        rows=_rows(page.rows),
        shown=shown,
        tabs=[
            {"words": words, "url": url_for(".list_escalations", show=name), "current": name == shown}
            for name, words in SHOWN.items()
        ],
        paging=paging_links(page, ".list_escalations", show=shown),
        csv=url_for(".list_escalations", show=shown, format="csv"),
    )


@desk.post("/escalations/<int:escalation_id>/acknowledge")
@requires(Permission.ESCALATION_ACKNOWLEDGE)
def acknowledge_escalation(escalation_id: int) -> ResponseReturnValue:
    """Answer a step: somebody sees to it."""
    step, actor = queries.get_escalation(escalation_id, lock=True), current_actor()
    if step.told_to_id != actor.person_id and not may_on(actor, Permission.ESCALATION_READ, step.record):
        raise NotFound("There is no such escalation.")
    if DeskForm().accepted():
        escalating.acknowledge_escalation(step, actor=actor, now=utcnow())
        flash(f"You have acknowledged the escalation of {step.record.number}.", "success")
    return redirect(url_for(".show_incident", number=step.record.number), 303)


def _rows(steps: Sequence[Escalation]) -> list[EscalationRow]:
    """Dress a page's steps."""
    now, calendars = utcnow(), queries.calendars_by_policy()
    clocks = queries.find_clocks({step.record_id for step in steps})
    return [_row(step, clocks.get(step.record_id), calendars, now) for step in steps]


def _row(
    step: Escalation, clock: Clock | None, calendars: Mapping[int, WorkingCalendar], now: datetime
) -> EscalationRow:
    """Dress one step."""
    actor, waits = current_actor(), step.state == "told"
    mine = step.told_to_id == actor.person_id or may_on(actor, Permission.ESCALATION_ACKNOWLEDGE, step.record)
    return EscalationRow(
        id=step.id,
        url=url_for(".show_incident", number=step.record.number),
        number=step.record.number,
        title=step.record.title,
        told_to=step.told_to.name if step.told_to else "Nobody",
        role=ROLE_WORDS.get(step.role, step.role),
        told_at=step.told_at,
        told=moment_view(step.told_at, now) if step.told_at else None,
        notice=notice_words(step, clock.due_at, calendars.get(clock.policy_id)) if clock else "",
        state=STATE_WORDS.get(step.state, step.state),
        tone="danger" if waits else "done",
        answered_by=step.acknowledged_by.name if step.acknowledged_by else "",
        may_answer=waits and mine,
    )


def _csv_rows(query: Select[Any]) -> Iterator[Sequence[object]]:
    """Yield the whole list."""
    calendars, now = queries.calendars_by_policy(), utcnow()
    for step in each_row(query, queries.NEWEST_TOLD_FIRST):
        row = _row(step, queries.find_clock(step.record_id), calendars, now)
        told = exact(row.told_at) if row.told_at else ""
        yield row.number, row.title, row.told_to, row.role, told, row.notice, row.state, row.answered_by
