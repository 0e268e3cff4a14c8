"""Some records for the demo: some finished, some open, made with the same operations that people use."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.permissions import Permission
from servicedesk.directory.models import Desk, Person
from servicedesk.directory.queries import actor_for, list_agents
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.conversation import comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import log_incident
from servicedesk.incidents.workflow import close_incident, hold_incident, resolve_incident
from servicedesk.knowledge.operations import publish_outage
from servicedesk.notifications.models import Notice
from servicedesk.records.models import Category
from servicedesk.service_levels.queries import calendar_of, find_policy
from servicedesk.service_levels.working_time import WorkingCalendar

FINISHED_EACH = 12


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody reports, and how it is put right."""

    title: str
    details: str
    category: str
    resolution: str
    impact: int = 3
    urgency: int = 2


STORIES = {
    "ict": (
        Story("Laptop won't start", "It was fine yesterday. Now there is only a blinking light.",
              "Hardware / Laptop", "Drained and reseated the battery; it starts again.", 3, 1),
        Story("Printer on the second floor jams", "Every third page. I have taken out all the paper.",
              "Printing / Multi-function device", "Replaced the feed rollers."),
        Story("Cannot reach the shared drive", "The planning folder says that I have no access.",
              "Files / Shared drive", "Put the account back into the planning group.", 2, 1),
        Story("Wi-Fi drops in the meeting room", "It drops every few minutes while we hold video calls.",
              "Network / Wi-Fi", "Moved the access point to another channel.", 2, 2),
        Story("Outlook shows no new mail", "Nothing since nine o'clock; the telephone still gets them.",
              "E-mail and calendar / Outlook", "Rebuilt the local mailbox file."),
        Story("Account locked after a holiday", "I think that I typed the old password too often.",
              "Accounts and access / Locked account", "Unlocked after checking who it was.", 3, 1),
        Story("Housing system is very slow", "Searches take over a minute for the whole team.",
              "Applications / Housing system", "The supplier restarted a stuck service.", 1, 2),
    ),
    "print-design": (
        Story("Leaflets came in the wrong size", "We ordered A5 and got A4, for this Saturday.",
              "Print / Leaflets", "Printed again in A5 and delivered by hand.", 2, 1),
        Story("Logo on the poster is the old one", "Please swap it before the print run.",
              "Design / Branding", "Corrected the artwork."),
    ),
    "facilities-east-herts": (
        Story("Office too cold on the first floor", "The thermometer says 15 degrees.",
              "Heating and cooling / Too cold", "Bled the radiators and reset the valve.", 2, 2),
        Story("Access card does not open the side door", "It works at the front.", "Access / Access card",
              "Renewed the card's rights."),
    ),
    "facilities-stevenage": (
        Story("Water on the floor of the kitchen", "It comes from under the sink.", "Repairs / Leak",
              "Tightened the joint and dried the floor.", 2, 1),
        Story("Lights flicker above the reception", "It gives people headaches.", "Repairs / Lighting",
              "Replaced two drivers."),
    ),
}  # fmt: skip


def make_records(desks: Sequence[Desk], requesters: Sequence[Person]) -> None:
    """Give each desk some finished and some open incidents, and let nobody be mailed about them."""
    chance = random.Random(4_45)
    now = utcnow()
    for desk in desks:
        calendar = calendar_of(desk.id)
        for number in range(FINISHED_EACH):
            _finished(desk, calendar, chance, requesters, now - timedelta(days=2 + 2 * number))
        for number, story in enumerate(STORIES[desk.slug]):
            _open(desk, calendar, chance, requesters, story, number, now)
    _demo_people_records(desks[0], now)
    _announce(desks[0], now)
    db.session.flush()
    quiet = {"mail_state": "none", "try_at": None, "read_at": Notice.created_at}
    db.session.execute(update(Notice).values(**quiet))


def _log(desk: Desk, requester: Person, story: Story, at: datetime) -> Incident:
    """Report a story through the portal."""
    return log_incident(
        actor=actor_for(requester), desk=desk, requester=requester, title=story.title,
        description=story.details, impact=story.impact,
        urgency=story.urgency, channel="portal", now=at, contact_by="phone", contact_detail=requester.phone,
    )  # fmt: skip


def _agent(desk: Desk, chance: random.Random) -> Person:
    """Choose somebody who works at a desk."""
    able = [
        person
        for person in list_agents(desk.id)
        if actor_for(person).may(Permission.INCIDENT_RESOLVE, desk.id)
    ]
    return chance.choice(able)


def _finished(
    desk: Desk,
    calendar: WorkingCalendar,
    chance: random.Random,
    requesters: Sequence[Person],
    about: datetime,
) -> None:
    """Tell a story from its report to its end, in times past."""
    story, requester, agent = (
        chance.choice(STORIES[desk.slug]),
        chance.choice(requesters),
        _agent(desk, chance),
    )
    opened = calendar.add(calendar.next_opening(about), chance.randrange(60, 4 * 3600))
    incident = _log(desk, requester, story, opened)
    taken = calendar.add(opened, chance.randrange(300, 2400))
    take_incident(incident, actor=actor_for(agent), person=agent, now=taken)
    done = calendar.add(taken, chance.randrange(600, 3000))
    category = _category(desk, story)
    resolve_incident(
        incident, actor=actor_for(agent), resolution=story.resolution, category_id=category.id, now=done
    )
    close_incident(incident, actor=actor_for(requester), now=done + timedelta(hours=1), by="requester")


def _open(
    desk: Desk,
    calendar: WorkingCalendar,
    chance: random.Random,
    requesters: Sequence[Person],
    story: Story,
    number: int,
    now: datetime,
) -> None:
    """Tell the beginning of a story: new, being worked on, or on hold; its clock has used up little."""
    agent, used = _agent(desk, chance), min(600 + 700 * number, _quarter_of_target(desk))
    incident = _log(desk, chance.choice(requesters), story, working_ago(calendar, now, used))
    if number % 3 == 0:
        return
    taken = min(now, incident.opened_at + timedelta(minutes=4))
    take_incident(incident, actor=actor_for(agent), person=agent, now=taken)
    comment_on_incident(
        incident,
        actor=actor_for(agent),
        body="Thank you, I am looking at it now.",
        is_public=True,
        channel="desk",
        now=taken,
    )
    if number % 3 == 2:
        hold_incident(
            incident, actor=actor_for(agent), reason="supplier", waiting_for="the supplier's engineer",
            review_at=calendar.add(now, 8 * 3600), now=min(now, taken + timedelta(minutes=2)),
        )  # fmt: skip


def _quarter_of_target(desk: Desk) -> int:
    """Return a quarter of a desk's target, so that no step of a ladder is due when the demo starts."""
    policy = find_policy(desk.id)
    return policy.target_seconds // 4 if policy else 3600


def working_ago(calendar: WorkingCalendar, now: datetime, seconds: int) -> datetime:
    """Return the open instant from which so many working seconds have passed until now."""
    left = seconds
    for starts_at, ends_at in reversed(list(calendar.windows_between(now - timedelta(days=21), now))):
        length = int((ends_at - starts_at).total_seconds())
        if length >= left:
            return ends_at - timedelta(seconds=left)
        left -= length
    return now


def _category(desk: Desk, story: Story) -> Category:
    """Return the category of a story."""
    return db.session.scalars(
        select(Category).where(Category.desk_id == desk.id, Category.path == story.category)
    ).one()


def _demo_people_records(desk: Desk, now: datetime) -> None:
    """Let the people who can sign in have something of their own to look at."""
    for mail, story in zip(
        ("requester.ehc@demo.example", "requester.sbc@demo.example", "member@demo.example"),
        (STORIES["ict"][4], STORIES["ict"][1], STORIES["ict"][3]),
        strict=True,
    ):
        person = db.session.scalars(select(Person).where(Person.mail == mail)).one()
        _log(desk, person, story, now)


def _announce(desk: Desk, now: datetime) -> None:
    """Publish the notice of an outage."""
    lead = next(person for person in list_agents(desk.id) if person.mail.endswith("@demo.example"))
    publish_outage(
        actor=actor_for(lead), desk_id=desk.id, title="Telephones at Cavendish Road",
        text="Calls from outside do not get through since this morning. The supplier is working on it; "
        "please use mobiles.",
        starts_at=now - timedelta(minutes=50), ends_at=now + timedelta(days=1), now=now,
    )  # fmt: skip
