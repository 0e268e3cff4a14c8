"""Put the demo organisation together, in one transaction."""

import hmac
from pathlib import Path

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.permissions import SYSTEM, Role
from servicedesk.core.signing import derive_key
from servicedesk.demo.organisation import DESKS, MEMBERS, ORGANISATIONS, SITES, DeskPlan
from servicedesk.demo.people import Crowd, make_desk_staff, make_requesters
from servicedesk.demo.records import make_records
from servicedesk.directory.models import (
    Desk,
    GroupRoute,
    Organisation,
    Person,
    PersonGroup,
    RoleAssignment,
    Site,
    Team,
)
from servicedesk.directory.sign_in import hash_password
from servicedesk.records.models import Category
from servicedesk.service_levels.models import Calendar, EscalationRung, OpeningWindow, ServiceLevelPolicy
from servicedesk.service_levels.policy_file import FOUR_HOURS, PolicyPlan, read_policy_file
from servicedesk.service_levels.working_time import WorkingCalendar

Account = dict[str, str | None]
_WORDS = [
    "amber",
    "apple",
    "autumn",
    "badger",
    "barley",
    "beacon",
    "birch",
    "bramble",
    "brook",
    "candle",
    "cedar",
    "clover",
    "copper",
    "coral",
    "daisy",
    "ember",
    "fern",
    "finch",
    "flint",
    "garden",
    "hazel",
    "heron",
    "holly",
    "island",
    "ivory",
    "jasper",
    "kettle",
    "lantern",
    "laurel",
    "linen",
    "maple",
    "marble",
    "meadow",
    "mellow",
    "nutmeg",
    "oakum",
    "olive",
    "orchard",
    "otter",
    "paddle",
    "pebble",
    "pepper",
    "pigeon",
    "plume",
    "quartz",
    "raven",
    "ribbon",
    "river",
    "saffron",
    "sandal",
    "silver",
    "sparrow",
    "thistle",
    "timber",
    "tulip",
    "velvet",
    "walnut",
    "willow",
    "winter",
]


def load_demo(policy_file: Path | None) -> list[Account]:
    """Fill an empty database with the demo organisation; return who can sign in (nobody where it is not).

    Loaded before, it is left as it is: passwords come from the installation's secret, so they can be
    told again.
    """
    if db.session.scalar(select(Organisation.id).limit(1)) is None:
        _load(read_policy_file(policy_file) if policy_file else FOUR_HOURS)
    people = db.session.scalars(
        select(Person).where(Person.mail.endswith("@demo.example")).order_by(Person.id)
    )
    return [_account(person) for person in people]


def demo_password(mail: str) -> str:
    """Return an account's password: four words that follow from the installation's secret."""
    digest = hmac.digest(derive_key("demo passwords"), mail.encode(), "sha256")
    return "-".join(_WORDS[byte % len(_WORDS)] for byte in digest[:4])


def _account(person: Person) -> Account:
    """Return what is told of a demo account."""
    held = db.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person.id)).first()
    role = str(held.role) if held else Role.REQUESTER.value
    desk = held.desk.name if held and held.desk else None
    return {"mail": person.mail, "password": demo_password(person.mail), "role": role, "desk": desk}


def _load(policy: PolicyPlan) -> None:
    """Make everything."""
    organisations, sites = _make_councils()
    members = PersonGroup(name=MEMBERS)
    db.session.add(members)
    db.session.flush()
    crowd = Crowd(organisations, sites)
    requesters = make_requesters(crowd, members)
    desks = [_make_desk(crowd, plan, organisations, members, policy) for plan in DESKS]
    _make_others(crowd)
    for person in db.session.scalars(select(Person).where(Person.mail.endswith("@demo.example"))):
        person.password_hash = hash_password(demo_password(person.mail))
    for organisation in organisations.values():
        write_audit_event("organisation.created", subject=organisation, actor=SYSTEM, at=utcnow())
    make_records(desks, requesters)


def _make_councils() -> tuple[dict[str, Organisation], dict[str, list[Site]]]:
    """Make both councils and their buildings."""
    organisations = {
        short: Organisation(name=name, short_name=short) for short, (name, _) in ORGANISATIONS.items()
    }
    db.session.add_all(organisations.values())
    db.session.flush()
    sites = {
        short: [Site(organisation_id=organisations[short].id, name=name) for name in names]
        for short, names in SITES.items()
    }
    db.session.add_all(site for found in sites.values() for site in found)
    db.session.flush()
    return organisations, sites


def _make_desk(
    crowd: Crowd,
    plan: DeskPlan,
    organisations: dict[str, Organisation],
    members: PersonGroup,
    policy: PolicyPlan,
) -> Desk:
    """Make one desk with its teams, people, hours, policy and categories."""
    desk = Desk(
        name=plan.name, slug=plan.slug, summary=plan.summary, phone=plan.phone,
        mail=f"{plan.short}@demo-desk.example",
        organisation_id=organisations[plan.organisation].id if plan.organisation else None,
    )  # fmt: skip
    db.session.add(desk)
    db.session.flush()
    teams = [Team(desk_id=desk.id, name=name) for name in plan.teams]
    db.session.add_all(teams)
    db.session.flush()
    desk.first_team_id = teams[0].id
    for team in teams:
        if team.name == plan.members_team:
            db.session.add(GroupRoute(group_id=members.id, desk_id=desk.id, team_id=team.id))
    make_desk_staff(crowd, plan, desk, teams)
    _make_hours(desk, plan, policy)
    _make_categories(desk, plan)
    return desk


def _make_hours(desk: Desk, plan: DeskPlan, policy: PolicyPlan) -> None:
    """Give a desk its opening hours, its target and its ladder."""
    opening = WorkingCalendar.weekly("Europe/London", policy.hours or plan.hours).windows
    windows = [
        OpeningWindow(weekday=day, opens=opens, closes=closes)
        for day, spans in opening.items()
        for opens, closes in spans
    ]
    holidays = None if policy.hours else "england-and-wales"
    db.session.add(Calendar(desk_id=desk.id, bank_holidays=holidays, windows=windows))
    rungs = [
        EscalationRung(
            position=position, after_seconds=rung.after_seconds, role=rung.role,
            answer_within_seconds=rung.answer_within_seconds,
        )
        for position, rung in enumerate(policy.rungs, start=1)
    ]  # fmt: skip
    db.session.add(
        ServiceLevelPolicy(
            desk_id=desk.id,
            target_seconds=policy.target_seconds,
            pauses_on=list(policy.pauses_on),
            rungs=rungs,
        )
    )
    db.session.flush()


def _make_categories(desk: Desk, plan: DeskPlan) -> None:
    """Give a desk its tree of categories."""
    for name, below in plan.categories.items():
        parent = Category(desk_id=desk.id, name=name, path=name)
        db.session.add(parent)
        db.session.flush()
        db.session.add_all(
            Category(desk_id=desk.id, parent_id=parent.id, name=child, path=f"{name} / {child}")
            for child in below
        )
    db.session.flush()


def _make_others(crowd: Crowd) -> None:
    """Make two requesters and a Member who can sign in, the auditor and the administrator of everything."""
    members = db.session.scalars(select(PersonGroup)).one()
    for council, mail, given in (
        ("EHC", "requester.ehc@demo.example", {"department": "Planning", "job_title": "Planning Officer"}),
        ("SBC", "requester.sbc@demo.example", {"department": "Housing", "job_title": "Housing Adviser"}),
        (
            "EHC",
            "member@demo.example",
            {"department": MEMBERS, "job_title": "Councillor", "group_id": members.id},
        ),
    ):
        db.session.add(crowd.person(council, mail, **given))
    for mail, role in (
        ("auditor@demo.example", Role.AUDITOR),
        ("administrator@demo.example", Role.ADMINISTRATOR),
    ):
        person = crowd.person("EHC", mail, department="Governance", job_title=f"Service {role}")
        db.session.add(person)
        db.session.flush()
        db.session.add(RoleAssignment(person_id=person.id, role=role))
    db.session.flush()
