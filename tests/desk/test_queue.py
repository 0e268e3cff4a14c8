"""The queue: who sees what, filters in the URL, paging, CSV and a fixed number of statements."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Role
from servicedesk.incidents.assignment import take_incident
from tests import factories

MOST_STATEMENTS = 12


def numbers(answer):
    """Return the numbers on a queue's page, in their order."""
    return re.findall(r"<div class=\"cell\">(INC-\d+)</div>", answer.get_data(as_text=True))


def test_agents_see_their_desk_only(browser, incident):
    factories.make_incident(desk=factories.make_desk())
    assert numbers(browser.get("/desk/")) == [incident.number]


def test_requesters_are_refused_and_strangers_asked_to_sign_in(client, sign_in, db):
    assert client.get("/desk/").status_code in (302, 303)
    assert sign_in(factories.make_person()).get("/desk/").status_code == 403


def test_an_auditor_reads_but_logs_nothing(sign_in, incident):
    page = sign_in(factories.make_person(Role.AUDITOR)).get("/desk/").get_data(as_text=True)
    assert incident.number in page
    assert "Log a call" not in page


def test_filters_narrow_and_say_so(browser, agent, incident):
    take_incident(incident, actor=factories.acting(agent), person=agent, now=utcnow())
    other = factories.make_incident(title="Printer jam")
    mine = browser.get("/desk/?assignee=me")
    assert numbers(mine) == [incident.number]
    assert "assigned to me" in mine.get_data(as_text=True)
    assert numbers(browser.get("/desk/?assignee=nobody&q=&priority=&due=&team=&sort=oldest")) == [
        other.number
    ]
    assert numbers(browser.get("/desk/?q=printer")) == [other.number]
    assert numbers(browser.get("/desk/?state=cancelled")) == []


def test_the_rail_counts_and_marks_the_view(browser, incident):
    page = browser.get("/desk/?assignee=nobody&sort=priority").get_data(as_text=True)
    assert re.search(r'aria-current="page"><span>Unassigned</span> <span class="rail-count">1</span>', page)
    assert re.search(r'<span>My work</span> <span class="rail-count">0</span>', page)


def test_a_number_leads_to_its_record(browser, incident):
    short = incident.number.replace("-", " ").lower()
    answer = browser.get("/desk/", query_string={"q": short})
    assert answer.headers["Location"].endswith(f"/desk/incidents/{incident.number}")


def test_another_desks_number_does_not(browser, db):
    theirs = factories.make_incident(desk=factories.make_desk())
    assert browser.get(f"/desk/?q={theirs.number}").status_code == 200


@pytest.mark.parametrize("query", ["sort=title", "desk=x", "after=zzz", "state=lost", "priority=9"])
def test_what_makes_no_sense_is_refused_in_words(browser, query):
    answer = browser.get(f"/desk/?{query}")
    assert answer.status_code == 422
    assert "needs putting right" in answer.get_data(as_text=True)


def test_pages_lead_on_and_back(browser, db):
    for _ in range(51):
        factories.make_incident()
    first = browser.get("/desk/?sort=oldest")
    older = re.search(r'href="([^"]*after=[^"]*)"', first.get_data(as_text=True))[1].replace("&amp;", "&")
    second = browser.get(older)
    assert (len(numbers(first)), len(numbers(second))) == (50, 1)
    newer = re.search(r'href="([^"]*before=[^"]*)"', second.get_data(as_text=True))[1].replace("&amp;", "&")
    assert numbers(browser.get(newer)) == numbers(first)


def test_csv_holds_the_filtered_list_with_formulas_defused(browser, incident):
    factories.make_incident(title="=1+1")
    answer = browser.get("/desk/?q=1%2B1&format=csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert answer.mimetype == "text/csv"
    assert rows[0][:2] == ["Number", "Title"]
    assert [row[1] for row in rows[1:]] == ["'=1+1"]


def test_html_in_titles_and_names_stays_text(browser, db):
    factories.make_incident(
        title="<script>alert(1)</script>", requester=factories.make_person(name="<b>Jo</b>")
    )
    page = browser.get("/desk/").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>Jo" not in page


def test_held_and_overdue_clocks_say_so(browser, agent):
    desk = factories.make_desk(always_open=True)
    factories.give_role(agent, Role.AGENT, desk=desk)
    factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=6))
    page = browser.get("/desk/").get_data(as_text=True)
    assert "2 h overdue" in page
    factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=1, seconds=30))
    assert "2 h 59 min left" in browser.get("/desk/").get_data(as_text=True)


def test_the_number_of_statements_does_not_grow_with_the_rows(browser, db):
    counts = []
    for rows in (2, 30):
        for _ in range(rows):
            incident = factories.make_incident(category_id=factories.make_category().id)
            take_incident(
                incident,
                actor=factories.acting(factories.make_agent()),
                person=factories.make_agent(),
                now=utcnow(),
            )
        browser.get("/desk/?state=in_progress")
        counts.append(count_statements(db, browser, "/desk/?state=in_progress"))
    assert counts[0] == counts[1] <= MOST_STATEMENTS, counts


def count_statements(db, browser, path):
    """Return how many statements the answer to a page takes, without those of the test's own savepoint."""
    db.session.commit()
    seen = []

    def note(conn, cursor, statement, *_):
        seen.append(statement)

    target = db.session.connection().engine
    event.listen(target, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(target, "before_cursor_execute", note)
    return len([one for one in seen if "SAVEPOINT" not in one])
