"""Comments and files over the API, for agents and for requesters."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from servicedesk.core.permissions import Permission
from tests.api.conftest import Caller
from tests.factories import in_days, make_category, make_incident, make_person, the_desk

FORM = "multipart/form-data; boundary=edge"
FOLLOWING = (Permission.INCIDENT_REPORT, Permission.INCIDENT_FOLLOW)


def form_with(content: bytes) -> bytes:
    """Return a form with a large file; the client's own would leave a temporary file open."""
    head = b'--edge\r\nContent-Disposition: form-data; name="files"; filename="large.txt"\r\n\r\n'
    return head + content + b"\r\n--edge--\r\n"


def test_files_come_back_as_they_were(agent: Caller) -> None:
    path = f"/incidents/{make_incident().number}/attachments"
    sent = {"files": [(BytesIO(b"<script>"), "notes.txt"), (BytesIO(b"1,2"), "../../=cmd.csv")]}
    kept = agent.post(path, data=sent).json["items"]
    assert [file["name"] for file in kept] == ["notes.txt", "=cmd.csv"]
    assert agent.get(path).json["items"] == kept
    taken = agent.get(f"{path}/{kept[0]['id']}")
    assert (taken.data, taken.mimetype) == (b"<script>", "application/octet-stream")
    assert taken.headers["Content-Disposition"].startswith("attachment")
    other = make_incident().number
    assert agent.get(f"/incidents/{other}/attachments/{kept[0]['id']}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "field"),
    [
        (b"x", "run.exe", "files"),
        (b"", "empty.txt", "files"),
        (b"x", "a.txt", "file"),
        (None, "", "files"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused(agent: Caller, content: Any, name: str, field: str) -> None:
    path = f"/incidents/{make_incident().number}/attachments"
    sent = {field: [(BytesIO(content), name)]} if content is not None else {field: "not a file"}
    refused = agent.post(path, data=sent, content_type="multipart/form-data")
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert agent.get(path).json["items"] == []


def test_too_much_or_no_form_at_all_is_refused(agent: Caller) -> None:
    path = f"/incidents/{make_incident().number}/attachments"
    large = agent.post(path, data=form_with(b"x" * (10 * 1024 * 1024 + 1)), content_type=FORM)
    assert (large.status_code, "larger than 10 MB" in large.json["errors"]["files"]) == (422, True)
    assert agent.post(path, data=form_with(b"x" * 33 * 1024 * 1024), content_type=FORM).status_code == 413
    assert agent.post(path, {"files": []}).status_code == 415
    assert agent.post(path).status_code == 415


def test_a_requester_reports_and_confirms_their_own(agent: Caller, caller: Callable[..., Caller]) -> None:
    person = make_person()
    own = caller(person, *FOLLOWING)
    reported = own.post("/incidents", {"desk_id": the_desk().id, "title": "No mail"}).json
    path = f"/incidents/{reported['number']}"
    assert (reported["requester"]["id"], "priority_reason" in reported) == (person.id, False)
    agent.post(f"{path}/take")
    agent.post(
        f"{path}/hold",
        {"reason": "requester", "waiting_for": person.name, "review_at": in_days(1).isoformat()},
    )
    said = own.post(f"{path}/comments", {"text": "Here it is.", "is_public": True}).json
    assert (said["text"], said["author"]["id"], said["channel"]) == ("Here it is.", person.id, "api")
    assert own.get(path).json["state"] == "in_progress"
    assert own.post(f"{path}/attachments", data={"files": [(BytesIO(b"x"), "a.txt")]}).status_code == 201
    agent.post(f"{path}/resolve", {"resolution": "Done.", "category_id": make_category().id})
    assert own.get(path).json["steps"] == ["close", "reopen"]
    assert own.post(f"{path}/reopen", {"reason": "No."}).json["state"] == "in_progress"
    agent.post(f"{path}/resolve", {"resolution": "Done."})
    assert own.post(f"{path}/close").json["state"] == "closed"
    listed = own.get("/incidents", state="all").json["items"]
    assert [item["number"] for item in listed] == [reported["number"]]


def test_a_requester_sees_no_note(agent: Caller, caller: Callable[..., Caller]) -> None:
    person = make_person()
    path = f"/incidents/{make_incident(requester=person).number}"
    agent.post(f"{path}/comments", {"text": "Difficult person.", "is_public": False})
    agent.post(f"{path}/comments", {"text": "We are on it.", "is_public": True})
    own = caller(person, *FOLLOWING)
    assert [said["text"] for said in own.get(f"{path}/comments").json["items"]] == ["We are on it."]
    agent.patch(path, {"priority": 4, "reason": "Always complains."})
    agent.post(f"{path}/start")
    told = own.get(f"{path}/timeline").json["items"]
    assert "incident.started" in [entry["event"] for entry in told]
    assert {"incident.prioritised", "incident.amended"}.isdisjoint(entry["event"] for entry in told)
    assert "Difficult" not in str(told)
    assert "incident.prioritised" in agent.get(f"{path}/timeline").text
    assert own.post(f"{path}/comments", {"text": "Psst.", "is_public": False}).status_code == 403
    assert len(agent.get(f"{path}/comments").json["items"]) == 2


def test_a_requester_does_not_work_at_the_desk(caller: Callable[..., Caller]) -> None:
    person, other = make_person(), make_incident()
    own, path = caller(person), f"/incidents/{make_incident(requester=person).number}"
    for step in ("start", "take"):
        assert own.post(f"{path}/{step}").status_code == 403
    assert own.patch(path, {"title": "Mine"}).status_code == 403
    assert own.get("/people").status_code == 403
    assert own.get(f"/incidents/{other.number}").status_code == 404
    body = {"desk_id": the_desk().id, "title": "No mail", "team_id": the_desk().first_team_id}
    assert own.post("/incidents", body).status_code == 403


@pytest.mark.parametrize("body", [{"text": "Hi"}, {"text": "Hi", "is_public": "y"}, {"is_public": True}, {}])
def test_who_reads_a_comment_has_to_be_said(agent: Caller, body: dict[str, Any]) -> None:
    assert agent.post(f"/incidents/{make_incident().number}/comments", body).status_code == 422
