"""A desk's own priority matrix."""

from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed, RuleViolation
from servicedesk.core.permissions import Role
from servicedesk.incidents.matrix import set_matrix, whole_matrix
from servicedesk.incidents.priority import DEFAULT_MATRIX
from tests.factories import acting, make_agent, make_desk, make_incident, make_person, the_desk


def test_new_incidents_follow_the_desks_own_matrix(db: Any) -> None:
    boss = acting(make_person(Role.ADMINISTRATOR))
    set_matrix(the_desk(), actor=boss, cells={**DEFAULT_MATRIX, (2, 2): 1}, now=utcnow())
    assert make_incident().priority == 1
    assert make_incident(desk=make_desk()).priority == 3
    assert whole_matrix(the_desk().id) == {**DEFAULT_MATRIX, (2, 2): 1}


def test_a_matrix_is_whole_and_knows_four_priorities(db: Any) -> None:
    boss = acting(make_person(Role.ADMINISTRATOR))
    for cells in ({(1, 1): 1}, {**DEFAULT_MATRIX, (1, 1): 5}):
        with pytest.raises(RuleViolation, match="Choose a priority"):
            set_matrix(the_desk(), actor=boss, cells=cells, now=utcnow())


def test_only_the_desks_administrator_sets_its_matrix(db: Any) -> None:
    for actor in (make_agent(), make_person(Role.ADMINISTRATOR, desk=make_desk())):
        with pytest.raises(NotAllowed):
            set_matrix(the_desk(), actor=acting(actor), cells=DEFAULT_MATRIX, now=utcnow())
