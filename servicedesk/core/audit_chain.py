"""Prove the audit trail: walk every lane of the chain, and keep its heads outside the database."""

import fcntl
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from servicedesk.core.audit import LANES, PURPOSE, AuditEvent, AuditLane, event_hash
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.signing import derive_key, keys_by_name

ANCHOR_PURPOSE = "audit anchor"


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the trail does not hold; `event_id` is empty where a row is missing."""

    lane: int
    position: int
    event_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of all lanes at one moment: lane → (position, hash)."""

    at: datetime
    heads: dict[int, tuple[int, str]]


def verify_chain(
    anchors: Sequence[Anchor] = (), show: Callable[[int], None] | None = None
) -> Iterator[Fault]:
    """Yield every fault found; reads the whole trail in the order of the chain, beside those who write it.

    `show` is called now and then with the number of events that were looked at.
    """
    keys = keys_by_name(PURPOSE)
    yield from _verify_lanes()
    anchored, walked = _anchored_places(anchors), _Walk(show)
    for lane in range(LANES):
        yield from _verify_lane(lane, keys, anchored.get(lane, {}), walked)
    walked.tell()


@dataclass(slots=True)
class _Walk:
    """How far a verification has come."""

    show: Callable[[int], None] | None
    events: int = 0

    def step(self) -> None:
        """Count one event; tell of every ten thousandth."""
        self.events += 1
        if self.events % 10_000 == 0:
            self.tell()

    def tell(self) -> None:
        """Tell how far it has come."""
        if self.show is not None:
            self.show(self.events)


def count_events() -> int:
    """Return how many events the heads of the lanes say there are."""
    return int(db.session.scalar(select(func.sum(AuditLane.position))) or 0)


def _verify_lanes() -> Iterator[Fault]:
    """Yield a fault for each lane whose head is gone, and each event in a lane that there should not be."""
    heads = set(db.session.scalars(select(AuditLane.lane)))
    for lane in sorted(set(range(LANES)) ^ heads):
        words = "this lane's head is gone" if lane in range(LANES) else "there should be no such lane"
        yield Fault(lane, 0, None, words)
    strange = select(AuditEvent.lane, AuditEvent.position, AuditEvent.id)
    strange = strange.where((AuditEvent.lane < 0) | (AuditEvent.lane >= LANES))
    for lane, position, event_id in db.session.execute(strange):
        yield Fault(lane, position, event_id, "the event was put in by another hand, in a lane of its own")


def _verify_lane(
    lane: int, keys: Mapping[str, bytes], anchored: Mapping[int, str], walk: _Walk
) -> Iterator[Fault]:
    """Walk one lane from its start to its head."""
    position, previous, head = 0, b"", None
    for row in _rows_with_head(lane):
        head = (row.head_position, row.head_hash)
        if row.id is None:
            break
        walk.step()
        if words := _fault_of(row, position, previous, keys):
            is_gap = row.position > position + 1
            yield Fault(lane, position + 1 if is_gap else row.position, None if is_gap else row.id, words)
        position, previous = row.position, row.hash
        if anchored.get(position, previous.hex()) != previous.hex():
            yield Fault(lane, position, row.id, "the event differs from its anchor outside the database")
    if head is not None and head != (position, previous):
        yield Fault(lane, position, None, "the lane does not end here: its tail was cut, or appended to")
    for place in sorted(place for place in anchored if place > position):
        yield Fault(lane, place, None, "an anchor knows of this event: the tail was cut")


def _rows_with_head(lane: int) -> Iterator[Any]:
    """Yield a lane's events beside its head, all as of one moment; one row without an event if it has none.

    One statement sees one moment, so whoever writes meanwhile raises no false alarm. Rows, not entities:
    the mapper would take three times as long.
    """
    events = AuditEvent.__table__
    query = (
        select(AuditLane.position.label("head_position"), AuditLane.hash.label("head_hash"), *events.columns)
        .select_from(AuditLane)
        .outerjoin(AuditEvent, AuditEvent.lane == AuditLane.lane)
        .where(AuditLane.lane == lane)
        .order_by(AuditEvent.position)
    )
    yield from db.session.execute(query.execution_options(yield_per=5000))


def _fault_of(row: Any, position: int, previous: bytes, keys: Mapping[str, bytes]) -> str | None:
    """Return what is wrong with an event that follows a position, if anything is."""
    if row.position > position + 1:
        missing = row.position - position - 1
        return "one event was taken out" if missing == 1 else f"{missing:,} events were taken out"
    key = keys.get(row.key_name)
    if key is None:
        return f"the event was signed with the key {row.key_name}, which SECRET_KEY_FILE does not hold"
    if not hmac.compare_digest(event_hash(key, previous, row._mapping), row.hash):
        return "the event was altered or put in by another hand"
    return None


def _anchored_places(anchors: Sequence[Anchor]) -> dict[int, dict[int, str]]:
    """Return what the anchors say of single events, by lane and position."""
    places: dict[int, dict[int, str]] = {}
    for anchor in anchors:
        for lane, (position, digest) in anchor.heads.items():
            if position:
                places.setdefault(lane, {})[position] = digest
    return places


def anchor_file(var: Path) -> Path:
    """Return the file that holds the anchors, one JSON line for each."""
    return var / "audit" / "anchors.jsonl"


def write_anchor(var: Path) -> Anchor:
    """Append the present heads of the chain to the anchor file, signed, and return them.

    For a transaction that has written no audit event itself: a head that is rolled back would raise an alarm.
    """
    lanes = db.session.execute(
        select(AuditLane.lane, AuditLane.position, AuditLane.hash).order_by(AuditLane.lane)
    )
    anchor = Anchor(utcnow(), {lane: (position, digest.hex()) for lane, position, digest in lanes})
    file = anchor_file(var)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(target, "a+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.seek(0)
        lines = out.read().decode().splitlines()
        told = {
            "at": anchor.at.isoformat(),
            "heads": {str(lane): head for lane, head in anchor.heads.items()},
            "after": _mac_in(lines[-1]) if lines else "",
        }
        out.write(json.dumps(told | {"mac": _mac(told, derive_key(ANCHOR_PURPOSE))}).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return anchor


def read_anchors(var: Path) -> list[Anchor]:
    """Return the anchors kept so far, oldest first; raise ValueError at one that was tampered with."""
    anchors, faults = examine_anchors(var)
    if faults:
        raise ValueError(faults[0])
    return anchors


def examine_anchors(var: Path) -> tuple[list[Anchor], list[str]]:
    """Return the anchors that hold, and in words what is wrong with the file."""
    file, anchors, faults = anchor_file(var), list[Anchor](), list[str]()
    before = ""
    for number, line in enumerate(file.read_text().splitlines() if file.exists() else (), 1):
        try:
            anchor, after = _read_anchor(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(f"Line {number} of {file} was altered: it does not bear our signature.")
        else:
            anchors.append(anchor)
            if after != before:
                faults.append(f"Before line {number} of {file}, anchors were taken out.")
        before = _mac_in(line)
    return anchors, faults


def _read_anchor(line: str) -> tuple[Anchor, str]:
    """Return one anchor, its signature checked, and the signature of the one before it."""
    told = json.loads(line)
    mac = told.pop("mac")
    if not any(hmac.compare_digest(_mac(told, key), mac) for key in keys_by_name(ANCHOR_PURPOSE).values()):
        raise ValueError("not our signature")
    heads = {int(lane): (int(position), str(digest)) for lane, (position, digest) in told["heads"].items()}
    return Anchor(datetime.fromisoformat(told["at"]), heads), told["after"]


def _mac_in(line: str) -> str:
    """Return the signature at the end of a line, whatever else it holds."""
    return line.rpartition('"mac": "')[2].removesuffix('"}')


def _mac(told: dict[str, Any], key: bytes) -> str:
    """Sign an anchor."""
    return hmac.digest(key, json.dumps(told, sort_keys=True).encode(), "sha256").hex()
