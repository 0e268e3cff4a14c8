"""Plain functions that make what a test needs; whatever is not given has a sensible value."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.permissions import Actor, Role
from servicedesk.directory.models import Desk, Organisation, Person, RoleAssignment, Site, Team
from servicedesk.directory.queries import actor_for, searchable
from servicedesk.directory.sign_in import hash_password, start_session
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import log_incident
from servicedesk.records.models import Category
from servicedesk.service_levels.models import Calendar, EscalationRung, OpeningWindow, ServiceLevelPolicy

PASSWORD = "three plain words"
# A Monday morning in winter: local time is UTC, and the desk is open.
MONDAY_NINE = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
_counter = count(1)
_made: dict[str, Any] = {}


def start_anew() -> None:
    """Forget what the last test had made."""
    _made.clear()


def _add(row: Any) -> Any:
    """Add a row and give it its id."""
    db.session.add(row)
    db.session.flush()
    return row


def make_organisation(**given: Any) -> Organisation:
    number = next(_counter)
    return _add(Organisation(**{"name": f"Council {number}", "short_name": f"C{number}"} | given))


def the_organisation() -> Organisation:
    """Return the organisation that people belong to unless told otherwise."""
    if "organisation" not in _made:
        _made["organisation"] = make_organisation()
    return _made["organisation"]


def make_site(**given: Any) -> Site:
    values = {"name": f"Site {next(_counter)}", "organisation_id": the_organisation().id} | given
    return _add(Site(**values))


def make_desk(*, always_open: bool = False, target_seconds: int = 4 * 3600, **given: Any) -> Desk:
    """Make a desk with one team, a calendar (08:00-18:00 on working days) and the usual ladder."""
    number = next(_counter)
    desk = _add(Desk(**{"name": f"Desk {number}", "slug": f"desk-{number}", "phone": "01279 000000"} | given))
    desk.first_team_id = make_team(desk=desk).id
    days, hours = (range(7), (0, 86400)) if always_open else (range(5), (8 * 3600, 18 * 3600))
    windows = [OpeningWindow(weekday=day, opens=hours[0], closes=hours[1]) for day in days]
    _add(
        Calendar(
            desk_id=desk.id, time_zone="Europe/London", bank_holidays="england-and-wales", windows=windows
        )
    )
    make_policy(desk, target_seconds=target_seconds)
    return desk


def make_policy(desk: Desk, *, target_seconds: int) -> ServiceLevelPolicy:
    """Make a policy with steps at a half (team lead) and three quarters (senior officer) of the target."""
    rungs = [
        EscalationRung(position=1, after_seconds=target_seconds // 2, role=Role.TEAM_LEAD,
                       answer_within_seconds=target_seconds // 8),
        EscalationRung(position=2, after_seconds=target_seconds * 3 // 4, role=Role.SENIOR_OFFICER,
                       answer_within_seconds=target_seconds // 8),
    ]  # fmt: skip
    policy = ServiceLevelPolicy(
        desk_id=desk.id, target_seconds=target_seconds, pauses_on=["requester", "supplier"], rungs=rungs
    )
    return _add(policy)


def the_desk() -> Desk:
    """Return the desk that everything happens at unless told otherwise."""
    if "desk" not in _made:
        _made["desk"] = make_desk()
    return _made["desk"]


def make_team(desk: Desk | None = None, **given: Any) -> Team:
    values = {"name": f"Team {next(_counter)}", "desk_id": (desk or the_desk()).id} | given
    return _add(Team(**values))


def the_team(desk: Desk | None = None) -> Team:
    """Return the first team of a desk."""
    return db.session.get_one(Team, (desk or the_desk()).first_team_id)


def make_person(
    role: Role | None = None, *, desk: Desk | None = None, team: Team | None = None, **given: Any
) -> Person:
    """Make a person; with a role, one who holds it in the desk's first team (or at the desk)."""
    number = next(_counter)
    values = {
        "name": f"Person {number}", "mail": f"person{number}@example.test", "phone": f"01279 {number:06d}",
        "organisation_id": the_organisation().id,
    } | given  # fmt: skip
    values.setdefault("search_text", searchable(values["name"], values["mail"], values["phone"]))
    person = _add(Person(**values))
    if role is not None:
        give_role(person, role, desk=desk, team=team)
    return person


def give_role(person: Person, role: Role, *, desk: Desk | None = None, team: Team | None = None) -> None:
    """Give a role: team roles in a team, others at the desk."""
    at = desk or (db.session.get_one(Desk, team.desk_id) if team else the_desk())
    in_team = role in (Role.AGENT, Role.TEAM_LEAD)
    team_id = (team or the_team(at)).id if in_team else None
    _add(RoleAssignment(person_id=person.id, role=role, desk_id=at.id, team_id=team_id))


def make_administrator(**given: Any) -> Person:
    """Make an administrator of everything."""
    person = make_person(**given)
    _add(RoleAssignment(person_id=person.id, role=Role.ADMINISTRATOR))
    return person


def make_agent(desk: Desk | None = None, **given: Any) -> Person:
    return make_person(Role.AGENT, desk=desk, **given)


def with_password(person: Person) -> Person:
    """Let somebody sign in with PASSWORD."""
    person.password_hash = hash_password(PASSWORD)
    return person


def acting(person: Person) -> Actor:
    """Return somebody as one who acts."""
    db.session.flush()
    return actor_for(person)


def make_session_token(person: Person) -> str:
    """Sign somebody in and return what their cookie holds."""
    token = start_session(person, method="password", address="127.0.0.1", browser="test", now=utcnow())
    db.session.commit()
    return token


def make_category(desk: Desk | None = None, **given: Any) -> Category:
    name = given.pop("name", f"Category {next(_counter)}")
    return _add(Category(**{"desk_id": (desk or the_desk()).id, "name": name, "path": name} | given))


def make_incident(*, desk: Desk | None = None, requester: Person | None = None, **given: Any) -> Incident:
    """Log an incident, by its requester through the portal."""
    person = requester or make_person()
    values = {
        "title": "No mail", "description": "Outlook stays empty.", "impact": 2, "urgency": 2,
        "channel": "portal", "now": utcnow(),
    } | given  # fmt: skip
    return log_incident(actor=acting(person), desk=desk or the_desk(), requester=person, **values)


def in_days(days: float) -> datetime:
    """Return an instant so many days from now."""
    return utcnow() + timedelta(days=days)
