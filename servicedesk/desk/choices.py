"""The choices that the desk's forms offer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from servicedesk.core.permissions import Permission
from servicedesk.directory.models import Desk, Team
from servicedesk.directory.queries import list_desks, list_sites
from servicedesk.incidents.priority import LEVEL_WORDS, PRIORITY_WORDS
from servicedesk.records.queries import list_categories
from servicedesk.web.access import current_actor
from servicedesk.web.choices import choice


def as_id(value: object) -> int | None:
    """Read the id that a choice carries; the empty choice is None."""
    return int(str(value)) if value not in (None, "", "None") else None


def offered(words: Mapping[Any, str], blank: str | None = None) -> list[Any]:
    """Return choices from a table of words, maybe with an empty one first."""
    first = [] if blank is None else [choice("", blank)]
    return first + [choice(value, label) for value, label in words.items()]


def levels() -> list[Any]:
    """Return the levels of impact and urgency."""
    return offered({level: f"{level} {words.lower()}" for level, words in LEVEL_WORDS.items()})


def priorities(blank: str) -> list[Any]:
    """Return the priorities."""
    return offered(PRIORITY_WORDS, blank)


def desks_with(permission: Permission) -> Sequence[Desk]:
    """Return the desks at which the actor holds a right."""
    return list_desks(current_actor().desks_with(permission))


def categories_of(desk_ids: Iterable[int], names: Mapping[int, str], blank: str) -> list[Any]:
    """Return the categories of desks, by desk where there are several."""
    ids = list(desk_ids)
    found = [(category, names.get(desk_id)) for desk_id in ids for category in list_categories(desk_id)]
    return [choice("", blank)] + [
        choice(category.id, category.path, group=group if len(ids) > 1 else None) for category, group in found
    ]


def teams(blank: str, found: Sequence[Team], names: Mapping[int, str]) -> list[Any]:
    """Return teams, grouped by the desks that are named."""
    return [choice("", blank)] + [choice(team.id, team.name, group=names.get(team.desk_id)) for team in found]


def sites(blank: str) -> list[Any]:
    """Return the sites by organisation."""
    return [choice("", blank)] + [
        choice(site.id, site.name, group=site.organisation.name) for site in list_sites()
    ]
