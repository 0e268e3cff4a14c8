"""The list of one's records, the first page and the accessibility statement."""

from typing import Any

from servicedesk.core.clock import utcnow
from servicedesk.incidents.operations import log_incident
from servicedesk.incidents.workflow import cancel_incident
from servicedesk.records.operations import add_watcher
from tests.factories import acting, make_agent, make_incident, make_person, the_desk


def logged_by(agent: Any, requester: Any) -> Any:
    return log_incident(
        actor=acting(agent), desk=the_desk(), requester=requester, title="A call", description="", impact=3,
        urgency=3, channel="phone", now=utcnow(),
    )  # fmt: skip


def test_the_list_holds_what_is_mine_and_nothing_else(db: Any, sign_in: Any) -> None:
    person, other = make_person(), make_person()
    make_incident(requester=person, title="My own one")
    watched = make_incident(requester=other, title="A watched one")
    add_watcher(watched, person.id, actor=acting(other), now=utcnow())
    make_incident(requester=other, title="A strange one")
    finished = make_incident(requester=person, title="A finished one")
    cancel_incident(finished, actor=acting(person), reason="Mistake.", now=utcnow())
    browser = sign_in(person)
    page = browser.get("/records").text
    titles = ("My own one", "A watched one", "A strange one", "A finished one")
    assert [title in page for title in titles] == [True, True, False, False]
    page = browser.get("/records?show=finished").text
    assert "A finished one" in page
    assert "My own one" not in page


def test_calls_that_an_agent_took_are_not_the_agents_own_records(db: Any, sign_in: Any) -> None:
    agent, caller = make_agent(), make_person()
    logged_by(agent, caller)
    assert "A call" not in sign_in(agent).get("/records").text
    assert "A call" in sign_in(caller).get("/records").text


def test_an_empty_list_says_what_would_be_there(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    assert "Nothing is open" in browser.get("/records").text
    assert "Nothing is finished yet" in browser.get("/records?show=finished").text
    assert "Nothing is open" in browser.get("/").text


def test_a_long_list_is_paged_both_ways(db: Any, sign_in: Any) -> None:
    person = make_person()
    for number in range(52):
        make_incident(requester=person, title=f"Fault {number:02d}")
    browser = sign_in(person)
    first = browser.get("/records").text
    assert "Fault 51" in first
    assert "Fault 00" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    second = browser.get(older).text
    assert "Fault 00" in second
    assert 'rel="prev"' in second
    assert browser.get("/records?after=nonsense").status_code == 422


def test_the_list_can_be_taken_away_with_its_formulas_defused(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident = make_incident(requester=person, title="=HYPERLINK(1)")
    answer = sign_in(person).get("/records.csv")
    assert answer.mimetype == "text/csv"
    assert f"{incident.number},'=HYPERLINK(1),Reported" in answer.text


def test_the_first_page_says_who_answers_what(db: Any, sign_in: Any) -> None:
    desk = the_desk()
    page = sign_in(make_person()).get("/").text
    assert desk.name in page
    assert "Monday to Friday, 08:00 to 18:00" in page


def test_pages_ask_for_a_sign_in_except_the_accessibility_statement(client: Any) -> None:
    for path in (
        "/",
        "/records",
        "/records.csv",
        "/records/INC-000001",
        "/report",
        "/settings",
        "/settings/tokens",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")
    assert "Accessibility statement" in client.get("/accessibility").text
