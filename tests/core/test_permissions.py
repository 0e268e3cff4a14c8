"""What an actor may do, where, and through which token."""

import pytest

from servicedesk.core.errors import NotAllowed
from servicedesk.core.permissions import SYSTEM, Actor, Permission, require

HERE, THERE = 1, 2
READ, RESOLVE, USE = Permission.INCIDENT_READ, Permission.INCIDENT_RESOLVE, Permission.PORTAL_USE


@pytest.fixture
def agent() -> Actor:
    """Return somebody who reads and resolves at one desk and only reads at another."""
    held = {HERE: frozenset({READ, RESOLVE}), THERE: frozenset({READ})}
    return Actor(7, "Sam", everywhere=frozenset({USE}), by_desk=held)


def test_a_right_counts_at_the_desks_where_it_is_held(agent: Actor) -> None:
    assert agent.may(RESOLVE, HERE)
    assert not agent.may(RESOLVE, THERE)
    assert not agent.may(RESOLVE, 3)
    assert agent.may(RESOLVE)
    assert agent.desks_with(RESOLVE) == {HERE}
    assert agent.desks_with(READ) == {HERE, THERE}


def test_a_right_held_everywhere_counts_at_every_desk(agent: Actor) -> None:
    assert agent.may(USE, HERE)
    assert agent.may(USE, 3)
    assert agent.desks_with(USE) is None


def test_a_token_narrows_rights_and_gives_none(agent: Actor) -> None:
    narrowed = Actor(
        7, "Sam", agent.everywhere, agent.by_desk, scope=frozenset({READ, Permission.AUDIT_READ})
    )
    assert narrowed.may(READ, HERE)
    assert not narrowed.may(RESOLVE, HERE)
    assert not narrowed.may(USE)
    assert not narrowed.may(Permission.AUDIT_READ)
    assert narrowed.desks_with(RESOLVE) == frozenset()
    assert narrowed.desks_with(USE) == frozenset()


def test_a_refusal_names_the_right_and_says_whether_it_is_the_desk(agent: Actor) -> None:
    require(agent, RESOLVE, HERE)
    with pytest.raises(NotAllowed, match="“incident:resolve” at this desk"):
        require(agent, RESOLVE, THERE)
    with pytest.raises(NotAllowed, match=r"“audit:read”\. Ask"):
        require(agent, Permission.AUDIT_READ, HERE)


def test_the_service_desk_itself_may_do_everything() -> None:
    assert all(SYSTEM.may(permission, HERE) for permission in Permission)
