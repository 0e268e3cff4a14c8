"""Every list page costs as many queries for thirty rows as for three: no query hides in a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission, Role
from servicedesk.directory.models import Person, PersonGroup
from servicedesk.directory.tokens import create_token
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.operations import log_incident
from servicedesk.knowledge.operations import publish_outage
from servicedesk.notifications.models import Notice
from servicedesk.service_levels.escalating import escalate
from servicedesk.service_levels.queries import list_ladder
from tests.factories import (
    acting,
    give_role,
    make_administrator,
    make_agent,
    make_category,
    make_desk,
    make_organisation,
    make_person,
    make_session_token,
    make_site,
    make_team,
)

# The most queries that a list page may take, all in all: sign-in, frame and rows.
BASELINES = {
    "admin.list_audit_events": ("/desk/admin/audit", 11),
    "admin.list_desks": ("/desk/admin/desks", 9),
    "admin.list_failed_mails": ("/desk/admin/failed-mails", 8),
    "admin.list_groups": ("/desk/admin/groups", 9),
    "admin.list_mails": ("/desk/admin/mails", 7),
    "admin.list_organisations": ("/desk/admin/organisations", 7),
    "admin.list_people": ("/desk/admin/people", 7),
    "admin.list_sites": ("/desk/admin/sites", 7),
    "api-directory.find_people": ("/api/v1/people?q=person", 3),
    "api-directory.read_categories": ("/api/v1/categories", 3),
    "api-directory.read_desks": ("/api/v1/desks", 3),
    "api-directory.read_teams": ("/api/v1/teams", 3),
    "api-incidents.find_incidents": ("/api/v1/incidents", 3),
    "api-outages.read_outages": ("/api/v1/outages", 3),
    "desk.find_callers": ("/desk/log/people?q=person", 7),
    "desk.list_escalations": ("/desk/escalations", 10),
    "desk.list_incidents": ("/desk/", 11),
    "desk.list_notices": ("/desk/notices", 9),
    "desk.list_outages": ("/desk/outages", 8),
    "portal.home": ("/", 12),
    "portal.list_records": ("/records", 8),
    "portal.show_sessions": ("/settings/sessions", 7),
    "portal.show_tokens": ("/settings/tokens", 7),
}
LISTS = ("list_", "find_", "read_")


def grow(db: Any, reader: Person, times: int) -> None:
    """Make so many of everything that a list may show, all of it the reader's business."""
    for number in range(times):
        desk = make_desk(always_open=True)
        desk.first_team_id = make_team(desk).id
        group = PersonGroup(name=f"Group {desk.id}")
        db.session.add(group)
        db.session.flush()
        give_role(reader, Role.TEAM_LEAD, desk=desk)
        make_work(desk, make_person(site_id=make_site().id, group_id=group.id), reader)
        make_organisation()
        make_session_token(reader)
        create_token(
            reader,
            actor=acting(reader),
            name=f"Token {number}",
            scopes=list(Permission),
            expires_at=None,
            now=utcnow(),
        )
    db.session.execute(update(Notice).values(mail_state="failed", try_at=None, error="SMTPDataError"))
    db.session.commit()


def make_work(desk: Any, requester: Person, reader: Person) -> None:
    """Make incidents that somebody works on, one of them the reader's own and escalated, and an outage."""
    agent = make_agent(desk)
    for asks in (requester, reader):
        incident = log_incident(
            actor=acting(asks), desk=desk, requester=asks, title="No mail", description="",
            impact=2, urgency=2, channel="portal", category_id=make_category(desk).id,
            now=utcnow() - timedelta(hours=2.5),
        )  # fmt: skip
        take_incident(incident, actor=acting(agent), person=agent, now=utcnow())
    publish_outage(
        actor=acting(reader),
        desk_id=desk.id,
        title="Out",
        text="Out.",
        starts_at=utcnow(),
        ends_at=None,
        now=utcnow(),
    )
    for step in list_ladder(incident.id)[:1]:
        escalate(step.id, utcnow())


@contextmanager
def counted(db: Any) -> Iterator[list[str]]:
    """Count the statements that go to the database, without those of the test's own savepoints."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "SAVEPOINT" not in statement:
            found.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)


def test_every_list_page_has_a_baseline(app: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.endpoint.split(".")[-1].startswith(LISTS)
    }
    assert pages - set(BASELINES) == set()


@pytest.mark.parametrize("endpoint", sorted(BASELINES))
def test_a_list_page_takes_no_query_for_each_row(db: Any, sign_in: Any, client: Any, endpoint: str) -> None:
    path, most = BASELINES[endpoint]
    reader = make_administrator()
    give_role(reader, Role.AGENT)
    grow(db, reader, 3)
    browser = sign_in(reader)
    headers = {}
    if path.startswith("/api/"):
        token = create_token(
            reader, actor=acting(reader), name="Mine", scopes=list(Permission), expires_at=None, now=utcnow()
        )
        browser, headers = client, {"Authorization": f"Bearer {token}"}
    assert browser.get(path, headers=headers).status_code == 200
    with counted(db) as few:
        browser.get(path, headers=headers)
    grow(db, reader, 7)
    with counted(db) as many:
        assert browser.get(path, headers=headers).status_code == 200
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= most
