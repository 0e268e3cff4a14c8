"""Who may open which page of administration: by role, and never another desk's."""

from collections.abc import Callable
from typing import Any

import pytest

from servicedesk.core.permissions import Role
from tests.factories import (
    make_administrator,
    make_agent,
    make_category,
    make_desk,
    make_person,
    the_desk,
    the_team,
)

EVERYTHING = (
    "organisations", "organisations/new", "sites", "sites/new", "desks", "desks/new", "groups", "groups/new",
    "people/new", "mails", "failed-mails",
)  # fmt: skip
AT_A_DESK = ("", "/teams", "/teams/new", "/roles", "/categories", "/categories/new", "/matrix", "/hours",
             "/closures", "/service-level")  # fmt: skip


@pytest.mark.parametrize("page", EVERYTHING)
def test_what_concerns_everything_is_for_administrators_of_everything(
    db: Any, sign_in: Callable[[Any], Any], page: str
) -> None:
    assert sign_in(make_administrator()).get(f"/desk/admin/{page}").status_code == 200
    for person in (make_person(Role.ADMINISTRATOR), make_agent(), make_person(Role.AUDITOR), make_person()):
        assert sign_in(person).get(f"/desk/admin/{page}").status_code == 403


@pytest.mark.parametrize("page", AT_A_DESK)
def test_a_desks_pages_are_for_its_own_administrators(
    db: Any, sign_in: Callable[[Any], Any], page: str
) -> None:
    boss, other = sign_in(make_person(Role.ADMINISTRATOR)), make_desk()
    assert boss.get(f"/desk/admin/desks/{the_desk().id}{page}").status_code == 200
    assert boss.get(f"/desk/admin/desks/{other.id}{page}").status_code == 403
    assert boss.get(f"/desk/admin/desks/999999{page}").status_code == 404
    for person in (make_agent(), make_person(Role.SENIOR_OFFICER), make_person(Role.AUDITOR)):
        assert sign_in(person).get(f"/desk/admin/desks/{the_desk().id}{page}").status_code == 403


def test_foreign_teams_and_categories_are_closed(db: Any, sign_in: Callable[[Any], Any]) -> None:
    boss, other = sign_in(make_person(Role.ADMINISTRATOR)), make_desk()
    category = make_category(desk=other)
    for path in (
        f"teams/{other.first_team_id}",
        f"teams/{other.first_team_id}/amend",
        f"categories/{category.id}",
    ):
        assert boss.get(f"/desk/admin/{path}").status_code == 403
    assert boss.get(f"/desk/admin/teams/{the_team().id}").status_code == 200


def test_everybody_starts_from_what_they_may_do(db: Any, sign_in: Callable[[Any], Any]) -> None:
    other = make_desk(name="Fleet")
    everything = sign_in(make_administrator()).get("/desk/admin/").text
    assert "Fleet" in everything
    assert "Organisations" in everything
    at_desk = sign_in(make_person(Role.ADMINISTRATOR)).get("/desk/admin/").text
    assert the_desk().name in at_desk
    assert other.name not in at_desk
    assert "Organisations" not in at_desk
    auditor = sign_in(make_person(Role.AUDITOR)).get("/desk/admin/")
    assert auditor.status_code == 200
    assert "Audit trail" in auditor.text
    assert sign_in(make_agent()).get("/desk/admin/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: Any) -> None:
    answer = client.get("/desk/admin/people")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]
