"""What plain edits share: clean texts in, one audit event that names the changed fields out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from servicedesk.core.audit import Subject, write_audit_event
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Actor

LONGEST_LINE = 120


def amend(
    subject: Subject, kind: str, wanted: Mapping[str, Any], *, actor: Actor, now: datetime
) -> list[str]:
    """Set what differs and write which fields did; what is the same already leaves no trace."""
    changed = [name for name, value in wanted.items() if getattr(subject, name) != value]
    for name in changed:
        setattr(subject, name, wanted[name])
    if changed:
        write_audit_event(kind, subject=subject, actor=actor, at=now, fields=changed)
    return changed


def one_line(text: str, *, field: str, missing: str = "", longest: int = LONGEST_LINE) -> str:
    """Return a text on one line; raise RuleViolation if it is too long, or empty where `missing` says so."""
    plain = " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
    if missing and not plain:
        raise RuleViolation(**{field: missing})
    if len(plain) > longest:
        raise RuleViolation(**{field: f"Use at most {longest} characters; this has {len(plain)}."})
    return plain
