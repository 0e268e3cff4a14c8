"""The forms of administration: what they do, and how they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.permissions import Role
from servicedesk.directory.models import (
    Desk,
    GroupRoute,
    Organisation,
    Person,
    PersonGroup,
    RoleAssignment,
    Site,
)
from servicedesk.directory.queries import find_person_by_mail
from servicedesk.incidents.matrix import whole_matrix
from servicedesk.records.models import Category
from servicedesk.service_levels.administration import hours_in_words
from servicedesk.service_levels.queries import find_policy, get_calendar
from tests.factories import (
    make_administrator,
    make_agent,
    make_category,
    make_person,
    make_team,
    the_desk,
    the_organisation,
    the_team,
)

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-12:00, 13:00-17:00")


@pytest.fixture
def everything(db: Any, sign_in: Callable[[Any], Any]) -> Any:
    """Return the browser of an administrator of everything."""
    return sign_in(make_administrator())


@pytest.fixture
def boss(db: Any, sign_in: Callable[[Any], Any]) -> Any:
    """Return the browser of an administrator of the desk."""
    return sign_in(make_person(Role.ADMINISTRATOR))


def at_desk(page: str) -> str:
    return f"/desk/admin/desks/{the_desk().id}/{page}"


def test_places_are_added_and_changed(db: Any, everything: Any) -> None:
    assert everything.send("/desk/admin/organisations/new", name="North", short_name="N").status_code == 303
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == "North")).one()
    path = f"/desk/admin/organisations/{organisation.id}"
    assert everything.send(path, name="North Herts", short_name="NH").status_code == 303
    added = everything.send(
        "/desk/admin/sites/new", organisation_id=organisation.id, name="Hall", address="High Street"
    )
    assert added.status_code == 303
    site = db.session.scalars(select(Site).where(Site.name == "Hall")).one()
    assert everything.send(f"/desk/admin/sites/{site.id}", name="Hall", address="").status_code == 303
    assert site.is_active is False
    assert "North Herts" in everything.get("/desk/admin/sites").text


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(db: Any, everything: Any) -> None:
    name = the_organisation().name
    answer = everything.send("/desk/admin/organisations/new", name=name, short_name="<b>x</b>")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
    assert len(db.session.scalars(select(Organisation)).all()) == 1


def test_a_desk_is_added_and_changed(db: Any, everything: Any) -> None:
    assert everything.send("/desk/admin/desks/new", name="Fleet", team_name="Garage").status_code == 303
    desk = db.session.scalars(select(Desk).where(Desk.name == "Fleet")).one()
    assert "until the desk has opening hours" in everything.get(f"/desk/admin/desks/{desk.id}").text
    changed = everything.send(
        f"/desk/admin/desks/{desk.id}/amend", name="Fleet", summary="Vans", phone="", mail="",
        organisation_id=the_organisation().id, first_team_id=desk.first_team_id, close_after_days="3",
        reopen_within_days="7",
    )  # fmt: skip
    assert changed.status_code == 303
    assert (desk.summary, desk.close_after_days, desk.organisation_id) == ("Vans", 3, the_organisation().id)


def test_a_person_is_added_found_given_a_role_and_made_inactive(db: Any, everything: Any) -> None:
    added = everything.send(
        "/desk/admin/people/new", name="Óscar Finch 🙂", mail="oscar@example.test",
        password="three plain words", organisation_id=the_organisation().id,
    )  # fmt: skip
    assert added.status_code == 303
    person = find_person_by_mail("oscar@example.test")
    assert person is not None
    assert "Óscar Finch 🙂" in everything.get("/desk/admin/people?q=finch+oscar@").text
    path = f"/desk/admin/people/{person.id}"
    given = everything.send(f"{path}/roles/new", role="agent", where=f"team-{the_team().id}")
    assert given.status_code == 303
    refused = everything.send(f"{path}/roles/new", role="agent", where="everything")
    assert refused.status_code == 422
    assert "Choose the team" in refused.text
    assert everything.send(f"{path}/deactivate").status_code == 303
    assert person.is_active is False
    assert everything.send(f"{path}/reactivate", page=path).status_code == 303
    assert everything.send(f"{path}/password", password="short").status_code == 422


def test_a_desk_administrator_sees_only_roles_at_their_desk(db: Any, boss: Any) -> None:
    auditor = make_administrator(name="Wren Hill")
    page = boss.get(f"/desk/admin/people/{auditor.id}")
    assert "No role here" in page.text
    assert "Make inactive" not in page.text
    where = boss.get(f"/desk/admin/people/{auditor.id}/roles/new").text
    assert 'value="everything"' not in where
    refused = boss.send(f"/desk/admin/people/{auditor.id}/roles/new", role="auditor", where="everything")
    assert refused.status_code == 422


def test_a_role_is_taken_away_from_the_list(db: Any, boss: Any) -> None:
    agent = make_agent()
    held = db.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == agent.id)).one()
    back = at_desk("roles")
    answer = boss.send(f"/desk/admin/roles/{held.id}/take", page=back, next=back)
    assert answer.headers["Location"] == back
    assert boss.send(f"/desk/admin/roles/{held.id}/take", page=back).status_code == 404


def test_ones_own_last_administrator_role_stays(db: Any, sign_in: Callable[[Any], Any]) -> None:
    boss = make_person(Role.ADMINISTRATOR)
    held = db.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == boss.id)).one()
    answer = sign_in(boss).send(f"/desk/admin/roles/{held.id}/take", page=at_desk("roles"))
    assert answer.status_code == 409
    assert "your own last administrator role" in answer.text


def test_a_group_is_routed_to_a_team(db: Any, everything: Any) -> None:
    support = make_team()
    assert everything.send("/desk/admin/groups/new", name="Members").status_code == 303
    group = db.session.scalars(select(PersonGroup)).one()
    path = f"/desk/admin/groups/{group.id}"
    sent = everything.send(path, name="Members", **{f"desk_{the_desk().id}": support.id})
    assert sent.status_code == 303
    assert db.session.get(GroupRoute, (group.id, the_desk().id)).team_id == support.id
    assert f'selected value="{support.id}"' in everything.get(path).text


def test_teams_and_categories_are_changed(db: Any, boss: Any) -> None:
    assert boss.send(at_desk("teams/new"), name="Field").status_code == 303
    assert "Field" in boss.get(at_desk("teams")).text
    refused = boss.send(f"/desk/admin/teams/{the_team().id}/amend", name="First")
    assert refused.status_code == 422
    assert boss.send(at_desk("categories/new"), name="Hardware").status_code == 303
    top = db.session.scalars(select(Category)).one()
    assert boss.send(at_desk("categories/new"), name="Laptop", parent_id=top.id).status_code == 303
    assert boss.send(f"/desk/admin/categories/{top.id}", name="Devices").status_code == 303
    assert "Devices / Laptop" in boss.get(at_desk("categories")).text
    tree = at_desk("categories")
    assert boss.send(f"/desk/admin/categories/{top.id}/retire", page=tree).status_code == 303
    assert boss.send(f"/desk/admin/categories/{top.id}/retire", page=tree).status_code == 409
    assert boss.send(f"/desk/admin/categories/{top.id}/restore", page=tree).status_code == 303


def test_the_matrix_is_changed(db: Any, boss: Any) -> None:
    cells = {f"cell_{impact}_{urgency}": "2" for impact in (1, 2, 3) for urgency in (1, 2, 3)}
    assert boss.send(at_desk("matrix"), **cells).status_code == 303
    assert set(whole_matrix(the_desk().id).values()) == {2}
    assert boss.send(at_desk("matrix"), **(cells | {"cell_1_1": "9"})).status_code == 422


def test_hours_are_set_and_overlaps_are_shown_beside_their_day(db: Any, boss: Any) -> None:
    revision = get_calendar(the_desk().id).revision
    sent = boss.send(at_desk("hours"), **WEEK, bank_holidays="scotland", version=revision)
    assert sent.status_code == 303
    assert hours_in_words(get_calendar(the_desk().id))["mon"] == WEEK["mon"]
    overlap = boss.send(
        at_desk("hours"), mon="08:00-12:00, 11:00-13:00", bank_holidays="", version=revision + 1
    )
    assert overlap.status_code == 422
    assert 'href="#mon"' in overlap.text
    assert "08:00-12:00, 11:00-13:00" in overlap.text
    stale = boss.send(at_desk("hours"), **WEEK, bank_holidays="", version=revision)
    assert stale.status_code == 409


def test_closures_are_added_shown_by_year_and_removed(db: Any, boss: Any) -> None:
    sent = boss.send(at_desk("closures"), first_day="2026-12-24", last_day="2026-12-29", name="Christmas")
    assert sent.status_code == 303
    year = boss.get(at_desk("closures?year=2026")).text
    assert "Thursday 24 December 2026" in year
    assert "Good Friday" in year
    assert "Good Friday" in boss.get(at_desk("closures?year=2026&format=csv")).text
    closure = get_calendar(the_desk().id).closures[0]
    path = at_desk(f"closures/{closure.id}/remove")
    assert boss.send(path, page=at_desk("closures")).status_code == 303
    assert boss.send(at_desk("closures"), first_day="31/12/26", name="X").status_code == 422


def test_the_service_level_is_set_and_half_a_step_refused(db: Any, boss: Any) -> None:
    empty = {f"{name}_{place}": "" for name in ("role", "after", "answer") for place in (1, 2, 3, 4)}
    ladder = empty | {"role_1": "team_lead", "after_1": "60", "answer_1": "15"}
    sent = boss.send(at_desk("service-level"), target_minutes="120", pauses_on="supplier", **ladder)
    assert sent.status_code == 303
    policy = find_policy(the_desk().id)
    assert (policy.target_seconds, policy.pauses_on, len(policy.rungs)) == (7200, ["supplier"], 1)
    half = boss.send(at_desk("service-level"), target_minutes="120", **(empty | {"after_1": "60"}))
    assert half.status_code == 422
    assert "whom step 1 tells" in half.text


def test_every_list_can_be_taken_away(db: Any, everything: Any) -> None:
    make_category(name="=HYPERLINK()")
    for page in ("organisations", "sites", "desks", "groups", "people", "audit", "mails", "failed-mails"):
        answer = everything.get(f"/desk/admin/{page}?format=csv")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert answer.text.startswith("\ufeff")
    for page in ("teams", "roles", "categories", "closures"):
        assert everything.get(at_desk(f"{page}?format=csv")).text.startswith("\ufeff")
    assert "'=HYPERLINK()" in everything.get(at_desk("categories?format=csv")).text


def test_people_are_paged_by_name_there_and_back(db: Any, everything: Any) -> None:
    db.session.add_all(
        Person(
            name=f"Zoe {number:03d}", mail=f"zoe{number}@example.test", search_text=f"zoe {number:03d}",
            organisation_id=the_organisation().id,
        )
        for number in range(60)
    )  # fmt: skip
    first = everything.get("/desk/admin/people?q=zoe").text
    assert "Zoe 049" in first
    assert "Zoe 050" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = everything.get(older).text
    assert "Zoe 050" in second
    assert "Zoe 049" not in second
    newer = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Zoe 000" in everything.get(newer).text
    assert everything.get("/desk/admin/people?after=nonsense").status_code == 422
