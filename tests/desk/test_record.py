"""The record's page: what it shows to whom, answers, files and details."""

import io
import re
from datetime import timedelta

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Role
from servicedesk.incidents.assignment import share_incident
from servicedesk.notifications.queries import count_unread
from servicedesk.records.queries import list_attachments, list_comments, list_watchers
from tests import factories


def path_of(incident, *more):
    """Return the address of a record's page, or of one below it."""
    return "/".join(["/desk/incidents", incident.number, *more])


def test_it_shows_what_an_agent_needs(browser, incident):
    page = browser.get(path_of(incident)).get_data(as_text=True)
    for words in (
        incident.title, "Outlook stays empty.", incident.requester.phone, incident.requester.mail, "Take",
        "Resolve", "Start work", "Transfer", "Tell the team lead", "Tell the senior officer", "logged it",
    ):  # fmt: skip
        assert words in page, words


def test_another_desks_record_is_not_there(browser, db):
    theirs = factories.make_incident(desk=factories.make_desk())
    assert browser.get(path_of(theirs)).status_code == 404
    token = browser.form_token("/desk/log")
    for step in ("take", "resolve", "comments", "hold", "prioritise"):
        answer = browser.post(
            path_of(theirs, step), data={"csrf_token": token, "text": "Hello", "kind": "note"}
        )
        assert answer.status_code == 404, step


def test_a_shared_record_can_be_read_and_answered_but_not_moved(browser, db):
    desk = factories.make_desk()
    theirs = factories.make_incident(desk=desk)
    owner = factories.acting(factories.make_agent(desk))
    share_incident(theirs, actor=owner, desk_id=factories.the_desk().id, now=utcnow())
    page = browser.get(path_of(theirs)).get_data(as_text=True)
    assert "Send to" in page
    assert "Next step" not in page
    assert (
        browser.send(path_of(theirs, "comments"), path_of(theirs), text="We look.", kind="note").status_code
        == 303
    )
    assert browser.get(path_of(theirs, "resolve")).status_code == 403


def test_an_auditor_sees_everything_and_no_buttons(sign_in, incident):
    page = sign_in(factories.make_person(Role.AUDITOR)).get(path_of(incident)).get_data(as_text=True)
    assert "Who was told" in page
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert "<form" not in main
    assert "change-link" not in main


@pytest.mark.parametrize(("kind", "public"), [("public", True), ("note", False)])
def test_answers_and_notes_are_kept_apart(browser, incident, kind, public):
    data = {
        "csrf_token": browser.form_token(path_of(incident)), "kind": kind, "text": "Please restart it.",
        "files": (io.BytesIO(b"log"), "trace.txt"),
    }  # fmt: skip
    answer = browser.post(path_of(incident, "comments"), data=data)
    assert answer.status_code == 303
    [said] = list_comments(incident.id, internal=True)
    assert (said.body, said.is_public) == ("Please restart it.", public)
    [file] = list_attachments(incident.id, internal=True)
    assert file.is_public is public


def test_an_empty_answer_is_refused_beside_its_box(browser, incident):
    answer = browser.send(path_of(incident, "comments"), path_of(incident), kind="note", text=" ")
    assert answer.status_code == 422
    assert "Write your note." in answer.get_data(as_text=True)


def test_a_file_of_a_wrong_kind_loses_nothing_typed(browser, incident):
    data = {
        "csrf_token": browser.form_token(path_of(incident)), "kind": "public", "text": "See the file.",
        "files": (io.BytesIO(b"MZ"), "tool.exe"),
    }  # fmt: skip
    answer = browser.post(path_of(incident, "comments"), data=data)
    assert answer.status_code == 422
    assert "See the file.</textarea>" in answer.get_data(as_text=True)
    assert list_comments(incident.id, internal=True) == []


def test_files_are_taken_away_never_shown(browser, incident):
    data = {
        "csrf_token": browser.form_token(path_of(incident)), "kind": "note", "text": "A picture.",
        "files": (io.BytesIO(b"<svg onload=alert(1)>"), "picture.png"),
    }  # fmt: skip
    browser.post(path_of(incident, "comments"), data=data)
    [file] = list_attachments(incident.id, internal=True)
    answer = browser.get(path_of(incident, "files", str(file.id)))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data == b"<svg onload=alert(1)>"
    other = factories.make_incident()
    assert browser.get(path_of(other, "files", str(file.id))).status_code == 404


def test_the_timeline_can_be_narrowed(browser, incident):
    for kind, text in (("public", "Told to all"), ("note", "Among us")):
        browser.send(path_of(incident, "comments"), path_of(incident), kind=kind, text=text)
    shown = {name: browser.get(path_of(incident) + f"?show={name}").get_data(as_text=True) for name in
             ("all", "public", "notes", "changes")}  # fmt: skip
    seen = {
        name: ("Told to all" in page, "Among us" in page, "logged it</span>" in page)
        for name, page in shown.items()
    }
    assert seen == {
        "all": (True, True, True), "public": (True, False, False), "notes": (False, True, False),
        "changes": (False, False, True),
    }  # fmt: skip


def test_looking_at_it_reads_its_notices(browser, agent, incident):
    incident.assignee_id = agent.id
    asks = factories.acting(incident.requester)
    from servicedesk.incidents.conversation import comment_on_incident

    comment_on_incident(
        incident, actor=asks, body="Any news?", is_public=True, channel="portal", now=utcnow()
    )
    assert count_unread(agent.id) == 1
    assert "Any news?" in browser.get(path_of(incident)).get_data(as_text=True)
    assert count_unread(agent.id) == 0


def test_flags_of_an_imported_record_are_shown(browser, incident):
    incident.flags = ["state -100 is not known here"]
    assert "state -100 is not known here" in browser.get(path_of(incident)).get_data(as_text=True)


def test_an_override_needs_a_reason(browser, incident):
    answer = browser.send(path_of(incident, "prioritise"), impact="2", urgency="2", priority="1", reason="")
    assert answer.status_code == 422
    assert "The matrix gives P3. Say why it should be P1." in answer.get_data(as_text=True)
    assert browser.send(
        path_of(incident, "prioritise"), impact="2", urgency="2", priority="1", reason="Election night"
    ).status_code == 303  # fmt: skip
    assert "Election night" in browser.get(path_of(incident)).get_data(as_text=True)


def test_title_and_category_can_be_put_right(browser, incident):
    category = factories.make_category(name="E-mail")
    browser.send(
        path_of(incident, "amend"), title="No mail at all", description="Since nine.", location="Room 3"
    )
    browser.send(path_of(incident, "categorise"), category_id=str(category.id))
    page = browser.get(path_of(incident)).get_data(as_text=True)
    for words in ("No mail at all", "Since nine.", "Room 3", "E-mail"):
        assert words in page


def test_watchers_are_found_added_and_removed(browser, incident):
    person = factories.make_person(name="Zoë Okonkwo")
    page = browser.get(path_of(incident, "watchers") + "?person=okon").get_data(as_text=True)
    assert "Add Zoë Okonkwo" in page
    token = {
        "csrf_token": browser.form_token(path_of(incident, "watchers") + "?person=okon"),
        "person_id": person.id,
    }
    assert browser.post(path_of(incident, "watchers"), data=token).status_code == 303
    assert [watch.person_id for watch in list_watchers(incident.id)] == [person.id]
    assert browser.post(path_of(incident, "watchers", "remove"), data=token).status_code == 303
    assert list_watchers(incident.id) == []


def test_it_is_shared_with_another_desk(browser, incident):
    desk = factories.make_desk(name="Print")
    assert browser.send(path_of(incident, "share"), desk_id=str(desk.id)).status_code == 303
    assert "Print" in browser.get(path_of(incident)).get_data(as_text=True)


def test_an_escalation_is_acknowledged_on_the_record(sign_in, db):
    desk = factories.make_desk(always_open=True)
    lead = factories.make_person(Role.TEAM_LEAD, desk=desk)
    incident = factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=2, minutes=30))
    step = tell_first_step(incident)
    browser = sign_in(lead)
    page = browser.get(path_of(incident)).get_data(as_text=True)
    assert "not acknowledged yet" in page
    assert re.search(r"1 h 29 min of notice|1 h 30 min of notice", page)
    token = browser.form_token(path_of(incident))
    answer = browser.post(f"/desk/escalations/{step.id}/acknowledge", data={"csrf_token": token})
    assert answer.status_code == 303
    assert f"acknowledged by {lead.name}" in browser.get(path_of(incident)).get_data(as_text=True)
    assert (
        browser.post(f"/desk/escalations/{step.id}/acknowledge", data={"csrf_token": token}).status_code
        == 409
    )


def tell_first_step(incident):
    """Have the first step of a record's ladder told, as its timer would."""
    from servicedesk.service_levels.escalating import escalate
    from servicedesk.service_levels.queries import list_ladder

    step = list_ladder(incident.id)[0]
    escalate(step.id, step.due_at)
    return step
