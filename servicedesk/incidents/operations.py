"""Log an incident, and change what it says of itself."""

from datetime import datetime

from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.numbering import next_number
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk, Person, Site, Team
from servicedesk.directory.queries import team_for
from servicedesk.incidents.models import Incident
from servicedesk.incidents.priority import LEVEL_WORDS
from servicedesk.incidents.queries import priority_for
from servicedesk.incidents.states import IncidentState
from servicedesk.records.models import Category
from servicedesk.records.operations import clean_text
from servicedesk.records.transitions import require_on

LONGEST_TITLE = 200
CONTACT_WAYS = {"mail": "E-mail", "phone": "Telephone", "visit": "In person"}
CHANNELS = {
    "portal": "portal", "phone": "telephone", "mail": "e-mail", "visit": "in person", "api": "API",
    "import": "import",
}  # fmt: skip


def log_incident(
    *,
    actor: Actor,
    desk: Desk,
    requester: Person,
    title: str,
    description: str,
    impact: int,
    urgency: int,
    channel: str,
    now: datetime,
    team_id: int | None = None,
    category_id: int | None = None,
    site_id: int | None = None,
    location: str = "",
    contact_by: str = "mail",
    contact_detail: str = "",
) -> Incident:
    """Open an incident for a requester: by the requester, by a colleague, or by an agent for a caller."""
    may_log = actor.may(Permission.INCIDENT_LOG, desk.id)
    if not may_log:
        require(actor, Permission.INCIDENT_REPORT)
        if team_id is not None:
            require(actor, Permission.INCIDENT_LOG, desk.id)
    _check_levels(impact, urgency)
    _check_choices(requester, contact_by, channel)
    _check_places(desk, team_id, category_id, site_id)
    incident = Incident(
        number=next_number("INC"), version=1, state=IncidentState.NEW, is_open=True, channel=channel,
        title=clean_title(title), description=_clean_description(description),
        impact=impact, urgency=urgency, priority=priority_for(desk.id, impact, urgency),
        desk_id=desk.id, team_id=team_id or team_for(desk, requester), category_id=category_id,
        requester_id=requester.id, organisation_id=requester.organisation_id,
        reporter_id=actor.person_id if actor.person_id != requester.id else None,
        site_id=site_id or requester.site_id, location=location.strip()[:LONGEST_TITLE],
        contact_by=contact_by, contact_detail=contact_detail.strip()[:LONGEST_TITLE],
        opened_at=now, changed_at=now,
    )  # fmt: skip
    db.session.add(incident)
    db.session.flush()
    write_audit_event("incident.logged", subject=incident, actor=actor, at=now, channel=channel)
    return incident


def _clean_description(description: str) -> str:
    """Return a description within its limits; an agent with a caller on the line may leave it out."""
    return clean_text(description, field="description", missing="Say what happened.") if description else ""


def clean_title(title: str) -> str:
    """Return a title on one line; raise RuleViolation if it is empty or too long."""
    return clean_text(
        " ".join(title.split()),
        field="title",
        missing="Say in a few words what is wrong.",
        longest=LONGEST_TITLE,
    )


def _check_levels(impact: int, urgency: int) -> None:
    """Raise RuleViolation for a level that is none."""
    if impact not in LEVEL_WORDS:
        raise RuleViolation(impact="Choose an impact: 1 high, 2 medium or 3 low.")
    if urgency not in LEVEL_WORDS:
        raise RuleViolation(urgency="Choose an urgency: 1 high, 2 medium or 3 low.")


def _check_choices(requester: Person, contact_by: str, channel: str) -> None:
    """Raise RuleViolation for a requester who has left, or a way that is none."""
    if not requester.is_active:
        raise RuleViolation(requester="This person has left. Choose somebody else.")
    if contact_by not in CONTACT_WAYS:
        raise RuleViolation(contact_by=f"Choose one of: {', '.join(CONTACT_WAYS)}.")
    if channel not in CHANNELS:
        raise RuleViolation(channel=f"Choose one of: {', '.join(CHANNELS)}.")


def _check_places(desk: Desk, team_id: int | None, category_id: int | None, site_id: int | None) -> None:
    """Raise RuleViolation for a place that is unknown, out of use or another desk's."""
    if not desk.is_active:
        raise RuleViolation(desk_id="This desk takes no more incidents. Choose another.")
    team = db.session.get(Team, team_id) if team_id is not None else None
    if team_id is not None and (team is None or team.desk_id != desk.id or not team.is_active):
        raise RuleViolation(team_id="Choose a team of this desk.")
    if category_id is not None:
        _check_category(category_id, desk.id)
    site = db.session.get(Site, site_id) if site_id is not None else None
    if site_id is not None and (site is None or not site.is_active):
        raise RuleViolation(site_id="Choose a site that is in use.")


def _check_category(category_id: int, desk_id: int) -> None:
    """Raise RuleViolation for a category that is unknown, another desk's or out of use."""
    category = db.session.get(Category, category_id)
    if category is None or category.desk_id != desk_id or not category.is_active:
        raise RuleViolation(category_id="Choose a category of this desk.")


def amend_incident(
    incident: Incident, *, actor: Actor, now: datetime, title: str, description: str, location: str
) -> None:
    """Put right what an incident says of itself."""
    require_on(actor, Permission.INCIDENT_AMEND, incident)
    wanted = {
        "title": clean_title(title),
        "description": description.replace("\x00", "").strip(),
        "location": location.strip()[:LONGEST_TITLE],
    }
    changed = [name for name, value in wanted.items() if getattr(incident, name) != value]
    for name in changed:
        setattr(incident, name, wanted[name])
    if changed:
        incident.changed_at = now
        write_audit_event("incident.amended", subject=incident, actor=actor, at=now, fields=changed)


def categorise_incident(incident: Incident, *, actor: Actor, category_id: int, now: datetime) -> None:
    """Put an incident where its desk's tree says that it belongs."""
    require_on(actor, Permission.INCIDENT_AMEND, incident)
    _check_category(category_id, incident.desk_id)
    if incident.category_id != category_id:
        before, incident.category_id, incident.changed_at = incident.category_id, category_id, now
        db.session.expire(incident, ["category"])
        write_audit_event(
            "incident.categorised", subject=incident, actor=actor, at=now, category=category_id, before=before
        )


def prioritise_incident(
    incident: Incident,
    *,
    actor: Actor,
    impact: int,
    urgency: int,
    now: datetime,
    priority: int | None = None,
    reason: str = "",
) -> None:
    """Set impact and urgency; the desk's matrix gives the priority unless a reason says otherwise."""
    require_on(actor, Permission.INCIDENT_AMEND, incident)
    _check_levels(impact, urgency)
    by_matrix = priority_for(incident.desk_id, impact, urgency)
    wanted = priority or by_matrix
    if wanted not in (1, 2, 3, 4):
        raise RuleViolation(priority="Choose a priority from 1 to 4.")
    overrides = wanted != by_matrix
    if overrides and not reason.strip():
        raise RuleViolation(reason=f"The matrix gives P{by_matrix}. Say why it should be P{wanted}.")
    if (incident.impact, incident.urgency, incident.priority) == (impact, urgency, wanted):
        return
    before = incident.priority
    incident.impact, incident.urgency, incident.priority = impact, urgency, wanted
    incident.priority_reason = reason.strip()[:LONGEST_TITLE] if overrides else None
    incident.changed_at = now
    write_audit_event(
        "incident.prioritised", subject=incident, actor=actor, at=now,
        priority=wanted, impact=impact, urgency=urgency, before=before, override=overrides,
    )  # fmt: skip
