"""The workflow of an incident."""

from enum import StrEnum

from servicedesk.core.permissions import Permission
from servicedesk.records.transitions import Transition


class IncidentState(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_S, _P = IncidentState, Permission
OPEN_STATES = frozenset({_S.NEW, _S.IN_PROGRESS, _S.ON_HOLD})

TRANSITIONS = {
    "start": Transition(
        frozenset({_S.NEW}), _S.IN_PROGRESS, _P.INCIDENT_START, "incident.started", "start work on {}"
    ),
    "hold": Transition(
        frozenset({_S.IN_PROGRESS, _S.ON_HOLD}), _S.ON_HOLD, _P.INCIDENT_HOLD, "incident.held",
        "put {} on hold",
    ),
    "resume": Transition(
        frozenset({_S.ON_HOLD}), _S.IN_PROGRESS, _P.INCIDENT_RESUME, "incident.resumed", "resume {}",
        follow=_P.INCIDENT_FOLLOW,
    ),
    "resolve": Transition(OPEN_STATES, _S.RESOLVED, _P.INCIDENT_RESOLVE, "incident.resolved", "resolve {}"),
    "close": Transition(
        frozenset({_S.RESOLVED}), _S.CLOSED, _P.INCIDENT_CLOSE, "incident.closed", "close {}",
        follow=_P.INCIDENT_FOLLOW,
    ),
    "reopen": Transition(
        frozenset({_S.RESOLVED, _S.CLOSED}), _S.IN_PROGRESS, _P.INCIDENT_REOPEN, "incident.reopened",
        "reopen {}", follow=_P.INCIDENT_FOLLOW,
    ),
    "cancel": Transition(
        OPEN_STATES, _S.CANCELLED, _P.INCIDENT_CANCEL, "incident.cancelled", "cancel {}",
        follow=_P.INCIDENT_FOLLOW,
    ),
}  # fmt: skip
