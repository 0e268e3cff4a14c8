"""Another desk's incidents come in whole: their past, their counters and their oddities, and only once."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from servicedesk.core.db import db as database
from servicedesk.core.import_files import FileError
from servicedesk.core.mapping import MappingError
from servicedesk.core.timers import Timer
from servicedesk.directory.models import Person, Team
from servicedesk.incidents.import_mapping import explain_mapping
from servicedesk.notifications.models import Notice
from servicedesk.records.timeline import timeline_of
from servicedesk.service_levels.models import Clock, Escalation
from tests.factories import make_category, make_desk, make_person, make_team, the_organisation
from tests.incidents.made_up_export import HEADER, LIFE, Import, kinds_of, row, the_incident


@pytest.fixture
def desk(db: Any) -> Any:
    the_organisation()
    return make_desk(name="ICT", slug="ict")


@pytest.fixture
def old(desk: Any, tmp_path: Path) -> Import:
    return Import(tmp_path)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def test_an_incident_comes_in_as_it_ended(old):
    assert old.rows(*LIFE).exit_status == 0
    incident = the_incident()
    assert (incident.state, incident.is_open, incident.number[:4]) == ("closed", False, "INC-")
    assert (incident.title, incident.resolution) == ("Mail – Outlook", "Done in Mail.")
    assert (incident.opened_at, incident.resolved_at, incident.closed_at) == (
        utc(1, 8),
        utc(1, 11),
        utc(5, 11),
    )
    assert (incident.impact, incident.urgency, incident.priority, incident.priority_reason) == (1, 2, 2, None)
    assert (incident.category.path, incident.team.name) == ("Mail / Outlook", "Post")
    assert (incident.requester.name, incident.assignee.name) == ("Caller 1", "Agent 1")
    assert (incident.transfer_count, incident.reopen_count, incident.flags) == (1, 0, [])


def test_the_whole_past_is_told_at_its_own_times(old):
    old.rows(*LIFE)
    assert kinds_of(the_incident()) == [
        "incident.logged", "incident.started", "incident.transferred", "incident.assigned", "incident.held",
        "incident.prioritised", "incident.resumed", "incident.resolved", "incident.closed",
        "incident.imported",
    ]  # fmt: skip
    told = [(entry.at, entry.author, entry.text) for entry in timeline_of(the_incident(), internal=True)]
    assert (utc(1, 9), "Agent 1", "put it on hold: waiting for the requester") in told
    assert (utc(1, 8, 10), "Agent 1", "passed it to Post") in told
    assert (utc(1, 10), "Caller 1", "resumed it") in told


def test_the_clock_follows_from_the_past_and_nobody_is_told(old, queued):
    old.rows(*LIFE)
    clock = database.session.get(Clock, the_incident().id)
    assert (clock.state, clock.verdict, clock.counted_seconds) == ("stopped", "met", 2 * 3600)
    assert the_incident().due_at == clock.due_at
    for entity in (Notice, Escalation, Timer):
        assert database.session.scalar(select(func.count()).select_from(entity)) == 0
    assert queued("mail") == []


def test_people_who_are_made_cannot_sign_in_nor_get_mail(old):
    old.rows(*LIFE)
    person = the_incident().requester
    assert (person.mail, person.is_active, person.password_hash) == ("caller-1@import.invalid", False, None)
    names = [name for (name,) in database.session.execute(select(Person.name))]
    assert sorted(names) == ["Agent 1", "Caller 1"]


def test_what_the_desk_has_is_found_rather_than_made(old, desk):
    team, category = make_team(desk, name="Post"), make_category(desk, name="Mail")
    by_mail, by_name = make_person(mail="Ann@example.test"), make_person(name="Bob Under")
    ids = (by_mail.id, by_name.id, team.id, category.id)
    old.change_mapping("desk: ict", "desk: ICT\npeople:\n  found_by: name")
    old.rows(row("A1", caller="ann@EXAMPLE.test", agent="bob under", group="post"))
    incident = the_incident()
    assert (incident.requester_id, incident.assignee_id, incident.team_id) == ids[:3]
    assert incident.category.parent_id == ids[3]
    assert database.session.scalar(select(func.count()).select_from(Team).where(Team.name == "Post")) == 1


def test_names_that_only_look_alike_stay_apart(old):
    old.rows(
        row("A1", caller="Zoë"), row("A2", caller="Zo"), row("A3", caller="山田"), row("A4", caller="🧯")
    )
    assert len({the_incident(number).requester_id for number in ("A1", "A2", "A3", "A4")}) == 4


def test_a_second_run_imports_nothing_twice(old):
    first, second = old.rows(*LIFE, row("A2")), old.run()
    assert (first.imported, second.imported, second.known, second.exit_status) == (2, 0, 2, 0)
    assert len(kinds_of(the_incident())) == 10


def test_one_bad_row_refuses_its_incident_whole_and_no_other(old):
    outcome = old.rows(*LIFE[:2], LIFE[2].replace("1/6/2026 10:00", "31/6/2026 10:00"), *LIFE[3:], row("A2"))
    assert (outcome.imported, outcome.rejected, outcome.exit_status) == (1, 1, 1)
    rejected = old.rejected()
    assert [line["rejected_line"] for line in rejected] == ["2", "3", "4", "5", "6", "7"]
    assert rejected[2]["rejected_because"] == (
        "“31/6/2026 10:00” in the column updated is no time as the mapping's dates have it"
    )
    assert rejected[0]["rejected_because"].startswith("line 4, which belongs to it, was refused: ")
    assert rejected[0]["caller"] == "Caller 1"


@pytest.mark.parametrize(
    ("bad", "because"),
    [
        (row("A1", impact="high"), "the impact “high” is not in the mapping's impacts"),
        (row("A1", opened="?", updated="?"), "it does not say when it was changed"),
        (row("A1", opened="?"), "it does not say when it was opened"),
        (row("A1", moves="many"), "“many” in the column moves is no count"),
        (row("A1", moves="-1"), "“-1” in the column moves is no count"),
        (row(""), "it has no number"),
        ("A1,New", "it has 2 values, but the header has 15"),
        (row("A1") + ",one more", "it has 16 values, but the header has 15; too many: one more"),
        (
            row("A1", closed="1/1/9999 99:00"),
            "“1/1/9999 99:00” in the column closed is no time as the mapping's dates have it",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(old, bad, because):
    assert old.rows(bad, row("B1")).exit_status == 1
    assert [line["rejected_because"] for line in old.rejected()] == [because]


def test_all_rejected_is_nothing_done(old):
    assert old.rows(row("A1", impact="x")).exit_status == 2
    assert old.rows().exit_status == 2


def test_the_file_of_rejected_rows_can_be_mended_and_imported(old):
    old.rows(row("A1", caller="=SUM(A1)", impact="x"), row("A2"))
    rejects = old.folder / "old.csv.rejected.csv"
    assert "'=SUM(A1)" in rejects.read_text(encoding="utf-8-sig")
    rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace(",x,", ",1,", 1))
    assert old.run(rejects).exit_status == 0
    assert (the_incident().requester.name, the_incident().impact) == ("=SUM(A1)", 1)


def test_a_run_without_rejects_removes_those_of_the_last(old):
    old.rows(row("A1", impact="x"), row("A2"))
    old.rows(row("A1"), row("A2"))
    assert not (old.folder / "old.csv.rejected.csv").exists()


def test_rows_of_one_incident_that_are_apart_are_refused_not_lost(old):
    outcome = old.rows(LIFE[0], row("A2"), *LIFE[1:])
    assert (outcome.imported, outcome.rejected) == (2, 1)
    assert "number A1 came before, on line 2, and not right above" in old.rejected()[0]["rejected_because"]


def test_a_scattered_file_is_put_together_when_the_mapping_says_so(old):
    old.change_mapping("desk: ict", "desk: ict\nrows_of_one_number: scattered\norder: updated_at")
    outcome = old.rows(LIFE[5], row("A2"), LIFE[3], LIFE[4], LIFE[0], LIFE[2], LIFE[1])
    assert (outcome.imported, outcome.rejected) == (2, 0)
    assert kinds_of(the_incident())[-3:] == ["incident.resolved", "incident.closed", "incident.imported"]
    assert the_incident().transfer_count == 1


def test_gzip_is_read_whatever_the_name(old):
    old.file.write_bytes(gzip.compress("\n".join([HEADER, *LIFE]).encode()))
    assert old.run().imported == 1


def test_a_file_that_breaks_off_is_imported_up_to_there(old):
    packed = gzip.compress(
        "\n".join(
            [HEADER, *(row(f"A{number}", caller=os.urandom(40).hex()) for number in range(3000))]
        ).encode()
    )
    old.file.write_bytes(packed[: len(packed) // 2])
    outcome = old.run()
    assert outcome.exit_status == 1
    assert "breaks off after line" in outcome.broken
    assert 0 < outcome.imported < 3000


@pytest.mark.parametrize(
    ("content", "because"),
    [(b"", "is empty"), (b"\n\n", "is empty"), (b"a,b,a\n1,2,3\n", "two columns of the same name")],
)  # fmt: skip
def test_a_file_without_a_proper_header_is_refused(old, content, because):
    old.file.write_bytes(content)
    with pytest.raises(FileError, match=because):
        old.run()


def test_other_encodings_are_read_and_wrong_ones_refuse_only_their_rows(old):
    old.file.write_bytes("\n".join([HEADER, row("A1"), row("A2", caller="Zoë")]).encode("cp1252"))
    assert old.run().exit_status == 1
    assert old.rejected()[0]["rejected_because"] == "it is not utf-8: name the file's encoding in the mapping"
    old.change_mapping("desk: ict", "desk: ict\nencoding: cp1252")
    assert old.run().imported == 1
    assert the_incident("A2").requester.name == "Zoë"


@pytest.mark.parametrize(
    "value",
    ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'); DROP TABLE record;--", "🧯 مرحبا", "{0}{x}"],
)
def test_text_stays_text(old, value):
    old.rows(row("A1", category=value, caller=value))
    assert the_incident().title == f"{value} – Outlook"
    assert the_incident().requester.name == value


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("29/3/2026 01:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: 02:30 in summer time
        ("25/10/2026 01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        ("25/10/2026 02:30", datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_times_in_the_hours_of_the_clock_change(old, local, instant):
    old.rows(row("A1", "New", opened=local, updated=local))
    assert the_incident().opened_at == instant


def test_rejects_keep_the_delimiter_and_are_read_whatever_the_encoding(old):
    old.change_mapping("desk: ict", "desk: ict\nencoding: cp1252\ndelimiter: tab")
    rows = [HEADER, row("A1", caller="Zoë", impact="x"), row("A2")]
    old.file.write_bytes("\n".join(rows).replace(",", "\t").encode("cp1252"))
    assert old.run().exit_status == 1
    rejects = old.folder / "old.csv.rejected.csv"
    rejects.write_text(rejects.read_text(encoding="utf-8").replace("\tx\t", "\t1\t"), encoding="utf-8")
    assert old.run(rejects).exit_status == 0
    assert the_incident().requester.name == "Zoë"


def test_a_hold_comes_in_with_a_review_and_nobody_is_woken(old):
    old.rows(row("A1", "Vendor"))
    incident = the_incident()
    assert (incident.state, incident.hold_reason, incident.waiting_for) == (
        "on_hold",
        "supplier",
        "a supplier",
    )
    assert incident.review_at > incident.changed_at
    assert incident.is_open
    assert database.session.get(Clock, incident.id).state == "held"


@pytest.mark.parametrize("state", ["New", "Active", "Waiting", "Resolved", "Closed", "Dropped", "-100"])
def test_an_incident_may_end_in_any_state_even_without_times(old, state):
    assert old.rows(row("A1", state, resolved="?", closed="?")).exit_status == 0
    incident = the_incident()
    assert incident.is_open == (state in ("New", "Active", "Waiting", "-100"))
    assert (incident.closed_at is not None) == (state in ("Closed", "Dropped"))


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([row("A1", "New"), row("A1", "-100"), row("A1", "Active")], ["unknown-state"]),
        ([row("A1", "New"), row("A1", resolved="?")], ["no-resolved-time", "closed-without-resolution"]),
        ([row("A1", "Resolved"), row("A1"), row("A1", "Active")], ["reopened-after-close"]),
        ([row("A1", "New", moves="2"), row("A1", "Active", moves="1")], ["counter-went-down"]),
        ([row("A1", "New"), row("A1", "Active", updated="1/6/2026 09:59")], ["time-went-back"]),
        ([row("A1", "New", opened="1/6/2026 10:01")], ["changed-before-opening"]),
        ([row("A1", "New", category="?")], ["no-category"]),
    ],
)  # fmt: skip
def test_what_is_odd_comes_in_and_is_flagged(old, rows, flags):
    assert old.rows(*rows).exit_status == 0
    assert the_incident().flags == flags


def test_an_unknown_state_is_told_and_leaves_the_state_before(old):
    old.rows(row("A1", "Active"), row("A1", "-100"))
    assert the_incident().state == "in_progress"
    assert "gave it a state that the import does not know: “-100”" in [
        entry.text for entry in timeline_of(the_incident(), internal=True)
    ]


def test_no_change_goes_without_a_word(old):
    old.rows(row("A1", "New"), row("A1", "New", updated="1/6/2026 10:30"))
    assert "incident.edited" in kinds_of(the_incident())


def test_one_row_for_each_incident_is_made_into_its_steps(old):
    old.change_mapping("desk: ict", "desk: ict\nrows: incidents")
    old.rows(row("A1", closed="5/6/2026 10:00"))
    kinds = ["incident.logged", "incident.resolved", "incident.closed", "incident.imported"]
    assert kinds_of(the_incident()) == kinds
    assert database.session.get(Clock, the_incident().id).counted_seconds == 3600


@pytest.mark.parametrize(
    ("old_text", "new_text", "told"),
    [
        ("source: old-desk", "sauce: old-desk", "line 2, sauce: there is no such key. Did you mean source?"),
        ("  state: state", "  states: state", "columns.states: there is no such key. Did you mean"),
        ("  New: new", "  New: fresh", "line 24, states.New: “fresh” is no state. Use one of: new, "),
        ("on_hold supplier", "on_hold vendor", "states.Vendor: “on_hold vendor” is no state."),
        ("  updated_at: updated\n", "", "columns.updated_at: is missing: with a row for each change"),
        ("number: number", "number: nr", "line 7, columns.number: the file has no column “nr”. It has: n"),
        ("{item}", "{thing}", "title: the file has no column “thing”"),
        ("{item}", "{item", "title: its braces do not match"),
        ("desk: ict", "desk: ict\ntime_zone: Mars/Olympus", "there is no time zone: “Mars/Olympus”"),
        ("desk: ict", "desk: ict\nrows: many", "line 4, rows: must be one of changes, incidents."),
        ("desk: ict", "desk: ict\ndesk: print", "desk: is given a second time in line 4."),
        ("desk: ict", "desk: ict\npeople: {mail_domain: example.com}", "mail_domain: must end in .invalid"),
        ("desk: ict", "desk: ict\nimpacts: {High: 9}", "impacts.High: must be a number from 1 to 3"),
        ("states:", "states: [", "is not YAML"),
    ],
)  # fmt: skip
def test_a_bad_mapping_says_which_line_and_key_to_mend(old, old_text, new_text, told):
    old.change_mapping(old_text, new_text)
    with pytest.raises(MappingError) as refusal:
        old.rows(*LIFE)
    assert told in str(refusal.value)


def test_every_key_of_a_mapping_is_explained_with_an_example():
    explained = explain_mapping()
    assert "columns.opened_at" in explained
    assert "source: uci-498" in explained
    assert "in_progress, on_hold, resolved" in explained
