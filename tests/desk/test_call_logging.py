"""Logging a call: the caller is found by any part, what is typed stays, and all of it is kept."""

import io

import pytest

from servicedesk.core.db import db as database
from servicedesk.core.permissions import Role
from servicedesk.incidents.models import Incident
from servicedesk.records.queries import list_attachments
from tests import factories


@pytest.fixture
def caller(db):
    """Return somebody who rings."""
    return factories.make_person(name="Aoife Ní Bhriain", mail="aoife@example.test", phone="01438 555 777")


def typed(browser, **more):
    """Return a filled-in form."""
    return {
        "csrf_token": browser.form_token("/desk/log"), "desk_id": str(factories.the_desk().id),
        "title": "No sound", "description": "Since nine.", "impact": "3", "urgency": "2", "category_id": "",
        "team_id": "", "site_id": "", "channel": "phone", "contact_by": "phone",
    } | more  # fmt: skip


@pytest.mark.parametrize("part", ["aoife", "BHRIAIN", "ife@exa", "555 777", "01438555777"])
def test_the_caller_is_found_by_any_part(browser, caller, part):
    page = browser.get("/desk/log/people", query_string={"caller": part}).get_data(as_text=True)
    assert "Aoife Ní Bhriain" in page
    assert "Nobody has" in browser.get("/desk/log/people?caller=zzzz").get_data(as_text=True)


@pytest.mark.parametrize("query", ["phone=01438+555777", "person={id}"])
def test_the_caller_can_come_with_the_address(browser, caller, query):
    theirs = factories.make_incident(requester=caller, title="Screen flickers")
    page = browser.get("/desk/log?" + query.format(id=caller.id)).get_data(as_text=True)
    assert f'name="requester_id" value="{caller.id}"' in page
    assert f"{theirs.number} Screen flickers" in page
    assert page.count('name="requester_id"') == 1


def test_without_javascript_choosing_keeps_what_is_typed(browser, caller):
    found = browser.post("/desk/log", data=typed(browser, caller="aoife", find="1"))
    page = found.get_data(as_text=True)
    assert (found.status_code, 'value="No sound"' in page, "Choose" in page) == (200, True, True)
    page = browser.post("/desk/log", data=typed(browser, choose=str(caller.id))).get_data(as_text=True)
    assert f'name="requester_id" value="{caller.id}"' in page
    assert 'value="No sound"' in page


def test_a_call_is_logged_with_its_files(browser, agent, caller):
    category = factories.make_category()
    data = typed(
        browser,
        requester_id=str(caller.id),
        category_id=str(category.id),
        files=(io.BytesIO(b"log"), "trace.txt"),
    )
    answer = browser.post("/desk/log", data=data)
    incident = database.session.query(Incident).one()
    assert answer.headers["Location"].endswith(incident.number)
    assert (incident.requester_id, incident.reporter_id, incident.channel) == (caller.id, agent.id, "phone")
    assert (incident.title, incident.category_id, incident.priority) == ("No sound", category.id, 4)
    assert [file.name for file in list_attachments(incident.id, internal=False)] == ["trace.txt"]


def test_a_call_without_a_caller_or_title_is_refused(browser, caller):
    answer = browser.post("/desk/log", data=typed(browser, description="Typed text"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Choose who is calling" in page
    assert "Typed text</textarea>" in page
    answer = browser.post("/desk/log", data=typed(browser, requester_id=str(caller.id), title=""))
    assert answer.status_code == 422
    assert database.session.query(Incident).count() == 0


def test_a_foreign_desk_cannot_be_chosen(browser, caller):
    desk = factories.make_desk()
    answer = browser.post("/desk/log", data=typed(browser, requester_id=str(caller.id), desk_id=str(desk.id)))
    assert answer.status_code == 422


def test_somebody_who_has_left_cannot_call(browser, caller):
    caller.is_active = False
    answer = browser.post("/desk/log", data=typed(browser, requester_id=str(caller.id)))
    assert answer.status_code == 422
    assert "has left" in answer.get_data(as_text=True)


def test_only_those_who_may_log_see_the_page(sign_in, db):
    for role in (Role.AUDITOR, None):
        browser = sign_in(factories.make_person(role))
        assert browser.get("/desk/log").status_code == 403
        assert browser.get("/desk/log/people?caller=a").status_code == 403
