"""People, desks, teams and categories."""

from typing import Any

from servicedesk.api.blueprint import ApiBlueprint
from servicedesk.api.schemas.base import page_of
from servicedesk.api.schemas.directory import (
    CategoriesSchema,
    DesksSchema,
    OfDeskQuery,
    PeopleQuery,
    PeopleSchema,
    PersonSchema,
    TeamsSchema,
)
from servicedesk.core.paging import SortKey, fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.directory.models import Person
from servicedesk.directory.queries import get_person, list_desks, list_people, list_teams
from servicedesk.records.queries import list_categories
from servicedesk.web.access import requires

directory = ApiBlueprint("directory", "Who works here, and what a call may name: desks, teams, categories.")


@directory.get("/people")
@requires(Permission.DIRECTORY_READ)
@directory.query(PeopleQuery)
@directory.answers(200, PeopleSchema)
def find_people(wanted: dict[str, Any]) -> dict[str, Any]:
    """Find people."""
    query = list_people(wanted.get("q", ""))
    return page_of(
        fetch_page(query, [SortKey(Person.id, "id")], after=wanted.get("cursor", ""), size=wanted["limit"])
    )


@directory.get("/people/<id:person_id>")
@requires(Permission.DIRECTORY_READ)
@directory.answers(200, PersonSchema)
def read_person(person_id: int) -> Person:
    """Read a person."""
    return get_person(person_id)


@directory.get("/desks")
@requires(Permission.DIRECTORY_READ, Permission.INCIDENT_REPORT)
@directory.answers(200, DesksSchema)
def read_desks() -> dict[str, Any]:
    """List the desks."""
    return {"items": list_desks()}


@directory.get("/teams")
@requires(Permission.DIRECTORY_READ)
@directory.query(OfDeskQuery)
@directory.answers(200, TeamsSchema)
def read_teams(wanted: dict[str, Any]) -> dict[str, Any]:
    """List teams."""
    return {"items": list_teams(wanted.get("desk"))}


@directory.get("/categories")
@requires(Permission.DIRECTORY_READ, Permission.INCIDENT_REPORT)
@directory.query(OfDeskQuery)
@directory.answers(200, CategoriesSchema)
def read_categories(wanted: dict[str, Any]) -> dict[str, Any]:
    """List categories."""
    return {"items": list_categories(wanted.get("desk"))}
