"""All answers of a report on one page, each with the way back to its screen."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from servicedesk.core.permissions import Actor
from servicedesk.directory.queries import get_desk, get_person, list_sites
from servicedesk.incidents.reporting import requester_id_of
from servicedesk.portal.report_forms import CONTACT_WORDS, IMPACT_WORDS, URGENCY_WORDS


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One answer; `changes` is where it can be changed."""

    label: str
    value: str
    changes: str


def summary_of(answers: dict[str, Any], actor: Actor) -> list[SummaryLine]:
    """Return a report's answers in words."""
    described, placed = url_for(".start_report"), url_for(".place_report")
    reach = ": ".join(
        filter(None, (CONTACT_WORDS[answers["contact_by"]], answers.get(answers["contact_by"])))
    )
    return [
        SummaryLine("Who looks at it", get_desk(int(answers["desk"])).name, f"{described}#desk-0"),
        SummaryLine("What is wrong", answers["title"], f"{described}#title"),
        SummaryLine("More about it", answers["description"] or "", f"{described}#description"),
        SummaryLine("For", get_person(requester_id_of(answers, actor)).name, f"{placed}#for_whom-0"),
        SummaryLine("Who is affected", IMPACT_WORDS[answers["impact"]], f"{placed}#impact-0"),
        SummaryLine("How badly", URGENCY_WORDS[answers["urgency"]], f"{placed}#urgency-0"),
        SummaryLine("Where", _place(answers), f"{placed}#site"),
        SummaryLine("How to reach you", reach, f"{placed}#contact_by-0"),
    ]


def _place(answers: dict[str, Any]) -> str:
    """Say where it is."""
    names = {str(site.id): site.name for site in list_sites()}
    return ", ".join(filter(None, (names.get(answers["site"], ""), answers["location"])))
