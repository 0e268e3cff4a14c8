"""The steps of an incident from the desk: each wired to its right, its refusal and its operation."""

import re

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Role
from servicedesk.incidents.workflow import cancel_incident, resolve_incident
from tests import factories


def path_of(incident, *more):
    """Return the address of a record's page, or of one below it."""
    return "/".join(["/desk/incidents", incident.number, *more])


def test_taking_it_begins_the_work(browser, agent, incident):
    assert (
        browser.send(path_of(incident, "take"), path_of(incident), version=incident.version).status_code
        == 303
    )
    assert (incident.assignee_id, incident.state) == (agent.id, "in_progress")


def test_it_is_given_to_a_colleague_and_back_to_the_team(browser, incident):
    colleague = factories.make_agent()
    browser.send(path_of(incident, "assign"), assignee_id=str(colleague.id))
    assert incident.assignee_id == colleague.id
    browser.send(path_of(incident, "assign"), assignee_id="")
    assert incident.assignee_id is None


def test_it_is_not_given_to_somebody_of_another_desk(browser, incident):
    stranger = factories.make_agent(factories.make_desk())
    answer = browser.send(path_of(incident, "assign"), assignee_id=str(stranger.id))
    assert answer.status_code == 422
    assert incident.assignee_id is None


def test_it_is_passed_to_another_desk_with_a_reason(browser, incident):
    desk = factories.make_desk()
    page = path_of(incident, "transfer")
    assert browser.send(page, team_id=str(desk.first_team_id), reason="").status_code == 422
    answer = browser.send(page, team_id=str(desk.first_team_id), reason="It is a leaflet.")
    assert incident.desk_id == desk.id
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert f"{incident.number} was passed on." in page


def test_hold_and_resume(browser, incident):
    browser.send(path_of(incident, "take"), path_of(incident))
    page = browser.get(path_of(incident, "hold")).get_data(as_text=True)
    review = re.search(r'name="review_at"[^>]*value="([^"]+)"', page)[1]
    answer = browser.send(
        path_of(incident, "hold"), reason="supplier", waiting_for="A new fan", review_at=review
    )
    assert answer.status_code == 303
    page = browser.get(path_of(incident)).get_data(as_text=True)
    assert "Clock held: waiting for a supplier" in page
    assert "A new fan" in page
    assert browser.send(path_of(incident, "resume"), path_of(incident)).status_code == 303
    assert incident.state == "in_progress"


@pytest.mark.parametrize("field", ["reason", "waiting_for", "review_at"])
def test_a_hold_needs_all_three(browser, incident, field):
    browser.send(path_of(incident, "take"), path_of(incident))
    given = {"reason": "requester", "waiting_for": "An answer", "review_at": "2099-01-01T09:00"} | {field: ""}
    answer = browser.send(path_of(incident, "hold"), **given)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_a_category_is_needed_to_resolve(browser, incident):
    answer = browser.send(path_of(incident, "resolve"), resolution="Restarted it.", category_id="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="category_id-error"' in page
    assert "Restarted it.</textarea>" in page
    category = factories.make_category()
    answer = browser.send(
        path_of(incident, "resolve"), resolution="Restarted it.", category_id=str(category.id)
    )
    assert answer.status_code == 303
    assert (incident.state, incident.category_id) == ("resolved", category.id)
    assert "Tell the team lead" not in browser.get(path_of(incident)).get_data(as_text=True)


def test_close_and_reopen(browser, agent, incident):
    resolved(incident, agent)
    assert browser.send(path_of(incident, "close"), path_of(incident)).status_code == 303
    assert incident.state == "closed"
    assert browser.send(path_of(incident, "reopen"), reason="").status_code == 422
    assert browser.send(path_of(incident, "reopen"), reason="It is back.").status_code == 303
    assert incident.state == "in_progress"


def test_cancel_says_why(browser, incident):
    assert browser.send(path_of(incident, "cancel"), reason="").status_code == 422
    assert browser.send(path_of(incident, "cancel"), reason="A mistake.").status_code == 303
    assert "A mistake." in browser.get(path_of(incident)).get_data(as_text=True)


def test_an_illegal_step_is_refused_in_the_words_of_the_workflow(browser, agent, incident):
    resolved(incident, agent)
    answer = browser.send(path_of(incident, "resolve"), resolution="Again.", category_id="")
    assert answer.status_code == 409
    assert f"{incident.number} is resolved, so you cannot resolve it" in answer.get_data(as_text=True)
    token = browser.form_token(path_of(incident))
    assert browser.post(path_of(incident, "start"), data={"csrf_token": token}).status_code == 409


def test_a_stale_version_keeps_what_was_typed_and_shows_what_is_new(browser, agent, incident):
    stale = incident.version
    resolve = path_of(incident, "resolve")
    browser.send(path_of(incident, "comments"), path_of(incident), kind="note", text="I ring them first.")
    typed = {"resolution": "Restarted it.", "category_id": str(factories.make_category().id)}
    answer = browser.send(resolve, version=str(stale), **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Restarted it.</textarea>" in page
    assert "I ring them first." in page
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    assert browser.send(resolve, version=fresh, **typed).status_code == 303
    assert incident.state == "resolved"


def test_a_stale_button_is_refused_on_the_record(browser, incident):
    stale = incident.version
    browser.send(path_of(incident, "comments"), path_of(incident), kind="note", text="Wait.")
    answer = browser.send(path_of(incident, "take"), path_of(incident), version=str(stale))
    assert answer.status_code == 409
    assert "was changed by somebody else" in answer.get_data(as_text=True)
    assert incident.assignee_id is None


@pytest.mark.parametrize(
    "step",
    [
        "take",
        "start",
        "assign",
        "transfer",
        "hold",
        "resume",
        "resolve",
        "close",
        "reopen",
        "cancel",
        "amend",
    ],
)
def test_those_without_the_right_are_refused(sign_in, incident, step):
    for role in (Role.AUDITOR, None):
        browser = sign_in(factories.make_person(role))
        token = browser.form_token("/settings")
        assert browser.post(path_of(incident, step), data={"csrf_token": token}).status_code == 403


def test_finished_records_offer_no_work(browser, agent, incident):
    cancel_incident(incident, actor=factories.acting(agent), reason="A mistake.", now=utcnow())
    page = browser.get(path_of(incident)).get_data(as_text=True)
    assert "Transfer" not in page
    assert "Send to" not in page


def resolved(incident, agent):
    """Resolve a record."""
    resolve_incident(
        incident, actor=factories.acting(agent), resolution="Restarted it.", now=utcnow(),
        category_id=factories.make_category().id,
    )  # fmt: skip
