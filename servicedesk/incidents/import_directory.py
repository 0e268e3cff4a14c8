"""Whom and what the names in an export stand for: found at this desk, or made."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from servicedesk.core.audit import event_values, write_audit_events
from servicedesk.core.bulk import copy_rows, draw_ids
from servicedesk.core.db import Model, db
from servicedesk.core.mapping import Mapping as MappingFile
from servicedesk.directory.models import Person, Team
from servicedesk.directory.queries import searchable
from servicedesk.incidents.import_rows import CATEGORY_JOINT
from servicedesk.records.models import Category

MADE_UP = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ImportDirectory:
    """The people, teams and categories of one import, each found or made once."""

    def __init__(self, mapping: MappingFile, desk_id: int, organisation_id: int) -> None:
        self.people: dict[str, int] = {}
        self.teams: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.homes: dict[int, tuple[int, int | None]] = {}
        self._mapping, self._desk_id, self._organisation_id = mapping, desk_id, organisation_id

    def learn(self, people: set[str], teams: set[str], categories: set[str], now: datetime) -> None:
        """Find or make everybody and everything that is not known yet."""
        self._learn_people(sorted(people - set(self.people)), now)
        self._learn_teams(sorted(teams - set(self.teams)), now)
        self._learn_categories(sorted(categories - set(self.categories)), now)

    def _learn_people(self, names: list[str], now: datetime) -> None:
        """Find people by their mail, made up or real, and perhaps by name; make the others."""
        mails = {name: self._mail(name) for name in names}
        by_mail = self._people_by(func.lower(Person.mail), {mail.lower() for mail in mails.values()})
        by_name = self._people_by(func.lower(Person.name), self._searched_names(names), Person.is_active)
        found = {name: by_mail.get(mails[name].lower()) or by_name.get(name.lower()) for name in names}
        self.people |= {name: person_id for name, person_id in found.items() if person_id}
        self._make_people({mails[name].lower(): name for name in names if not found[name]}, mails, now)

    def _searched_names(self, names: list[str]) -> set[str]:
        """Return the names by which people are to be found."""
        return {name.lower() for name in names} if self._mapping["people.found_by"] == "name" else set()

    def _people_by(self, column: Any, wanted: set[str], *conditions: Any) -> dict[str, int]:
        """Return who alone has each of the values, and remember where they belong."""
        if not wanted:
            return {}
        query = select(column, Person.id, Person.organisation_id, Person.site_id).where(
            column.in_(wanted), *conditions
        )
        rows = db.session.execute(query).all()
        self.homes |= {
            person_id: (organisation_id, site_id) for _, person_id, organisation_id, site_id in rows
        }
        values = [value for value, *_ in rows]
        return {value: person_id for value, person_id, *_ in rows if values.count(value) == 1}

    def _make_people(self, by_mail: dict[str, str], mails: dict[str, str], now: datetime) -> None:
        """Make people who cannot sign in, are out of use and have an address that receives nothing."""
        made = [
            {
                "name": name, "mail": mails[name], "search_text": searchable(name, mails[name], ""),
                "organisation_id": self._organisation_id, "is_active": False,
            }
            for name in by_mail.values()
        ]  # fmt: skip
        ids = _make(Person, "person", made, now)
        self.homes |= dict.fromkeys(ids, (self._organisation_id, None))
        found = dict(zip(by_mail, ids, strict=True))
        self.people |= {name: found[mail.lower()] for name, mail in mails.items() if mail.lower() in found}

    def _mail(self, name: str) -> str:
        """Return the mail address that somebody is known by: the name itself, or one made of it."""
        if "@" in name and " " not in name:
            return name
        plain = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
        if plain != name.lower().replace(" ", "-"):
            # Two names may look the same without their accents and signs.
            plain = f"{plain[:40]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}".lstrip("-")
        return f"{plain}@{self._mapping['people.mail_domain']}"

    def _learn_teams(self, names: list[str], now: datetime) -> None:
        """Find the desk's teams by name; make the others."""
        if not names:
            return
        rows = db.session.execute(select(Team.name, Team.id).where(Team.desk_id == self._desk_id)).all()
        known = {name.lower(): team_id for name, team_id in rows}
        new = {name.lower(): name for name in names if name.lower() not in known}
        in_use = self._mapping["made.teams"] == "in_use"
        made = [{"desk_id": self._desk_id, "name": name, "is_active": in_use} for name in new.values()]
        known |= zip(new, _make(Team, "team", made, now), strict=True)
        self.teams |= {name: known[name.lower()] for name in names}

    def _learn_categories(self, paths: list[str], now: datetime) -> None:
        """Find the desk's categories by their whole way; make the others from the top of the tree down."""
        if not paths:
            return
        query = select(Category.path, Category.id).where(Category.desk_id == self._desk_id)
        known: dict[str, int] = {row.path: row.id for row in db.session.execute(query)}
        in_use = self._mapping["made.categories"] == "in_use"
        for depth in range(1, 1 + max(path.count(CATEGORY_JOINT) + 1 for path in paths)):
            new = sorted({_upper(path, depth) for path in paths} - set(known))
            made = [
                {
                    "desk_id": self._desk_id, "parent_id": known.get(_upper(path, depth - 1)), "path": path,
                    "name": path.rpartition(CATEGORY_JOINT)[2], "is_active": in_use,
                }
                for path in new
            ]  # fmt: skip
            known |= zip(new, _make(Category, "category", made, now), strict=True)
        self.categories |= {path: known[path] for path in paths}


def _upper(path: str, depth: int) -> str:
    """Return so many steps of a way, from the top."""
    return CATEGORY_JOINT.join(path.split(CATEGORY_JOINT)[:depth])


def _make(entity: type[Model], what: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> list[int]:
    """Write rows, with an audit event for each, and return their ids."""
    rows = list(rows)
    ids = draw_ids(entity, len(rows)) if rows else []
    copy_rows(entity, [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)])
    write_audit_events([event_values(f"{what}.created", what, row_id, None, now, {}) for row_id in ids])
    return ids
