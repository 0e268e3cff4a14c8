"""The keys of an incident mapping: what each means, for the reader of the file and for people."""

from servicedesk.core.mapping import Key, Shape
from servicedesk.incidents.operations import CHANNELS
from servicedesk.incidents.states import IncidentState
from servicedesk.service_levels.ledger import HoldReason

ONE_COLUMN = (
    "number", "state", "opened_at", "updated_at", "resolved_at", "closed_at", "requester", "reporter",
    "changed_by", "assignee", "team", "impact", "urgency", "priority", "channel", "location",
    "transfer_count", "reopen_count", "change_count",
)  # fmt: skip
LEVELS = {"impacts": 3, "urgencies": 3, "priorities": 4}
TEMPLATES = ("title", "description", "resolution")
TITLE = "How a mapping for `import incidents` is written: a YAML file with these keys.\n"


def _column(name: str, words: str, *, required: bool = False) -> Key:
    """Declare the key of one column."""
    return Key(f"columns.{name}", Shape.TEXT, words, required=required)


KEYS = (
    Key(
        "source", Shape.TEXT,
        "A short name for the other system. Numbers are unique within it: imported again under the "
        "same name, an incident is passed over.",
        required=True, example="source: old-desk",
    ),
    Key(
        "desk", Shape.TEXT,
        "The desk that takes the incidents over, by its name or its short name in addresses. Its "
        "opening hours and target give the clocks.",
        required=True, example="desk: ict",
    ),
    Key(
        "organisation", Shape.TEXT,
        "The organisation of people who are made, by name or short name. Without it: the desk's own, "
        "else the first there is.",
    ),
    Key(
        "rows", Shape.CHOICE,
        "Whether the file has a row for each change of an incident (the last one is how it ended) or "
        "one for each incident.",
        default="changes", choices=("changes", "incidents"),
    ),
    Key(
        "rows_of_one_number", Shape.CHOICE,
        "Whether the rows of one incident follow each other, or are scattered over the file; a "
        "scattered file is read into memory whole.",
        default="together", choices=("together", "scattered"),
    ),
    Key(
        "order", Shape.CHOICE,
        "In which order the changes of an incident happened: as they stand in the file, or by "
        "columns.updated_at.",
        default="file", choices=("file", "updated_at"),
    ),
    Key(
        "encoding", Shape.TEXT,
        "How the file's text is encoded, such as utf-8, cp1252 or utf-16.",
        default="utf-8",
    ),
    Key(
        "delimiter", Shape.TEXT,
        "What stands between two values; write tab for a tabulator.",
        default=",",
    ),
    Key(
        "unknown", Shape.TEXTS,
        "Values that mean “not known”, besides the empty one.",
        default=[], example='unknown: ["?", "n/a"]',
    ),
    Key(
        "dates", Shape.TEXTS,
        "How times are written, in Python's strptime letters; the first that fits is taken. A time "
        "with a zone of its own (%z) keeps it.",
        default=["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"], example='dates: "%d/%m/%Y %H:%M"',
    ),
    Key(
        "time_zone", Shape.TEXT,
        "The zone of times that name none. A time that comes twice as the clocks go back is taken as "
        "the first; one that is skipped as they go forward is taken an hour later.",
        default="Europe/London",
    ),
    _column(
        "number",
        "The column with the incident's number in the other system.",
        required=True,
    ),
    _column(
        "state",
        "The column with the state; `states` says what each means.",
        required=True,
    ),
    _column(
        "opened_at",
        "When it was opened.",
        required=True,
    ),
    _column(
        "updated_at",
        "When the row's change was made. Required with a row for each change.",
    ),
    _column(
        "resolved_at",
        "When it was resolved for good. Where unknown, the last row that resolved it tells.",
    ),
    _column(
        "closed_at",
        "When it was closed. Where unknown, the row that closed it tells.",
    ),
    _column(
        "requester",
        "For whom it was reported; `people` says how a person is found or made.",
    ),
    _column(
        "reporter",
        "Who reported or logged it, if not the requester.",
    ),
    _column(
        "changed_by",
        "Who made the row's change.",
    ),
    _column(
        "assignee",
        "Who works on it.",
    ),
    _column(
        "team",
        "The team that it is with, by name; one that the desk does not have is made.",
    ),
    Key(
        "columns.category", Shape.TEXTS,
        "The column of the category, or several from the top of the tree down; places that the desk's "
        "tree does not have are made.",
        example="category: [category, subcategory]",
    ),
    _column(
        "impact",
        "The impact; `impacts` gives its levels.",
    ),
    _column(
        "urgency",
        "The urgency; `urgencies` gives its levels.",
    ),
    _column(
        "priority",
        "The priority; `priorities` gives its levels. Without it, the desk's matrix tells. Where the "
        "two differ, the priority is kept as one that was set by hand.",
    ),
    _column(
        "channel",
        "How it came in; `channels` says what each means.",
    ),
    _column(
        "location",
        "Where it is, as text.",
    ),
    _column(
        "transfer_count",
        "How often it changed teams. Without it, the changes are counted.",
    ),
    _column(
        "reopen_count",
        "How often it was reopened. Without it, the changes are counted.",
    ),
    _column(
        "change_count",
        "A counter of changes; only looked at: where it goes down, the incident is flagged.",
    ),
    Key(
        "also_told", Shape.TABLE,
        "Further columns whose changes are told on the timeline, each with the name it is told by "
        "(“changed the supplier”).",
        default={}, example="also_told:\n  vendor: the supplier",
    ),
    Key(
        "title", Shape.TEXT,
        "The title, with {column} for the value of a column in the last row.",
        required=True, example='title: "{category} – {symptom}"',
    ),
    Key(
        "description", Shape.TEXT,
        "The description, likewise.",
        default="",
    ),
    Key(
        "resolution", Shape.TEXT,
        "How it was resolved, likewise; for incidents that were.",
        default="",
    ),
    Key(
        "states", Shape.TABLE,
        f"What each state means: {', '.join(IncidentState)}. A hold names its reason after it "
        f"({', '.join(HoldReason)}), else the requester is waited for. A state that is not in this "
        "table leaves the incident in the state that it had, is told on the timeline and flags the "
        "incident.",
        required=True, example="states:\n  Open: new\n  Pending vendor: on_hold supplier",
    ),
    Key(
        "impacts", Shape.TABLE,
        "What each impact means: 1 high, 2 medium, 3 low. Without this table, the first digit counts.",
        default={},
    ),
    Key(
        "urgencies", Shape.TABLE,
        "What each urgency means: 1 high, 2 medium, 3 low; likewise.",
        default={},
    ),
    Key(
        "priorities", Shape.TABLE,
        "What each priority means: 1 critical, 2 high, 3 moderate, 4 low; likewise.",
        default={},
    ),
    Key(
        "channels", Shape.TABLE,
        f"What each way of coming in means: {', '.join(CHANNELS)}. Others are taken as import.",
        default={},
    ),
    Key(
        "defaults.title", Shape.TEXT,
        "The title where the template leaves nothing.",
        default="Imported incident",
    ),
    Key(
        "defaults.impact", Shape.NUMBER,
        "The impact where it is not known.",
        default=2,
    ),
    Key(
        "defaults.urgency", Shape.NUMBER,
        "The urgency where it is not known.",
        default=2,
    ),
    Key(
        "defaults.requester", Shape.TEXT,
        "Whom an incident is for where that is not known; made as the others are.",
        default="Unknown requester",
    ),
    Key(
        "defaults.review_days", Shape.NUMBER,
        "In how many days from now an incident that is on hold is to be looked at.",
        default=7,
    ),
    Key(
        "people.found_by", Shape.CHOICE,
        "How somebody whom we have is found: by a value that is a mail address, or also by the whole "
        "name if exactly one active person has it. Everybody else is made, once: without a password "
        "and out of use, with a mail address in the domain below that can never receive anything.",
        default="mail", choices=("mail", "name"),
    ),
    Key(
        "people.mail_domain", Shape.TEXT,
        "The domain of those made-up addresses; it must end in .invalid.",
        default="import.invalid",
    ),
    Key(
        "made.teams", Shape.CHOICE,
        "Whether teams that are made can be given further work. Either way the imported incidents "
        "keep them.",
        default="in_use", choices=("in_use", "out_of_use"),
    ),
    Key(
        "made.categories", Shape.CHOICE,
        "Whether categories that are made can be chosen for further incidents.",
        default="in_use", choices=("in_use", "out_of_use"),
    ),
)  # fmt: skip
