"""A requester's report: kept as a draft while it is written, and sent exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from servicedesk.core.errors import NotFound, RuleViolation, StaleVersion
from servicedesk.core.permissions import Actor
from servicedesk.directory.queries import get_desk, get_person
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import log_incident
from servicedesk.records.models import Draft
from servicedesk.records.operations import (
    MOST_FILES,
    File,
    add_files,
    clean_name,
    drop_draft,
    find_draft,
    move_files,
    save_draft,
)
from servicedesk.records.queries import list_draft_files

PRACTICE = "incident"
# What is left of a draft that was sent: the number, so that sending it twice leads to the same incident.
SENT = "sent"


def find_report(*, actor: Actor) -> Draft | None:
    """Return the report that the actor has begun and not sent."""
    draft = find_draft(PRACTICE, actor=actor)
    return None if draft is None or SENT in draft.answers else draft


def keep_report(answers: dict[str, Any], *, actor: Actor, now: datetime) -> Draft:
    """Keep answers as they were typed, right or wrong, beginning a report if there is none."""
    last = find_draft(PRACTICE, actor=actor, lock=True)
    if last is not None and SENT in last.answers:
        drop_draft(last)
    return save_draft(PRACTICE, answers, actor=actor, now=now)


def keep_report_files(draft: Draft, files: Sequence[File], *, actor: Actor, now: datetime) -> list[str]:
    """Keep each file that can be kept and return what is wrong with the others."""
    room = MOST_FILES - len(list_draft_files(draft.id))
    refused = [
        f"“{clean_name(file.name)}” was not added: a report can have at most {MOST_FILES} files."
        for file in files[max(room, 0) :]
    ]
    for file in files[: max(room, 0)]:
        try:
            add_files(draft, [file], actor=actor, now=now)
        except RuleViolation as violation:
            refused += violation.messages.values()
    return refused


def drop_report(*, actor: Actor) -> None:
    """Forget what the actor has begun, with its files."""
    draft = find_draft(PRACTICE, actor=actor, lock=True)
    if draft is not None:
        drop_draft(draft)


def seal_of(draft: Draft) -> str:
    """Return what tells one state of a draft from the next."""
    return draft.changed_at.isoformat()


def send_report(*, actor: Actor, seen: str, now: datetime) -> str:
    """Make an incident of the actor's report and return its number; sending it again returns the same number.

    Raises StaleVersion if the report is not the one that its author has seen before sending.
    """
    draft = find_draft(PRACTICE, actor=actor, lock=True)
    if draft is None:
        raise NotFound(
            "There is no report to send. It may have been dropped in another window. Start a new one."
        )
    if SENT in draft.answers:
        return str(draft.answers[SENT])
    if seen != seal_of(draft):
        raise StaleVersion("Your report was changed in another window. Look through it again, then send it.")
    incident = _log(draft.answers, actor, now)
    move_files(draft, incident, actor=actor, now=now)
    draft.answers, draft.changed_at = {SENT: incident.number}, now
    return incident.number


def _log(answers: dict[str, Any], actor: Actor, now: datetime) -> Incident:
    """Log the incident that the answers describe."""
    contact_by = answers["contact_by"]
    return log_incident(
        actor=actor,
        desk=get_desk(int(answers["desk"])),
        requester=get_person(requester_id_of(answers, actor)),
        title=answers["title"],
        description=answers["description"],
        impact=int(answers["impact"]),
        urgency=int(answers["urgency"]),
        channel="portal",
        now=now,
        site_id=int(answers["site"]) if answers["site"] else None,
        location=answers["location"],
        contact_by=contact_by,
        contact_detail=answers.get(contact_by) or "",
    )


def requester_id_of(answers: dict[str, Any], actor: Actor) -> int:
    """Return whom a report is for: its author, or the colleague that they chose."""
    if answers["for_whom"] == "colleague":
        return int(answers["requester"])
    if actor.person_id is None:
        raise RuleViolation(for_whom="Say whom the report is for.")
    return actor.person_id
