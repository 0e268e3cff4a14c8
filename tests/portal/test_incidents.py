"""An incident as its requester, a colleague, a watcher and a stranger meet it."""

from io import BytesIO
from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.conversation import attach_to_incident, comment_on_incident
from servicedesk.incidents.models import Incident
from servicedesk.incidents.operations import prioritise_incident
from servicedesk.incidents.workflow import hold_incident, resolve_incident
from servicedesk.records.operations import File, add_watcher
from tests.factories import acting, in_days, make_agent, make_category, make_incident, make_person


def taken(requester: Any, **given: Any) -> tuple[Incident, Any]:
    """Return an incident that an agent works on, and the agent."""
    incident, agent = make_incident(requester=requester, **given), make_agent(name="Sam Okafor")
    take_incident(incident, actor=acting(agent), person=agent, now=utcnow())
    return incident, agent


def held(incident: Incident, agent: Any, reason: str = "requester") -> None:
    hold_incident(
        incident,
        actor=acting(agent),
        reason=reason,
        waiting_for="the asset tag",
        review_at=in_days(1),
        now=utcnow(),
    )


def resolved(incident: Incident, agent: Any) -> None:
    resolve_incident(
        incident, actor=acting(agent), resolution="New <cable>.", category_id=make_category().id, now=utcnow()
    )


def test_the_page_says_in_a_sentence_who_works_on_it_and_what_was_promised(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    prioritise_incident(incident, actor=acting(agent), impact=1, urgency=2, now=utcnow())
    page = sign_in(person).get(f"/records/{incident.number}").text
    assert "Sam Okafor is working on it. We promised" in page
    assert "Sam Okafor started work on it" in page
    assert "priority" not in page.lower()


def test_a_note_and_its_file_stay_inside_the_desk(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    comment = {"actor": acting(agent), "channel": "desk", "now": utcnow()}
    comment_on_incident(
        incident, body="Secret note", is_public=False, files=[File("secret.txt", b"x")], **comment
    )
    comment_on_incident(incident, body="Public words", is_public=True, **comment)
    page = sign_in(person).get(f"/records/{incident.number}").text
    assert "Public words" in page
    assert "ecret" not in page


def test_an_answer_with_a_file_ends_the_wait_and_the_file_is_only_a_download(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    held(incident, agent)
    browser, path = sign_in(person), f"/records/{incident.number}"
    assert "We need something from you: the asset tag." in browser.get(path).text
    answer = browser.send(
        f"{path}/answer",
        page=path,
        version=incident.version,
        text="4711",
        files=(BytesIO(b"<script>"), "page.txt"),
    )
    assert answer.location == path
    assert incident.state == "in_progress"
    page = browser.get(path).text
    assert "4711" in page
    link = page.split(f'href="{path}/files/', 1)[1].split('"', 1)[0]
    got = browser.get(f"{path}/files/{link}")
    assert got.data == b"<script>"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_file_without_words_is_an_answer_too(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    held(incident, agent)
    browser, path = sign_in(person), f"/records/{incident.number}"
    browser.send(f"{path}/answer", page=path, version=incident.version, files=(BytesIO(b"x"), "screen.png"))
    assert incident.state == "in_progress"
    assert "screen.png" in browser.get(path).text


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write your answer."), ("x" * 100_000, "50,000 characters")]
)
def test_an_answer_that_cannot_be_taken_is_refused_beside_its_field(
    db: Any, sign_in: Any, text: str, words: str
) -> None:
    person = make_person()
    incident, path = make_incident(requester=person), ""
    path = f"/records/{incident.number}"
    answer = sign_in(person).send(f"{path}/answer", page=path, version=incident.version, text=text)
    assert answer.status_code == 422
    assert words in answer.text
    assert text in answer.text


def test_an_answer_to_a_page_that_is_old_is_kept_and_shown_with_what_is_new(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    browser, path, seen = sign_in(person), f"/records/{incident.number}", incident.version
    resolved(incident, agent)
    answer = browser.send(f"{path}/answer", page=path, version=seen, text="My long answer")
    assert answer.status_code == 409
    assert "was changed by somebody else" in answer.text
    assert "My long answer" in answer.text
    assert "New &lt;cable&gt;." in answer.text


def test_it_works_again_closes_and_not_fixed_reopens_with_words(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, agent = taken(person)
    resolved(incident, agent)
    browser, path = sign_in(person), f"/records/{incident.number}"
    browser.send(f"{path}/close", page=path, version=incident.version)
    assert incident.state == "closed"
    assert "You closed it" in browser.get(path).text
    refused = browser.send(f"{path}/reopen", version=incident.version, reason=" ")
    assert refused.status_code == 422
    browser.send(f"{path}/reopen", version=incident.version, reason="It is back.")
    assert incident.state == "in_progress"
    assert "It is back." in browser.get(path).text


def test_cancelling_asks_why(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident = make_incident(requester=person)
    browser, path = sign_in(person), f"/records/{incident.number}"
    browser.send(f"{path}/cancel", version=incident.version, reason="It came back by itself.")
    assert incident.state == "cancelled"
    page = browser.get(path).text
    assert "It came back by itself." in page
    assert browser.get(f"{path}/cancel").status_code == 409


def test_a_stranger_finds_nothing_to_read_write_or_download(db: Any, sign_in: Any) -> None:
    incident = make_incident(requester=make_person())
    attach_to_incident(
        incident, [File("a.txt", b"a")], actor=acting(db.session.merge(incident.requester)), now=utcnow()
    )
    browser = sign_in(make_person())
    path = f"/records/{incident.number}"
    for page in (
        path,
        f"{path}/sent",
        f"{path}/files/1",
        f"{path}/reopen",
        f"{path}/cancel",
        "/records/INC-999999",
    ):
        assert browser.get(page).status_code == 404
    assert browser.send(f"{path}/answer", page="/report", text="x").status_code == 404
    assert browser.send(f"{path}/close", page="/report").status_code == 404


def test_a_watcher_reads_but_takes_no_step(db: Any, sign_in: Any) -> None:
    person, watcher = make_person(), make_person()
    incident = make_incident(requester=person)
    add_watcher(incident, watcher.id, actor=acting(person), now=utcnow())
    browser, path = sign_in(watcher), f"/records/{incident.number}"
    page = browser.get(path).text
    assert "because you watch it" in page
    assert "Cancel this report" not in page
    assert (
        browser.send(f"{path}/answer", page="/report", text="x", version=incident.version).status_code == 403
    )
    refused = browser.send(f"{path}/cancel", page="/report", reason="x", version=incident.version)
    assert refused.status_code == 403
    assert incident.state == "new"


def test_reading_a_record_marks_its_notices_read(db: Any, sign_in: Any) -> None:
    person = make_person()
    incident, _ = taken(person)
    browser = sign_in(person)
    assert "New answer" in browser.get("/").text
    browser.get(f"/records/{incident.number}")
    assert "New answer" not in browser.get("/").text
