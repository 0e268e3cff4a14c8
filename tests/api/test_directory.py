"""People, desks, teams, categories and outages over the API."""

from typing import Any

import pytest

from tests.api.conftest import Caller
from tests.factories import in_days, make_category, make_desk, make_person, make_team, the_desk


def test_people_are_found_and_walked(agent: Caller) -> None:
    found = [make_person(name=f"Owl Finch {number}") for number in range(5)]
    make_person(name="Owl Gone", is_active=False)
    met, cursor = [], ""
    while cursor is not None:
        page = agent.get("/people", q="finch OWL", limit=2, **({"cursor": cursor} if cursor else {})).json
        met += [person["id"] for person in page["items"]]
        cursor = page["next_cursor"]
    assert met == [person.id for person in found]
    one = agent.get(f"/people/{met[0]}").json
    assert (one["mail"], one["organisation"]["name"]) == (found[0].mail, found[0].organisation.name)


@pytest.mark.parametrize("person_id", ["987654321", "9" * 19, "9" * 5000, "0", "-1", "x", "1_0", "%00", "٣"])
def test_nobody_has_an_odd_id(agent: Caller, person_id: str) -> None:
    refused = agent.get(f"/people/{person_id}")
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


def test_what_a_call_may_name_is_listed(agent: Caller) -> None:
    other = make_desk()
    team, category = make_team(other), make_category(other)
    make_category(other, is_active=False)
    assert {desk["id"] for desk in agent.get("/desks").json["items"]} == {the_desk().id, other.id}
    assert team.id in [found["id"] for found in agent.get("/teams", desk=other.id).json["items"]]
    assert team.id not in [found["id"] for found in agent.get("/teams", desk=the_desk().id).json["items"]]
    assert [found["id"] for found in agent.get("/categories", desk=other.id).json["items"]] == [category.id]
    assert category.id in [found["id"] for found in agent.get("/categories").json["items"]]


def test_an_outage_is_published_and_ended(agent: Caller) -> None:
    body = {"desk_id": the_desk().id, "title": "Telephones", "text": "No calls."}
    outage = agent.post("/outages", body).json
    assert agent.get("/outages").json["items"] == [outage]
    path = f"/outages/{outage['id']}/end"
    assert agent.post(path, {"version": outage["version"] + 1}).status_code == 409
    assert agent.post(path, {"version": outage["version"]}).json["ends_at"] is not None
    assert agent.get("/outages", desk=the_desk().id).json["items"] == []
    assert agent.post(path).status_code == 409
    assert agent.post("/outages/987654321/end").status_code == 404


def test_an_outage_has_to_make_sense(agent: Caller) -> None:
    body: dict[str, Any] = {"desk_id": the_desk().id, "title": "Telephones", "text": "No calls."}
    ends_first = body | {"starts_at": in_days(2).isoformat(), "ends_at": in_days(1).isoformat()}
    assert list(agent.post("/outages", ends_first).json["errors"]) == ["ends_at"]
    assert list(agent.post("/outages", body | {"desk_id": 987654321}).json["errors"]) == ["desk_id"]
    assert agent.post("/outages", body | {"desk_id": make_desk().id}).status_code == 403
