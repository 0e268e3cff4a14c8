"""Prove the audit trail: walk every lane of the chain, and keep its heads outside the database."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from servicedesk.core.audit import LANES, PURPOSE, AuditEvent, AuditLane, event_hash
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.signing import derive_key, keys_by_name


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


def verify_chain(anchors: Sequence[Anchor] = ()) -> Iterator[Fault]:
    """Yield every fault found; reads the whole trail in the order of the chain."""
    keys = keys_by_name(PURPOSE)
    heads = {head.lane: head for head in db.session.scalars(select(AuditLane))}
    if set(heads) != set(range(LANES)):
        yield Fault(-1, 0, None, "the rows that hold the heads of the lanes are not all there")
    anchored = _anchored_places(anchors)
    for lane in sorted(set(heads) | {lane for lane, _ in anchored}):
        yield from _verify_lane(lane, heads.get(lane), keys, anchored)


def _verify_lane(
    lane: int, head: AuditLane | None, keys: dict[str, bytes], anchored: dict[tuple[int, int], str]
) -> Iterator[Fault]:
    """Walk one lane from its start to its head."""
    position, previous = 0, b""
    rows = select(AuditEvent).where(AuditEvent.lane == lane).order_by(AuditEvent.position)
    for row in db.session.scalars(rows.execution_options(yield_per=2000)):
        if row.position != position + 1:
            yield Fault(lane, position + 1, None, f"{row.position - position - 1} events were taken out")
        elif not hmac.compare_digest(_expected_hash(row, previous, keys), row.hash):
            yield Fault(lane, row.position, row.id, "the event was altered or put in by another hand")
        position, previous = row.position, row.hash
        if anchored.get((lane, position), previous.hex()) != previous.hex():
            yield Fault(lane, position, row.id, "the event differs from its anchor outside the database")
        db.session.expunge(row)
    if head is None or (head.position, head.hash) != (position, previous):
        yield Fault(
            lane, position, None, "the lane does not end where it should: its tail was cut or appended to"
        )
    for _, place in sorted(at for at in anchored if at[0] == lane and at[1] > position):
        yield Fault(lane, place, None, "the anchor knows of later events: the tail was cut")


def _expected_hash(row: AuditEvent, previous: bytes, keys: dict[str, bytes]) -> bytes:
    """Return the hash that the row should have; nothing matches under an unknown key."""
    key = keys.get(row.key_name)
    values = {column.key: getattr(row, column.key) for column in AuditEvent.__table__.columns}
    return event_hash(key, previous, values) if key else b""


def _anchored_places(anchors: Sequence[Anchor]) -> dict[tuple[int, int], str]:
    """Return what the anchors say of single events."""
    return {
        (lane, position): digest
        for anchor in anchors
        for lane, (position, digest) in anchor.heads.items()
        if position
    }


def anchor_file(var: Path) -> Path:
    """Return the file that holds the anchors, one JSON line for each."""
    return var / "audit" / "anchors.jsonl"


def write_anchor(var: Path) -> Anchor:
    """Append the present heads of the chain to the anchor file, signed, and return them."""
    lanes = db.session.scalars(select(AuditLane).order_by(AuditLane.lane))
    anchor = Anchor(utcnow(), {lane.lane: (lane.position, lane.hash.hex()) for lane in lanes})
    told = {"at": anchor.at.isoformat(), "heads": {str(lane): head for lane, head in anchor.heads.items()}}
    file = anchor_file(var)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as out:
        out.write(json.dumps(told | {"mac": _mac(told, derive_key("audit anchor"))}) + "\n")
    return anchor


def read_anchors(var: Path) -> list[Anchor]:
    """Return the anchors kept so far, oldest first; raise ValueError at one that was tampered with."""
    file = anchor_file(var)
    return [_read_anchor(line) for line in file.read_text().splitlines()] if file.exists() else []


def _read_anchor(line: str) -> Anchor:
    """Return one anchor, its signature checked."""
    told = json.loads(line)
    mac = told.pop("mac", "")
    if not any(hmac.compare_digest(_mac(told, key), mac) for key in keys_by_name("audit anchor").values()):
        raise ValueError(f"The audit anchor of {told.get('at')} was altered.")
    heads = {int(lane): (int(position), str(digest)) for lane, (position, digest) in told["heads"].items()}
    return Anchor(datetime.fromisoformat(told["at"]), heads)


def _mac(told: dict[str, Any], key: bytes) -> str:
    """Sign an anchor."""
    return hmac.digest(key, json.dumps(told, sort_keys=True).encode(), "sha256").hex()
