"""Who may see which records."""

from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotFound
from servicedesk.core.permissions import Permission, Role
from servicedesk.directory.models import Person
from servicedesk.incidents.assignment import share_incident
from servicedesk.incidents.conversation import comment_on_incident
from servicedesk.incidents.queries import get_incident
from servicedesk.records.models import Record
from servicedesk.records.operations import File, add_watcher, remove_watcher
from servicedesk.records.queries import (
    followed_by,
    get_attachment,
    list_attachments,
    list_comments,
    visible_to,
)
from servicedesk.records.timeline import timeline_of
from tests.factories import acting, make_administrator, make_agent, make_desk, make_incident, make_person


def seen(db: Any, person: Person) -> set[str]:
    query = select(Record.number).where(visible_to(acting(person), Permission.INCIDENT_READ))
    return set(db.session.scalars(query))


def followed(db: Any, person: Person) -> set[str]:
    return set(db.session.scalars(select(Record.number).where(followed_by(acting(person)))))


def test_a_desk_is_closed_to_other_desks_unless_shared(db: Any) -> None:
    here, there = make_desk(), make_desk()
    mine, shared, hidden = make_incident(desk=here), make_incident(desk=there), make_incident(desk=there)
    agent = make_agent(here)
    share_incident(shared, actor=acting(make_agent(there)), desk_id=here.id, now=utcnow())
    assert seen(db, agent) == {mine.number, shared.number}
    with pytest.raises(NotFound, match=f"There is no incident {hidden.number} that you may see"):
        get_incident(hidden.number, actor=acting(agent))


def test_auditors_read_their_desk_administrators_all_requesters_nothing(db: Any) -> None:
    here, there = make_desk(), make_desk()
    mine, other = make_incident(desk=here), make_incident(desk=there)
    assert seen(db, make_person(Role.AUDITOR, desk=here)) == {mine.number}
    assert seen(db, make_administrator()) == {mine.number, other.number}
    assert seen(db, make_person()) == set()


def test_requesters_colleagues_and_watchers_follow_and_nobody_else(db: Any) -> None:
    requester, watcher = make_person(), make_person()
    incident = make_incident(requester=requester)
    add_watcher(incident, watcher.id, actor=acting(requester), now=utcnow())
    assert followed(db, requester) == followed(db, watcher) == {incident.number}
    assert followed(db, make_person()) == set()
    assert followed(db, make_agent()) == set()
    remove_watcher(incident, watcher.id, actor=acting(requester), now=utcnow())
    db.session.flush()
    assert followed(db, watcher) == set()


def test_notes_and_their_files_stay_inside(db: Any) -> None:
    incident, agent = make_incident(), acting(make_agent())
    for body, is_public in (("An answer.", True), ("A note.", False)):
        comment_on_incident(
            incident, actor=agent, body=body, is_public=is_public, channel="desk", now=utcnow(),
            files=[File(f"{is_public}.txt", b"x")],
        )  # fmt: skip
    assert [comment.body for comment in list_comments(incident.id, internal=False)] == ["An answer."]
    assert [file.name for file in list_attachments(incident.id, internal=False)] == ["True.txt"]
    inside, outside = (timeline_of(incident, internal=internal) for internal in (True, False))
    assert {"A note.", "An answer."} <= {entry.text for entry in inside}
    assert "A note." not in {entry.text for entry in outside}
    assert [file.name for entry in outside for file in entry.files] == ["True.txt"]
    secret = list_attachments(incident.id, internal=True)[1]
    assert get_attachment(secret.id, incident, internal=True) is secret
    for record, internal in ((incident, False), (make_incident(), True)):
        with pytest.raises(NotFound):
            get_attachment(secret.id, record, internal=internal)


def test_the_timeline_tells_everything_in_order_with_names(db: Any) -> None:
    incident, agent = make_incident(), make_agent(name="Sam Okafor")
    comment_on_incident(
        incident, actor=acting(agent), body="We look.", is_public=True, channel="desk", now=utcnow()
    )
    entries = timeline_of(incident, internal=True)
    assert [(entry.kind, entry.text) for entry in entries] == [
        ("change", "logged it"),
        ("public", "We look."),
    ]
    assert entries[1].author == "Sam Okafor"
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
