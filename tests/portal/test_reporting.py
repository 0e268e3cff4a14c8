"""The three screens of a report, as a browser without JavaScript sends them."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from servicedesk.core.clock import utcnow
from servicedesk.incidents.models import Incident
from servicedesk.knowledge.operations import publish_outage
from servicedesk.records.models import Attachment, Draft
from servicedesk.records.operations import LARGEST_FILE, LONGEST_TEXT
from tests.factories import (
    PASSWORD,
    acting,
    make_agent,
    make_desk,
    make_person,
    make_site,
    the_desk,
    with_password,
)

TITLE = "الطابعة معطلة 🖨️ <b>jam</b>"


def described(**given: Any) -> dict[str, Any]:
    return {"desk": the_desk().id, "title": TITLE, "description": "It says “E7'; DROP TABLE”."} | given


def placed(**given: Any) -> dict[str, Any]:
    return {"for_whom": "me", "impact": "2", "urgency": "1", "site": "", "contact_by": "mail"} | given


def write_report(
    browser: Any, describe: dict[str, Any] | None = None, place: dict[str, Any] | None = None
) -> Any:
    """Answer the first two screens."""
    browser.send("/report", **(describe or described()))
    return browser.send("/report/place", **(place or placed()))


def seen_on(page: str) -> str:
    """Return the seal of the draft that a page shows."""
    return re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]


def send(browser: Any, **fields: Any) -> Any:
    """Press “Send” on the last screen, as it stands."""
    page = browser.get("/report/check").text
    return browser.send("/report/check", seen=seen_on(page), step="send", **fields)


def the_incident(db: Any) -> Incident:
    return db.session.scalars(select(Incident)).one()


def test_three_screens_make_an_incident_and_confirm_it(db: Any, sign_in: Any) -> None:
    person, site = make_person(), make_site()
    browser = sign_in(person)
    first = browser.send("/report", **described())
    assert (first.status_code, first.location) == (302, "/report/place")
    second = browser.send(
        "/report/place", **placed(site=site.id, location="2.14", contact_by="phone", phone="01279 1")
    )
    assert (second.status_code, second.location) == (302, "/report/check")
    page = browser.get("/report/check").text
    assert "&lt;b&gt;jam" in page
    assert "Cannot work at all" in page
    answer = send(browser)
    incident = the_incident(db)
    assert (incident.title, incident.requester_id, incident.reporter_id) == (TITLE, person.id, None)
    assert (incident.impact, incident.urgency, incident.channel) == (2, 1, "portal")
    assert (incident.site_id, incident.location) == (site.id, "2.14")
    assert (incident.contact_by, incident.contact_detail) == ("phone", "01279 1")
    assert answer.location == f"/records/{incident.number}/sent"
    confirmed = browser.get(answer.location).text
    assert incident.number in confirmed
    assert "We promised" in confirmed


def test_a_double_send_makes_one_incident(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    write_report(browser)
    fields = {
        "csrf_token": browser.form_token("/report/check"),
        "seen": seen_on(browser.get("/report/check").text),
    }
    answers = [browser.post("/report/check", data=fields) for _ in range(2)]
    assert {answer.location for answer in answers} == {f"/records/{the_incident(db).number}/sent"}


def test_a_new_report_begins_empty_after_one_was_sent(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    write_report(browser)
    send(browser)
    assert "jam" not in browser.get("/report").text
    assert browser.get("/report/check").location == "/report"
    browser.send("/report", **described(title="Another"))
    assert db.session.scalars(select(Draft)).one().answers["title"] == "Another"


def test_a_report_changed_in_another_window_is_looked_at_again(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    write_report(browser)
    seen = seen_on(browser.get("/report/check").text)
    browser.send("/report", **described(title="Something else"))
    answer = browser.send("/report/check", seen=seen)
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert "Something else" in answer.text
    assert db.session.scalar(select(func.count(Incident.id))) == 0


@pytest.mark.parametrize("typed", ["ada", "LOVELACE", "ada@", "012799"])
def test_a_colleague_is_found_by_any_part_without_javascript(db: Any, sign_in: Any, typed: str) -> None:
    person = make_person()
    colleague = make_person(name="Ada Lovelace", mail="ada@example.test", phone="01279 9")
    browser = sign_in(person)
    browser.send("/report", **described())
    found = browser.send("/report/place", colleague=typed, step="find")
    assert found.location == "/report/place#colleague"
    page = browser.get("/report/place").text
    assert "Ada Lovelace" in page
    browser.send("/report/place", **placed(for_whom="colleague", colleague=typed, requester=colleague.id))
    send(browser)
    incident = the_incident(db)
    assert (incident.requester_id, incident.reporter_id) == (colleague.id, person.id)
    assert browser.get(f"/records/{incident.number}").status_code == 200


def test_a_colleague_must_be_among_those_found(db: Any, sign_in: Any) -> None:
    browser, stranger = sign_in(make_person()), make_person(name="Grace Hopper")
    browser.send("/report", **described())
    answer = browser.send(
        "/report/place", **placed(for_whom="colleague", colleague="nobody", requester=stranger.id)
    )
    assert answer.status_code == 422
    assert "We found nobody by “nobody”" in answer.text
    assert browser.get("/report/check").location == "/report/place"


def test_nothing_typed_is_lost_when_a_screen_is_refused(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    long = "x" * (2 * LONGEST_TEXT)
    refused = browser.send("/report", **described(title="", description=long))
    assert refused.status_code == 422
    assert "Say in a few words what is wrong." in refused.text
    assert f"{LONGEST_TEXT:,} characters" in refused.text
    assert long in browser.get("/report").text


def test_files_are_kept_on_the_draft_at_once_and_move_to_the_incident(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    write_report(browser)
    added = browser.send("/report/check", seen="", step="add", files=(BytesIO(b"first"), "first.txt"))
    assert added.location == "/report/check#kept-files"
    browser.send("/report/check", seen="", step="add", files=(BytesIO(b"second"), "second.png"))
    first = db.session.scalars(select(Attachment).order_by(Attachment.id)).first()
    browser.send(f"/report/files/{first.id}/remove", page="/report/check")
    send(browser, files=(BytesIO(b"third"), "third.pdf"))
    kept = db.session.execute(select(Attachment.name, Attachment.record_id).order_by(Attachment.id)).all()
    assert kept == [("second.png", the_incident(db).id), ("third.pdf", the_incident(db).id)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.exe", b"MZ", "of a kind that we cannot take"),
        ("big.png", b"x" * (LARGEST_FILE + 1), "larger than 10 MB"),
        ("empty.txt", b"", "is empty"),
    ],
)
def test_a_file_that_cannot_be_kept_is_named_and_the_others_stay(
    db: Any, sign_in: Any, name: str, content: bytes, words: str
) -> None:
    browser = sign_in(make_person())
    write_report(browser)
    both = [(BytesIO(b"good"), "good.txt"), (BytesIO(content), name)]
    answer = browser.send("/report/check", seen="", step="send", files=both)
    assert answer.status_code == 422
    assert words in answer.text
    answer.request.input_stream.close()
    assert "good.txt" in browser.get("/report/check").text
    assert db.session.scalar(select(func.count(Incident.id))) == 0


def test_known_outages_of_that_desk_are_shown_before_sending(db: Any, sign_in: Any) -> None:
    now, elsewhere = utcnow(), make_desk()
    for desk, title in ((the_desk(), "Network out at Wallfields"), (elsewhere, "Press is down")):
        publish_outage(
            actor=acting(make_agent(desk)), desk_id=desk.id, title=title, text="We are on it.",
            starts_at=now - timedelta(hours=1), ends_at=None, now=now,
        )  # fmt: skip
    browser = sign_in(make_person())
    assert "Press is down" in browser.get("/").text
    write_report(browser)
    page = browser.get("/report/check").text
    assert "Network out at Wallfields" in page
    assert "Press is down" not in page
    assert browser.send("/report/drop", page="/report/check", because="outage").location == "/"
    assert browser.get("/report/check").location == "/report"


def test_an_expired_session_gives_the_answers_back_after_the_sign_in(db: Any, sign_in: Any) -> None:
    person = with_password(make_person())
    browser = sign_in(person)
    token = browser.form_token("/report")
    with browser.session_transaction() as session:
        session.pop("_user_id")
    refused = browser.post("/report", data={"csrf_token": token} | described())
    assert refused.status_code == 401
    kept = re.search(r'name="kept_form" value="([^"]*)"', refused.text)[1]
    fields = {"mail": person.mail, "password": PASSWORD, "kept_form": kept}
    offered = browser.send("/sign-in", **fields).text
    assert 'action="/report"' in offered
    again = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', offered))
    browser.post("/report", data={name: unescape(value) for name, value in again.items()})
    assert db.session.scalars(select(Draft)).one().answers["title"] == TITLE
