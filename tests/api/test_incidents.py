"""Incidents over the API: the same rules, in the same words, as on the pages."""

from collections.abc import Callable
from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition
from servicedesk.core.permissions import Role
from servicedesk.incidents.workflow import resume_incident
from tests.api.conftest import Caller
from tests.factories import (
    acting,
    in_days,
    make_agent,
    make_category,
    make_desk,
    make_incident,
    make_person,
    make_team,
    the_desk,
)


def logged(by: Caller, **given: Any) -> Any:
    """Log an incident over the API and return it."""
    answer = by.post("/incidents", {"desk_id": the_desk().id, "title": "No mail"} | given)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_an_incident_goes_its_way(agent: Caller) -> None:
    category, asker = make_category(), make_person()
    path = f"/incidents/{logged(agent, requester_id=asker.id, impact=1, urgency=2)['number']}"
    taken = agent.post(f"{path}/take").json
    assert (taken["state"], taken["priority"], taken["requester"]["id"]) == ("in_progress", 2, asker.id)
    review_at = in_days(2).isoformat()
    why = {"reason": "supplier", "waiting_for": "Dell", "review_at": review_at}
    held = agent.post(f"{path}/hold", why).json
    assert (held["state"], held["hold_reason"], held["waiting_for"]) == ("on_hold", "supplier", "Dell")
    assert held["review_at"].endswith("+00:00")
    assert agent.post(f"{path}/resume").json["state"] == "in_progress"
    refused = agent.post(f"{path}/resolve", {"resolution": "Restarted it."})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["category_id"])
    resolved = agent.post(f"{path}/resolve", {"resolution": "Restarted it.", "category_id": category.id}).json
    assert (resolved["state"], resolved["category"]["path"]) == ("resolved", category.path)
    assert agent.post(f"{path}/reopen", {"reason": "It is back."}).json["reopen_count"] == 1
    assert agent.post(f"{path}/resolve", {"resolution": "Again."}).json["resolution"] == "Again."
    closed = agent.post(f"{path}/close").json
    assert (closed["state"], closed["is_open"]) == ("closed", False)
    told = [entry["event"] for entry in agent.get(f"{path}/timeline").json["items"]]
    assert (told[0], told[-1]) == ("incident.logged", "incident.closed")


def test_a_new_incident_can_be_started_and_cancelled(agent: Caller) -> None:
    path = f"/incidents/{logged(agent)['number']}"
    assert agent.post(f"{path}/start").json["state"] == "in_progress"
    assert agent.post(f"{path}/cancel", {"reason": "A mistake."}).json["state"] == "cancelled"


def test_an_illegal_step_is_refused_in_the_words_of_the_pages(agent: Caller) -> None:
    incident = make_incident()
    with pytest.raises(InvalidTransition) as refusal:
        resume_incident(incident, actor=acting(make_agent()), now=utcnow())
    refused = agent.post(f"/incidents/{incident.number}/resume")
    assert (refused.status_code, refused.json["detail"]) == (409, str(refusal.value))


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("start", {}),
        ("hold", {"reason": "supplier", "waiting_for": "Dell", "review_at": "2026-01-01T00:00:00Z"}),
        ("resolve", {"resolution": "Done."}),
        ("cancel", {"reason": "A mistake."}),
        ("take", {}),
        ("assign", {"assignee_id": None}),
        ("transfer", {"team_id": 1}),
        ("share", {"desk_id": 1}),
        ("comments", {"text": "Hello", "is_public": False}),
        ("watchers", {"person_id": 1}),
    ],
)
def test_a_stale_version_changes_nothing(agent: Caller, step: str, body: dict[str, Any]) -> None:
    before = logged(agent)
    refused = agent.post(f"/incidents/{before['number']}/{step}", body | {"version": before["version"] + 1})
    assert refused.status_code == 409
    assert "changed by somebody else" in refused.json["detail"]
    assert agent.get(f"/incidents/{before['number']}").json == before


def test_the_version_that_was_read_is_taken_once(agent: Caller) -> None:
    before = logged(agent)
    path, body = f"/incidents/{before['number']}", {"title": "No mail at all", "version": before["version"]}
    assert agent.patch(path, body).json["version"] > before["version"]
    assert agent.patch(path, body).status_code == 409


def test_amending_changes_what_was_sent_and_nothing_else(agent: Caller) -> None:
    path = f"/incidents/{logged(agent, description='Since nine.', location='2.14')['number']}"
    after = agent.patch(path, {"location": "3.01", "impact": 1, "urgency": 1}).json
    assert (after["title"], after["description"], after["location"]) == ("No mail", "Since nine.", "3.01")
    assert after["priority"] == 1
    refused = agent.patch(path, {"priority": 4})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])
    assert agent.patch(path, {"priority": 4, "reason": "A test."}).json["priority_reason"] == "A test."
    category = make_category()
    assert agent.patch(path, {"category_id": category.id}).json["category"]["id"] == category.id
    assert agent.patch(path, {}).status_code == 422
    assert agent.patch(path, {"reason": "Nothing else."}).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"self": 1}, "self"),
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": 7}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "a\ud800b"}, "title"),
        ({"description": "x" * 100_000}, "description"),
        ({"impact": 0}, "impact"),
        ({"impact": True}, "impact"),
        ({"impact": "1"}, "impact"),
        ({"impact": 1.5}, "impact"),
        ({"desk_id": 2**63}, "desk_id"),
        ({"desk_id": 10**4000}, "desk_id"),
        ({"desk_id": 987654321}, "desk_id"),
        ({"requester_id": 987654321}, "requester_id"),
        ({"team_id": 987654321}, "team_id"),
        ({"category_id": 987654321}, "category_id"),
        ({"site_id": 987654321}, "site_id"),
        ({"contact_by": "pigeon"}, "contact_by"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(agent: Caller, body: dict[str, Any], field: str) -> None:
    refused = agent.post("/incidents", {"desk_id": the_desk().id, "title": "No mail"} | body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert refused.json["detail"]


def test_another_desks_team_and_category_do_not_fit(agent: Caller) -> None:
    other = make_desk()
    for body in ({"team_id": make_team(other).id}, {"category_id": make_category(other).id}):
        refused = agent.post("/incidents", {"desk_id": the_desk().id, "title": "No mail"} | body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, list(body))


@pytest.mark.parametrize("given", ["2026-01-12T09:00", "tomorrow", "0001-01-01T00:00:00+14:00", 5, None, ""])
def test_a_moment_needs_its_offset(agent: Caller, given: Any) -> None:
    body = {"reason": "supplier", "waiting_for": "Dell", "review_at": given}
    refused = agent.post(f"/incidents/{make_incident().number}/hold", body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["review_at"])


def test_what_is_written_comes_back_as_it_was(agent: Caller) -> None:
    words = '=HYPERLINK("x") <script>alert(1)</script> \'; DROP TABLE record; -- 🦉 שלום'
    found = agent.get(f"/incidents/{logged(agent, title=words, description=words)['number']}").json
    assert (found["title"], found["description"]) == (words, words)


@pytest.mark.parametrize("sort", ["time-left", "priority", "oldest", "newest", "changed"])
def test_a_walk_by_cursor_meets_each_incident_once(agent: Caller, sort: str) -> None:
    numbers = [make_incident().number for _ in range(7)]
    met, cursor = [], ""
    while cursor is not None:
        page = agent.get("/incidents", limit=3, sort=sort, **({"cursor": cursor} if cursor else {})).json
        met += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(met) == numbers


def test_a_list_is_narrowed(agent: Caller) -> None:
    first, second = make_incident(title="Printer jams"), make_incident(impact=1, urgency=1)
    agent.post(f"/incidents/{second.number}/take")

    def found(**query: Any) -> set[str]:
        return {item["number"] for item in agent.get("/incidents", **query).json["items"]}

    assert found(q="printer") == {first.number}
    assert found(assignee="me") == {second.number}
    assert found(assignee="nobody") == {first.number}
    assert found(priority=1) == {second.number}
    assert found(state="new") == {first.number}
    assert found(requester=first.requester_id) == {first.number}
    assert found(team=first.team_id) == {first.number, second.number}
    assert found(desk=the_desk().id, due="overdue") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 101}, {"limit": "1_0"}, {"desk": "9" * 5000}, {"desk": -1}, {"state": "lost"},
        {"assignee": "you"}, {"sort": "random"}, {"due": "never"}, {"unknown": 1}, {"q": "a\x00b"},
        {"cursor": "nonsense"}, {"cursor": "WzEsNV0"}, {"cursor": "W251bGwsbnVsbF0"},
        {"cursor": "eyJhIjoxfQ"}, {"cursor": "é"}, {"priority": 5},
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(agent: Caller, query: dict[str, Any]) -> None:
    refused = agent.get("/incidents", **query)
    assert (refused.status_code, list(refused.json["errors"])) == (422, list(query))


def test_hands_change(agent: Caller) -> None:
    path = f"/incidents/{logged(agent)['number']}"
    colleague, other_team, other_desk = make_agent(), make_team(), make_desk()
    assert (
        agent.post(f"{path}/assign", {"assignee_id": colleague.id}).json["assignee"]["name"] == colleague.name
    )
    assert agent.post(f"{path}/assign", {"assignee_id": None}).json["assignee"] is None
    assert agent.post(f"{path}/assign", {"assignee_id": make_person().id}).status_code == 422
    moved = agent.post(f"{path}/transfer", {"team_id": other_team.id, "reason": "Theirs."}).json
    assert (moved["team"]["id"], moved["transfer_count"]) == (other_team.id, 1)
    assert agent.post(f"{path}/share", {"desk_id": the_desk().id}).status_code == 422
    assert agent.post(f"{path}/share", {"desk_id": other_desk.id}).status_code == 200
    watcher = make_person()
    watching = agent.post(f"{path}/watchers", {"person_id": watcher.id}).json
    assert watching["items"] == [{"id": watcher.id, "name": watcher.name}]
    assert agent.get(f"{path}/watchers").json == watching
    assert agent.call("DELETE", f"{path}/watchers/{watcher.id}").json == {"items": []}


def test_another_desk_reads_and_speaks_on_what_is_shared(
    agent: Caller, caller: Callable[..., Caller]
) -> None:
    desk, path = make_desk(), f"/incidents/{logged(agent)['number']}"
    guest = caller(make_agent(desk))
    agent.post(f"{path}/share", {"desk_id": desk.id})
    assert guest.get(path).status_code == 200
    assert guest.post(f"{path}/comments", {"text": "A note.", "is_public": False}).status_code == 201
    assert guest.post(f"{path}/start").status_code == 403


def test_a_ladder_is_read_and_only_what_was_told_is_acknowledged(caller: Callable[..., Caller]) -> None:
    lead, incident = caller(make_person(Role.TEAM_LEAD)), make_incident()
    steps = lead.get(f"/incidents/{incident.number}/escalations").json["items"]
    assert [(step["position"], step["state"]) for step in steps] == [(1, "planned"), (2, "planned")]
    answer = f"escalations/{steps[0]['id']}/acknowledge"
    refused = lead.post(f"/incidents/{incident.number}/{answer}")
    assert (refused.status_code, "planned" in refused.json["detail"]) == (409, True)
    assert lead.post(f"/incidents/{make_incident().number}/{answer}").status_code == 404
