"""The audit trail holds: whatever is altered, taken out, put in or cut off is found, and nothing else."""

import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from servicedesk.cli.audit import _told
from servicedesk.core import audit
from servicedesk.core.audit import LANES, AuditEvent, event_values, write_audit_event, write_audit_events
from servicedesk.core.audit_chain import (
    Fault,
    anchor_file,
    count_events,
    examine_anchors,
    read_anchors,
    verify_chain,
    write_anchor,
)
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db as database
from servicedesk.core.permissions import SYSTEM
from servicedesk.core.signing import use_secrets
from servicedesk.settings import Settings
from tests.commands import run_command

SUBJECT = SimpleNamespace(__tablename__="desk", id=7)


@pytest.fixture
def empty_trail(db: Any) -> None:
    """Start from an empty trail, until the end of the test: those that really commit leave events behind."""
    execute("DELETE FROM notice")
    execute("DELETE FROM audit_event")
    execute("UPDATE audit_lane SET position = 0, hash = ''")
    db.session.commit()


def write(*fields: Any) -> AuditEvent:
    return write_audit_event("desk.amended", subject=SUBJECT, actor=SYSTEM, at=utcnow(), fields=list(fields))


def write_several(count: int = 5) -> list[AuditEvent]:
    return [write(f"field {number}") for number in range(count)]


def execute(statement: str, **values: Any) -> None:
    """Do something past the application, as somebody with the database's password could."""
    database.session.flush()
    database.session.execute(text(statement), values)
    database.session.expire_all()


def faults() -> list[Fault]:
    database.session.flush()
    return list(verify_chain())


@pytest.mark.usefixtures("empty_trail")
def test_an_untouched_trail_has_no_fault(db):
    write_several()
    write_audit_events([event_values("desk.created", "desk", 7, None, utcnow(), {}) for _ in range(3)])
    assert faults() == []
    assert count_events() == 8


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"fields\": [\"other\"]}'", "at = at + interval '1 microsecond'", "kind = 'desk.created'",
        "subject_id = 8", "subject_type = 'record'", "actor_id = 1", "recorded_at = now()",
        "hash = '\\x00'",
    ],
)  # fmt: skip
def test_an_altered_event_is_found(db, change):
    events = write_several()
    event_id, position = events[2].id, events[2].position
    execute(f"UPDATE audit_event SET {change} WHERE id = :id", id=event_id)
    first = faults()[0]
    assert (first.event_id, first.position, first.words) == (
        event_id, position, "the event was altered or put in by another hand",
    )  # fmt: skip


@pytest.mark.usefixtures("empty_trail")
def test_an_event_taken_out_of_the_middle_is_found_once(db):
    events = write_several()
    execute("DELETE FROM audit_event WHERE id = :id", id=events[2].id)
    assert [(fault.position, fault.words) for fault in faults()] == [(3, "one event was taken out")]


@pytest.mark.usefixtures("empty_trail")
def test_a_cut_tail_is_found(db):
    events = write_several()
    execute("DELETE FROM audit_event WHERE id = :id", id=events[4].id)
    assert [(fault.position, fault.words) for fault in faults()] == [
        (4, "the lane does not end here: its tail was cut, or appended to")
    ]


def test_an_appended_event_is_found(db):
    events = write_several()
    columns = "at, recorded_at, kind, subject_type, subject_id, data, key_name, hash"
    execute(
        f"INSERT INTO audit_event (lane, position, {columns}) "
        f"SELECT lane, position + 1, {columns} FROM audit_event WHERE id = :id",
        id=events[4].id,
    )
    assert "the event was altered or put in by another hand" in [fault.words for fault in faults()]


def test_an_event_in_a_lane_of_its_own_is_found(db):
    events = write_several()
    execute("UPDATE audit_event SET lane = 200 WHERE id = :id", id=events[4].id)
    found = {(fault.lane, fault.event_id) for fault in faults()}
    assert (200, events[4].id) in found


def test_a_lost_head_of_a_lane_is_found(db):
    write_several()
    execute("DELETE FROM audit_lane WHERE lane = 63")
    assert [(fault.lane, fault.words) for fault in faults()] == [(63, "this lane's head is gone")]


def cut_tail_and_restore_head(events: list[AuditEvent]) -> None:
    """Cut the last event off, and set the lane's head back so that the table alone looks whole."""
    lane, event_id, place, digest = events[4].lane, events[4].id, events[3].position, events[3].hash
    execute("DELETE FROM audit_event WHERE id = :id", id=event_id)
    execute(
        "UPDATE audit_lane SET position = :place, hash = :hash WHERE lane = :lane",
        place=place,
        hash=digest,
        lane=lane,
    )


@pytest.mark.usefixtures("empty_trail")
def test_a_tail_cut_with_the_head_restored_is_found_by_the_anchor(db, tmp_path):
    events = write_several()
    write_anchor(tmp_path)
    cut_tail_and_restore_head(events)
    assert faults() == []
    found = list(verify_chain(read_anchors(tmp_path)))
    assert [(fault.position, fault.words) for fault in found] == [
        (5, "an anchor knows of this event: the tail was cut")
    ]


def test_a_trail_written_anew_after_the_cut_differs_from_the_anchor(db, tmp_path):
    events = write_several()
    write_anchor(tmp_path)
    cut_tail_and_restore_head(events)
    database.session.info.pop("audit_lane")
    execute("UPDATE audit_lane SET position = position WHERE lane = :lane", lane=events[0].lane)
    write("instead")
    assert [fault.words for fault in verify_chain(read_anchors(tmp_path))] == [
        "the event differs from its anchor outside the database"
    ]


def test_anchors_of_a_trail_that_went_on_still_hold(db, tmp_path):
    for _ in range(3):
        write_several(2)
        write_anchor(tmp_path)
    write_several(2)
    assert len(read_anchors(tmp_path)) == 3
    assert list(verify_chain(read_anchors(tmp_path))) == []


def test_an_altered_anchor_is_found(db, tmp_path):
    write_several()
    write_anchor(tmp_path)
    file = anchor_file(tmp_path)
    told = json.loads(file.read_text())
    told["heads"] = {lane: [0, ""] for lane in told["heads"]}
    file.write_text(json.dumps(told) + "\n")
    with pytest.raises(ValueError, match="Line 1 .* was altered"):
        read_anchors(tmp_path)


def test_an_anchor_taken_out_is_found_and_the_others_still_count(db, tmp_path):
    for _ in range(3):
        write_several(1)
        write_anchor(tmp_path)
    file = anchor_file(tmp_path)
    lines = file.read_text().splitlines()
    file.write_text(f"{lines[0]}\n{lines[2]}\n")
    anchors, told = examine_anchors(tmp_path)
    assert len(anchors) == 2
    assert told == [f"Before line 2 of {file}, anchors were taken out."]


@pytest.mark.parametrize("garbage", ["{", "[]", "null", '{"mac": 1}', '{"heads": {}}', "\x00"])
def test_garbage_in_the_anchor_file_is_told_of(db, tmp_path, garbage):
    write_anchor(tmp_path)
    with anchor_file(tmp_path).open("a") as out:
        out.write(garbage + "\n")
    anchors, told = examine_anchors(tmp_path)
    assert len(anchors) == 1
    assert told == [f"Line 2 of {anchor_file(tmp_path)} was altered: it does not bear our signature."]


@pytest.fixture
def secrets(settings: Settings) -> Iterator[Callable[..., None]]:
    """Return how to change the installation's secrets; they are as before after the test."""
    yield lambda *keys: use_secrets(keys)
    use_secrets(settings.secret_keys)


@pytest.mark.usefixtures("empty_trail")
def test_events_and_anchors_hold_after_the_key_was_rotated(db, tmp_path, secrets):
    old, new = b"o" * 40, b"n" * 40
    secrets(old)
    write_several(2)
    write_anchor(tmp_path)
    secrets(new, old)
    write_several(2)
    write_anchor(tmp_path)
    assert list(verify_chain(read_anchors(tmp_path))) == []
    assert len({event.key_name for event in db.session.query(AuditEvent)}) == 2


@pytest.mark.usefixtures("empty_trail")
def test_a_key_that_was_thrown_away_is_told_from_an_altered_event(db, secrets):
    secrets(b"o" * 40)
    event = write_several(1)[0]
    secrets(b"n" * 40)
    assert [fault.words for fault in faults()] == [
        f"the event was signed with the key {event.key_name}, which SECRET_KEY_FILE does not hold"
    ]


@pytest.mark.parametrize(
    "value",
    [
        "naïve – “quoted”", "🧯👩🏽‍🚒", "مرحبا", "\u202eabc", "a\tb\nc\\\"", "", None, True,
        False, 0, -1, 2**70, 0.1, -0.0, 1.0, 1e16, 1e22, 1.5e300, 1e-7, 5e-324, 123456.789,
        [], {}, [[1.0, {"b": 1, "a": 2e20}], None],
        (1, 2), {"ü": {"z": 1, "é": -0.0}},
    ],
)  # fmt: skip
def test_all_kinds_of_data_come_back_as_they_were_hashed(db, value):
    write(value, value)
    write_audit_events([event_values("desk.amended", "desk", 7, None, utcnow(), {"fields": [value]})])
    db.session.expire_all()
    assert faults() == []


@pytest.mark.usefixtures("empty_trail")
def test_a_savepoint_rolled_back_leaves_the_chain_whole(db):
    write_several(2)
    savepoint = db.session.begin_nested()
    write_several(2)
    savepoint.rollback()
    write_several(2)
    assert faults() == []
    assert count_events() == 4


class Writer(threading.Thread):
    """Writes one event in a transaction of its own, holds it open until told, then rolls it back."""

    def __init__(self, app: Flask) -> None:
        super().__init__(daemon=True)
        self.app, self.lane = app, -1
        self.has_written, self.may_end = threading.Event(), threading.Event()

    def run(self) -> None:
        with self.app.app_context():
            try:
                self.lane = write("concurrently").lane
                self.has_written.set()
                self.may_end.wait(20)
            finally:
                database.session.rollback()


def test_writers_do_not_wait_for_one_another(app):
    writers = [Writer(app) for _ in range(4)]
    for writer in writers:
        writer.start()
    assert all(writer.has_written.wait(10) for writer in writers)
    assert len({writer.lane for writer in writers}) == 4
    for writer in writers:
        writer.may_end.set()
        writer.join(10)


def test_a_writer_waits_for_a_lane_only_while_all_are_taken(app, settings):
    engine = create_engine(settings.database_url)
    with engine.connect() as others:
        held = others.execute(text("SELECT lane FROM audit_lane FOR UPDATE")).all()
        writer = Writer(app)
        writer.start()
        assert len(held) == LANES
        assert not writer.has_written.wait(0.3)
        others.rollback()
        assert writer.has_written.wait(5)
    writer.may_end.set()
    writer.join(10)
    engine.dispose()


def test_a_verification_sees_no_fault_beside_a_writer_at_work(app):
    writer = Writer(app)
    writer.start()
    assert writer.has_written.wait(10)
    with app.app_context():
        found = list(verify_chain())
        database.session.rollback()
    writer.may_end.set()
    writer.join(10)
    assert found == []


def test_undeclared_kinds_and_keys_are_refused(db):
    with pytest.raises(LookupError, match="surprise"):
        write_audit_event("desk.amended", subject=SUBJECT, actor=SYSTEM, at=utcnow(), surprise=1)
    assert "desk.exploded" not in audit.KINDS
    with pytest.raises(LookupError):
        write_audit_event("desk.exploded", subject=SUBJECT, actor=SYSTEM, at=utcnow())


def test_a_fault_is_told_in_plain_words():
    assert _told(Fault(3, 1200, 77, "one event was taken out")) == (
        "Lane 3, position 1,200 (event 77): one event was taken out."
    )


@pytest.mark.processes
def test_the_commands_anchor_and_verify(app, settings):
    assert run_command(settings, "audit", "anchor")[1].startswith("Anchored ")
    status, said = run_command(settings, "audit", "verify")
    assert (status, said.startswith("No fault in ")) == (0, True)
    anchor_file(settings.var).write_text("{}\n")
    status, said = run_command(settings, "audit", "verify")
    anchor_file(settings.var).unlink()
    assert status == 1
    assert "was altered: it does not bear our signature" in said
