"""The audit trail: every write leaves an event in its own transaction, chained by keyed hashes.

The chain has several lanes. A writer takes any lane that nobody holds (`SKIP LOCKED`) and appends to it
until its transaction ends, so writers do not queue for one another. Each event's hash covers the one
before it in the lane and is keyed, so a row can be neither altered, taken out nor put in without
`audit_chain.verify_chain` finding it; a cut tail is found through the anchors kept outside the database.
Events hold ids and codes, not the words of people: those stay where they can be erased.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import sleep
from typing import Any, Protocol

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from servicedesk.core.bulk import copy_rows
from servicedesk.core.clock import utcnow
from servicedesk.core.db import Model, db
from servicedesk.core.permissions import Actor
from servicedesk.core.signing import derive_key, key_name

LANES = 64
PURPOSE = "audit chain"
WAIT_SECONDS = 0.01
LONGEST_WAIT_TURNS = 1000


class AuditLane(Model):
    """One lane of the chain and where it ends; the row lock is the right to append."""

    __tablename__ = "audit_lane"

    lane: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(default=0)
    hash: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class AuditEvent(Model):
    """One thing that was done: to what, by whom, when it took effect and when it was recorded."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("lane", "position"),
        Index("ix_audit_event_subject", "subject_type", "subject_id", "at", "id"),
        Index("ix_audit_event_recorded_at", "recorded_at"),
        Index("ix_audit_event_kind", "kind", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lane: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    kind: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]]
    key_name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class AuditKind:
    """A kind of event: the keys its data may have, and how the timeline tells of it."""

    words: str
    keys: frozenset[str] = frozenset()


class Subject(Protocol):
    """Anything with a table and an id can be written about; AUDIT_TYPE names a table that several share."""

    __tablename__: str
    id: Any


def subject_type(subject: Subject) -> str:
    """Return under which name events about the subject are kept."""
    return getattr(subject, "AUDIT_TYPE", subject.__tablename__)


Subscriber = Callable[[AuditEvent, Any], None]

KINDS: dict[str, AuditKind] = {}
_subscribers: dict[str, list[Subscriber]] = {}


def declare_kinds(**kinds: tuple[str, str]) -> None:
    """Declare a package's kinds as entity__participle=(words, "key key …")."""
    for name, (words, keys) in kinds.items():
        KINDS[name.replace("__", ".").replace("_", "-")] = AuditKind(words, frozenset(keys.split()))


def subscribe(kind: str, subscriber: Subscriber) -> None:
    """Have a function called, in the same transaction, with each event of a kind and its subject."""
    if kind not in KINDS:
        raise LookupError(f"There is no audit kind {kind!r}.")
    listeners = _subscribers.setdefault(kind, [])
    if subscriber not in listeners:
        listeners.append(subscriber)


def write_audit_event(kind: str, *, subject: Subject, actor: Actor, at: datetime, **data: Any) -> AuditEvent:
    """Write one event, then tell those who subscribed to its kind."""
    values = event_values(kind, subject_type(subject), subject.id, actor.person_id, at, data)
    written = AuditEvent(**chain_events([values])[0])
    db.session.add(written)
    db.session.flush()
    for subscriber in _subscribers.get(kind, ()):
        subscriber(written, subject)
    return written


def write_audit_events(events: Sequence[dict[str, Any]]) -> None:
    """Write many events of the past in one go; nobody is told of them (imports)."""
    if events:
        copy_rows(AuditEvent, chain_events(events))


def event_values(
    kind: str, about: str, subject_id: int, actor_id: int | None, at: datetime, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an event's own columns; raise LookupError for a kind or a key that nobody declared."""
    undeclared = set(data) - KINDS[kind].keys
    if undeclared:
        raise LookupError(f"Audit kind {kind!r} does not declare {sorted(undeclared)}.")
    return {
        "kind": kind, "subject_type": about, "subject_id": subject_id, "actor_id": actor_id,
        "at": at, "recorded_at": utcnow(), "data": dict(data),
    }  # fmt: skip


def chain_events(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Append events to the lane that this transaction holds: give each its place and hash."""
    lane, key = _held_lane(), derive_key(PURPOSE)
    name, rows = key_name(key), []
    for values in events:
        lane.position += 1
        place = {"lane": lane.lane, "position": lane.position}
        lane.hash = event_hash(key, lane.hash, values | place)
        rows.append(values | place | {"key_name": name, "hash": lane.hash})
    return rows


def event_hash(key: bytes, previous: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the keyed hash over an event and the hash before it."""
    told = [
        values["lane"], values["position"], values["at"].timestamp(), values["recorded_at"].timestamp(),
        values["kind"], values["subject_type"], values["subject_id"], values["actor_id"],
        _as_kept(values["data"]),
    ]  # fmt: skip
    payload = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.digest(key, previous + payload.encode(), "sha256")


def _as_kept(value: Any) -> Any:
    """Return data as it comes back from the database, where 1e16, 1.0 and -0.0 are plain whole numbers."""
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {name: _as_kept(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_kept(item) for item in value]
    return value


def _held_lane() -> AuditLane:
    """Return the lane that this transaction appends to, taking a free one the first time."""
    held: AuditLane | None = db.session.info.get("audit_lane")
    if held is None:
        held = _take_lane()
        db.session.info["audit_lane"] = held
    return held


def _take_lane() -> AuditLane:
    """Lock any free lane; where others hold them all, wait for whichever is freed first.

    To stand in the queue of one lane could mean to wait for the longest of all transactions.
    """
    free = select(AuditLane).order_by(AuditLane.lane).limit(1).execution_options(populate_existing=True)
    for _ in range(LONGEST_WAIT_TURNS):
        lane = db.session.scalars(free.with_for_update(skip_locked=True)).first()
        if lane is not None:
            return lane
        sleep(WAIT_SECONDS)
    return db.session.scalars(free.with_for_update()).one()


@event.listens_for(Session, "after_transaction_end")
def _forget_lane(session: Session, transaction: Any) -> None:
    """Take a lane anew after a transaction; a savepoint that is rolled back frees its locks likewise."""
    if transaction.parent is None or transaction.nested:
        session.info.pop("audit_lane", None)
