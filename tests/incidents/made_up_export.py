"""A small made-up export, and how to import it in a test's own transaction."""

import csv
from pathlib import Path

from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.audit_chain import verify_chain
from servicedesk.core.db import db as database
from servicedesk.core.import_files import ImportFile, Rejects
from servicedesk.core.importing import Outcome, import_file
from servicedesk.incidents.import_mapping import check_header, delimiter_of, read_incident_mapping
from servicedesk.incidents.importing import IncidentImporter, find_place
from servicedesk.incidents.models import Incident

HEADER = (
    "number,state,opened,updated,resolved,closed,caller,by,group,agent,category,item,impact,urgency,moves"
)
MAPPING = """
source: old-desk
desk: ict
unknown: "?"
dates: "%d/%m/%Y %H:%M"
columns:
  number: number
  state: state
  opened_at: opened
  updated_at: updated
  resolved_at: resolved
  closed_at: closed
  requester: caller
  changed_by: by
  team: group
  assignee: agent
  category: [category, item]
  impact: impact
  urgency: urgency
  change_count: moves
title: "{category} – {item}"
resolution: "Done in {category}."
states:
  New: new
  Active: in_progress
  Waiting: on_hold requester
  Vendor: on_hold supplier
  Resolved: resolved
  Closed: closed
  Dropped: cancelled
"""


def row(number: str, state: str = "Closed", **given: str) -> str:
    """Return one row; whatever is not given has a sensible value."""
    ended = state in ("Closed", "Resolved")
    values = {
        "number": number, "state": state, "opened": "1/6/2026 09:00", "updated": "1/6/2026 10:00",
        "resolved": "1/6/2026 10:00" if ended else "?",
        "closed": "1/6/2026 10:00" if state == "Closed" else "?", "caller": "Caller 1", "by": "Agent 1",
        "group": "Post", "agent": "?", "category": "Mail", "item": "Outlook",
        "impact": "2", "urgency": "2", "moves": "0",
    } | given  # fmt: skip
    return ",".join(values.values())


# As in many exports, every row tells already how it ended.
_ENDED = {"resolved": "1/6/2026 12:00", "closed": "5/6/2026 12:00"}

LIFE = [
    row("A1", "New", updated="1/6/2026 09:01", by="Agent 1", group="?", moves="0", **_ENDED),
    row("A1", "Active", updated="1/6/2026 09:10", agent="Agent 1", moves="1", **_ENDED),
    row("A1", "Waiting", updated="1/6/2026 10:00", agent="Agent 1", impact="1", moves="2", **_ENDED),
    row(
        "A1",
        "Active",
        updated="1/6/2026 11:00",
        by="Caller 1",
        agent="Agent 1",
        impact="1",
        moves="3",
        **_ENDED,
    ),
    row("A1", "Resolved", updated="1/6/2026 12:00", agent="Agent 1", impact="1", moves="4", **_ENDED),
    row("A1", "Closed", updated="5/6/2026 12:00", by="?", agent="Agent 1", impact="1", moves="5", **_ENDED),
]


class Import:
    """Imports small files in the test's own transaction."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "old.csv"
        self.mapping = folder / "mapping.yaml"
        self.mapping.write_text(MAPPING)

    def change_mapping(self, old: str, new: str) -> None:
        assert old in self.mapping.read_text()
        self.mapping.write_text(self.mapping.read_text().replace(old, new))

    def rows(self, *rows: str, header: str = HEADER) -> Outcome:
        self.file.write_text("\n".join([header, *rows]) + "\n")
        return self.run()

    def run(self, path: Path | None = None) -> Outcome:
        mapping = read_incident_mapping(self.mapping)
        delimiter = delimiter_of(mapping["delimiter"])
        name = path or self.file
        with (
            ImportFile(name, encoding=mapping["encoding"], delimiter=delimiter) as file,
            Rejects(file) as rejects,
        ):
            check_header(mapping, file.header)
            importer = IncidentImporter(mapping, file.header, find_place(mapping))
            outcome = import_file(file, rejects, importer, lambda _: None)
        assert list(verify_chain()) == []
        return outcome

    def rejected(self, path: Path | None = None) -> list[dict[str, str]]:
        name = f"{(path or self.file).name}.rejected.csv"
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as out:
            return list(csv.DictReader(out))


def the_incident(number: str = "A1") -> Incident:
    return database.session.scalars(select(Incident).where(Incident.external_number == number)).one()


def kinds_of(incident: Incident) -> list[str]:
    query = select(AuditEvent.kind).where(
        AuditEvent.subject_type == "record", AuditEvent.subject_id == incident.id
    )
    return list(database.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))
