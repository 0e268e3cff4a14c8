"""What the mapping of an incident import may say."""

import codecs
import string
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from servicedesk.core.mapping import Mapping, explain_keys, read_mapping
from servicedesk.incidents.import_keys import KEYS, LEVELS, ONE_COLUMN, TEMPLATES, TITLE
from servicedesk.incidents.operations import CHANNELS
from servicedesk.incidents.states import IncidentState
from servicedesk.service_levels.ledger import HoldReason

EXAMPLE = Path(__file__).parent / "mappings" / "uci_servicenow.yaml"


def explain_mapping() -> str:
    """Return what a mapping may hold, with a whole example."""
    return explain_keys(KEYS, TITLE, EXAMPLE.read_text(encoding="utf-8"))


def read_incident_mapping(path: Path) -> Mapping:
    """Read a mapping; raise MappingError naming everything that makes no sense for incidents."""
    mapping = read_mapping(path, KEYS)
    _check_tables(mapping)
    for name, words in _single_faults(mapping):
        mapping.complain(name, words)
    mapping.refuse_mistakes()
    return mapping


def check_header(mapping: Mapping, header: Sequence[str]) -> None:
    """Raise MappingError naming every column that the mapping has and the file has not."""
    for name, column in _columns_named(mapping):
        if column not in header:
            mapping.complain(name, f"the file has no column “{column}”. It has: {', '.join(header)}.")
    mapping.refuse_mistakes()


def template_columns(template: str) -> list[str]:
    """Return the columns that a template names; raise ValueError if its braces do not match."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]


def _columns_named(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield each key that names a column, with the column."""
    for name in (*(f"columns.{name}" for name in ONE_COLUMN), "columns.category", *TEMPLATES):
        value = mapping[name]
        columns = (
            template_columns(value) if name in TEMPLATES else value if isinstance(value, list) else [value]
        )
        yield from ((name, column) for column in columns if column is not None)
    yield from ((f"also_told.{column}", column) for column in mapping["also_told"])


def _check_tables(mapping: Mapping) -> None:
    """Note every entry of a table that names something we do not have."""
    for theirs, ours in (mapping["states"] or {}).items():
        state, _, reason = ours.partition(" ")
        holds = not reason or (state == IncidentState.ON_HOLD and reason in set(HoldReason))
        if state not in set(IncidentState) or not holds:
            known = f"{', '.join(IncidentState)}; with on_hold perhaps {', '.join(HoldReason)}"
            mapping.complain(f"states.{theirs}", f"“{ours}” is no state. Use one of: {known}.")
    for name, most in LEVELS.items():
        for theirs, ours in mapping[name].items():
            if ours not in {str(level) for level in range(1, most + 1)}:
                mapping.complain(f"{name}.{theirs}", f"must be a number from 1 to {most}, not “{ours}”.")
    for theirs, ours in mapping["channels"].items():
        if ours not in CHANNELS:
            mapping.complain(f"channels.{theirs}", f"“{ours}” is none. Use one of: {', '.join(CHANNELS)}.")


def _single_faults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield each key whose value makes no sense, and why."""
    if mapping["rows"] == "changes" and not mapping["columns.updated_at"]:
        yield (
            "columns.updated_at",
            "is missing: with a row for each change it tells when the change was made.",
        )
    for name in ("defaults.impact", "defaults.urgency"):
        if mapping[name] not in (1, 2, 3):
            yield name, "must be 1, 2 or 3."
    if not mapping["people.mail_domain"].endswith(".invalid"):
        yield "people.mail_domain", "must end in .invalid, so that no mail can ever leave for it."
    if len(delimiter_of(mapping["delimiter"])) != 1:
        yield "delimiter", "must be one character, or tab."
    yield from _unknown_names(mapping)


def _unknown_names(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield each key that names an encoding or zone that nobody knows, or a template that cannot be read."""
    known = {"encoding": codecs.lookup, "time_zone": ZoneInfo} | dict.fromkeys(TEMPLATES, template_columns)
    for name, look_up in known.items():
        try:
            look_up(mapping[name] or "")
        except (LookupError, ValueError, OSError):
            words = (
                "its braces do not match" if name in TEMPLATES else f"there is no {name.replace('_', ' ')}"
            )
            yield name, f"{words}: “{mapping[name]}”."


def delimiter_of(given: str) -> str:
    """Return the character itself."""
    return "\t" if given == "tab" else given
