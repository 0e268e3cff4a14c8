"""Rights: what can be allowed, which role holds what, and who acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from servicedesk.core.errors import NotAllowed


class Permission(StrEnum):
    """Named practice:action; kept alphabetical. The values are the scopes of access tokens too."""

    ADMINISTRATION_DESK = "administration:desk"
    ADMINISTRATION_EVERYTHING = "administration:everything"
    AUDIT_READ = "audit:read"
    DIRECTORY_READ = "directory:read"
    ESCALATION_ACKNOWLEDGE = "escalation:acknowledge"
    ESCALATION_READ = "escalation:read"
    INCIDENT_AMEND = "incident:amend"
    INCIDENT_ASSIGN = "incident:assign"
    INCIDENT_CANCEL = "incident:cancel"
    INCIDENT_CLOSE = "incident:close"
    INCIDENT_COMMENT = "incident:comment"
    INCIDENT_FOLLOW = "incident:follow"
    INCIDENT_HOLD = "incident:hold"
    INCIDENT_LOG = "incident:log"
    INCIDENT_READ = "incident:read"
    INCIDENT_REOPEN = "incident:reopen"
    INCIDENT_REPORT = "incident:report"
    INCIDENT_RESOLVE = "incident:resolve"
    INCIDENT_RESUME = "incident:resume"
    INCIDENT_SHARE = "incident:share"
    INCIDENT_START = "incident:start"
    INCIDENT_TRANSFER = "incident:transfer"
    OUTAGE_PUBLISH = "outage:publish"
    PORTAL_USE = "portal:use"


class Role(StrEnum):
    """What somebody is to a team, a desk or everything; every active person is a requester."""

    REQUESTER = "requester"
    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    SENIOR_OFFICER = "senior_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_P = Permission
_REQUESTER = frozenset({_P.PORTAL_USE, _P.INCIDENT_REPORT, _P.INCIDENT_FOLLOW})
_READING = frozenset({_P.INCIDENT_READ, _P.ESCALATION_READ, _P.DIRECTORY_READ})
_AGENT = _READING | {
    _P.INCIDENT_AMEND, _P.INCIDENT_ASSIGN, _P.INCIDENT_CANCEL, _P.INCIDENT_CLOSE, _P.INCIDENT_COMMENT,
    _P.INCIDENT_HOLD, _P.INCIDENT_LOG, _P.INCIDENT_REOPEN, _P.INCIDENT_RESOLVE, _P.INCIDENT_RESUME,
    _P.INCIDENT_SHARE, _P.INCIDENT_START, _P.INCIDENT_TRANSFER, _P.OUTAGE_PUBLISH,
}  # fmt: skip
_SENIOR = _AGENT | {_P.ESCALATION_ACKNOWLEDGE}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.REQUESTER: _REQUESTER,
    Role.AGENT: _AGENT,
    Role.TEAM_LEAD: _SENIOR,
    Role.SENIOR_OFFICER: _SENIOR,
    Role.AUDITOR: _READING | {_P.AUDIT_READ},
    Role.ADMINISTRATOR: _SENIOR | {_P.ADMINISTRATION_DESK, _P.AUDIT_READ},
}
EVERYWHERE_ONLY = frozenset({_P.ADMINISTRATION_EVERYTHING})
# What a desk may do with a record that another desk has shared with it.
SHARED_PERMISSIONS = frozenset({_P.INCIDENT_READ, _P.INCIDENT_COMMENT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts now, and what they may do where; `scope` narrows it to an access token's scopes.

    Without a person it is the service desk itself: timers, imports and commands.
    """

    person_id: int | None
    name: str
    everywhere: frozenset[Permission] = frozenset()
    by_desk: Mapping[int, frozenset[Permission]] = field(default_factory=dict)
    team_ids: frozenset[int] = frozenset()
    led_team_ids: frozenset[int] = frozenset()
    scope: frozenset[Permission] | None = None

    def may(self, permission: Permission, desk_id: int | None = None) -> bool:
        """Return whether the right is held at that desk; without a desk, whether at any."""
        if self.scope is not None and permission not in self.scope:
            return False
        if permission in self.everywhere:
            return True
        if desk_id is None:
            return any(permission in held for held in self.by_desk.values())
        return permission in self.by_desk.get(desk_id, frozenset())

    def desks_with(self, permission: Permission) -> frozenset[int] | None:
        """Return the desks at which the right is held; None means every desk."""
        if self.scope is not None and permission not in self.scope:
            return frozenset()
        if permission in self.everywhere:
            return None
        return frozenset(desk_id for desk_id, held in self.by_desk.items() if permission in held)


SYSTEM = Actor(person_id=None, name="Service desk", everywhere=frozenset(Permission))


def require(actor: Actor, permission: Permission, desk_id: int | None = None) -> None:
    """Raise NotAllowed, naming the right, unless the actor holds it at that desk."""
    if not actor.may(permission, desk_id):
        where = " at this desk" if desk_id is not None and actor.may(permission) else ""
        raise NotAllowed(
            f"You do not have the right “{permission}”{where}. Ask an administrator if you need it."
        )
