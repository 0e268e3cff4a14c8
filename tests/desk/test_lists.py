"""Escalations, notices, outages and people: lists, CSV and what can be done from them."""

from datetime import timedelta

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Role
from servicedesk.incidents.assignment import assign_incident
from servicedesk.knowledge.models import Outage
from servicedesk.notifications.queries import count_unread
from servicedesk.service_levels.escalating import escalate
from servicedesk.service_levels.queries import list_ladder
from tests import factories


@pytest.fixture
def told(db):
    """Return a step that a team lead was told of, and the lead."""
    desk = factories.make_desk(always_open=True)
    lead = factories.make_person(Role.TEAM_LEAD, desk=desk)
    incident = factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=2, minutes=30))
    step = list_ladder(incident.id)[0]
    escalate(step.id, step.due_at)
    return step, lead, desk


def test_a_step_waits_for_its_lead(sign_in, told):
    step, lead, desk = told
    number = step.record.number
    assert f"Acknowledge {number}" in sign_in(lead).get("/desk/escalations").get_data(as_text=True)
    colleague = sign_in(factories.make_agent(desk))
    assert number not in colleague.get("/desk/escalations").get_data(as_text=True)
    seen = colleague.get("/desk/escalations?show=waiting").get_data(as_text=True)
    assert number in seen
    assert f"Acknowledge {number}" not in seen


def test_another_desks_step_is_not_there(sign_in, told):
    step, _, _ = told
    browser = sign_in(factories.make_person(Role.TEAM_LEAD))
    assert step.record.number not in browser.get("/desk/escalations?show=recent").get_data(as_text=True)
    token = browser.form_token("/desk/log")
    answer = browser.post(f"/desk/escalations/{step.id}/acknowledge", data={"csrf_token": token})
    assert answer.status_code == 404
    assert browser.post("/desk/escalations/999999/acknowledge", data={"csrf_token": token}).status_code == 404


def test_an_acknowledged_step_says_by_whom(sign_in, told):
    step, lead, _ = told
    browser = sign_in(lead)
    token = browser.form_token("/desk/escalations")
    browser.post(f"/desk/escalations/{step.id}/acknowledge", data={"csrf_token": token})
    assert step.state == "acknowledged"
    lines = browser.get("/desk/escalations?show=recent&format=csv").get_data(as_text=True).splitlines()
    assert lines[1].endswith(f"acknowledged,{lead.name}")
    assert "of notice" in lines[1]


def test_notices_are_listed_and_read(browser, agent, incident):
    other = factories.acting(factories.make_agent())
    assign_incident(incident, actor=other, assignee=agent, now=utcnow())
    page = browser.get("/desk/notices").get_data(as_text=True)
    assert f"{other.name} gave it to {agent.name}" in page
    assert f"/desk/incidents/{incident.number}" in page
    assert incident.number in browser.get("/desk/notices?format=csv").get_data(as_text=True)
    assert browser.send("/desk/notices/read", "/desk/notices").status_code == 303
    assert count_unread(agent.id) == 0


def test_an_outage_is_published_changed_and_ended(db, browser):
    given = {"title": "No network", "text": "We are on it.", "starts_at": "2026-01-12T09:00", "ends_at": ""}
    answer = browser.send("/desk/outages/publish", desk_id=str(factories.the_desk().id), **given)
    assert answer.status_code == 303
    outage = db.session.query(Outage).one()
    page = f"/desk/outages/{outage.id}"
    assert "We are on it." in browser.get(page).get_data(as_text=True)
    refused = browser.send(page, **given | {"ends_at": "2026-01-12T08:00"})
    assert refused.status_code == 422
    assert browser.send(page, **given | {"text": "Soon over."}).status_code == 303
    assert outage.text == "Soon over."
    stale = browser.send(page, version="1", **given)
    assert stale.status_code == 409
    token = browser.form_token("/desk/outages")
    assert (
        browser.post(f"{page}/end", data={"csrf_token": token, "version": outage.version}).status_code == 303
    )
    assert outage.ends_at is not None
    assert "No network" in browser.get("/desk/outages?format=csv").get_data(as_text=True)


def test_another_desks_outage_cannot_be_touched(db, browser):
    desk = factories.make_desk()
    outage = Outage(desk_id=desk.id, title="Lift", text="Stuck.", starts_at=utcnow(), version=1)
    db.session.add(outage)
    db.session.flush()
    assert browser.get(f"/desk/outages/{outage.id}").status_code == 404
    assert "Lift" not in browser.get("/desk/outages").get_data(as_text=True)
    token = browser.form_token("/desk/outages/publish")
    assert browser.post(f"/desk/outages/{outage.id}/end", data={"csrf_token": token}).status_code == 404


def test_auditors_publish_nothing(sign_in, db):
    browser = sign_in(factories.make_person(Role.AUDITOR))
    assert browser.get("/desk/outages").status_code == 403
    assert browser.get("/desk/outages/publish").status_code == 403


def test_a_person_is_shown_with_what_the_desk_may_see(browser, incident):
    person = incident.requester
    manager = factories.make_person(name="Max Manager")
    person.manager_id = manager.id
    theirs = factories.make_incident(desk=factories.make_desk(), requester=person)
    page = browser.get(f"/desk/people/{person.id}").get_data(as_text=True)
    for words in (person.mail, person.phone, "Max Manager", incident.number):
        assert words in page
    assert theirs.number not in page
    assert browser.get("/desk/people/999999").status_code == 404


def test_a_kept_mail_says_in_words_when_it_was_written(app, sign_in):
    folder = app.config["SETTINGS"].mail_folder
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "about-a-printer.eml"
    kept.write_text(
        "Subject: About a printer\nTo: a@example.org\nDate: Fri, 20 Nov 2020 06:22:33 +0000\n\nWords.\n"
    )
    try:
        shown = sign_in(factories.make_administrator()).get("/desk/admin/mails").get_data(as_text=True)
    finally:
        kept.unlink()
    assert "About a printer" in shown
    assert "06:22" in shown
    assert "+0000" not in shown
