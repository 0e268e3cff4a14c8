"""The tree of categories: names, ways, loops."""

from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import InvalidTransition, NotAllowed, RuleViolation
from servicedesk.core.permissions import Role
from servicedesk.records.categories import (
    amend_category,
    create_category,
    restore_category,
    retire_category,
)
from servicedesk.records.models import Category
from servicedesk.records.queries import list_categories
from tests.factories import acting, make_agent, make_category, make_desk, make_person, the_desk


def grow(*names: str) -> list[Category]:
    """Make a branch, each category below the one before."""
    actor, made = acting(make_person(Role.ADMINISTRATOR)), []
    for name in names:
        parent_id = made[-1].id if made else None
        made.append(create_category(the_desk(), actor=actor, name=name, parent_id=parent_id, now=utcnow()))
    return made


def boss() -> Any:
    return acting(make_person(Role.ADMINISTRATOR))


def paths(**given: Any) -> list[str]:
    return [category.path for category in list_categories(the_desk().id, **given)]


def test_a_renamed_category_takes_its_whole_branch_along(db: Any) -> None:
    top, middle, leaf = grow("Hardware", "Laptop", "Battery")
    make_category(name="Hardware shop")
    amend_category(top, actor=boss(), name="Devices", parent_id=None, now=utcnow())
    assert paths() == ["Devices", "Devices / Laptop", "Devices / Laptop / Battery", "Hardware shop"]
    amend_category(leaf, actor=boss(), name="Power", parent_id=top.id, now=utcnow())
    assert leaf.path == "Devices / Power"
    assert middle.path == "Devices / Laptop"


def test_a_category_cannot_hang_below_itself(db: Any) -> None:
    top, _, leaf = grow("Hardware", "Laptop", "Battery")
    for parent in (top, leaf):
        with pytest.raises(RuleViolation, match="below itself"):
            amend_category(top, actor=boss(), name="Hardware", parent_id=parent.id, now=utcnow())


def test_two_neighbours_cannot_have_one_name(db: Any) -> None:
    top, _ = grow("Hardware", "Laptop")
    with pytest.raises(RuleViolation, match="already"):
        create_category(the_desk(), actor=boss(), name="LAPTOP", parent_id=top.id, now=utcnow())
    other = create_category(the_desk(), actor=boss(), name="Laptop", parent_id=None, now=utcnow())
    with pytest.raises(RuleViolation, match="already"):
        amend_category(other, actor=boss(), name="Laptop", parent_id=top.id, now=utcnow())


def test_the_tree_has_five_levels_at_most(db: Any) -> None:
    *_, lowest = grow("One", "Two", "Three", "Four", "Five")
    with pytest.raises(RuleViolation, match="at most 5"):
        create_category(the_desk(), actor=boss(), name="Six", parent_id=lowest.id, now=utcnow())
    other, _ = grow("Other", "Below")
    with pytest.raises(RuleViolation, match="at most 5"):
        amend_category(other, actor=boss(), name="Other", parent_id=lowest.parent_id, now=utcnow())


def test_a_retired_branch_comes_back_from_the_top(db: Any) -> None:
    top, middle = grow("Hardware", "Laptop")
    retire_category(top, actor=boss(), now=utcnow())
    assert paths() == []
    assert paths(inactive=True) == ["Hardware", "Hardware / Laptop"]
    with pytest.raises(InvalidTransition, match="Restore that first"):
        restore_category(middle, actor=boss(), now=utcnow())
    restore_category(top, actor=boss(), now=utcnow())
    restore_category(middle, actor=boss(), now=utcnow())
    assert paths() == ["Hardware", "Hardware / Laptop"]


def test_only_the_desks_administrator_changes_its_tree(db: Any) -> None:
    foreign = make_category(desk=make_desk())
    for actor, desk in ((boss(), foreign.desk_id), (acting(make_agent()), the_desk().id)):
        category = foreign if desk == foreign.desk_id else make_category()
        with pytest.raises(NotAllowed):
            amend_category(category, actor=actor, name="Mine", parent_id=None, now=utcnow())
    with pytest.raises(RuleViolation, match="of this desk"):
        create_category(the_desk(), actor=boss(), name="Below", parent_id=foreign.id, now=utcnow())


@pytest.mark.parametrize("name", ["", "   ", "A / B", "x" * 61])
def test_a_name_that_cannot_stand_in_a_way_is_refused(db: Any, name: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        create_category(the_desk(), actor=boss(), name=name, parent_id=None, now=utcnow())
    assert set(refusal.value.messages) == {"name"}
