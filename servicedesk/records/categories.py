"""Change a desk's tree of categories."""

from datetime import datetime

from sqlalchemy import select

from servicedesk.core.amending import amend, one_line
from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Desk
from servicedesk.records.models import Category
from servicedesk.records.queries import list_categories

SEPARATOR = " / "
DEEPEST = 5
LONGEST_NAME = 60


def create_category(desk: Desk, *, actor: Actor, name: str, parent_id: int | None, now: datetime) -> Category:
    """Add a category to a desk's tree, at its top or below another one."""
    require(actor, Permission.ADMINISTRATION_DESK, desk.id)
    tree = _locked_tree(desk.id)
    parent = _parent(tree, parent_id)
    clean = _free_name(tree, name, parent_id, own_id=0)
    category = Category(desk_id=desk.id, parent_id=parent_id, name=clean, path=_path(parent, clean))
    db.session.add(category)
    db.session.flush()
    write_audit_event("category.created", subject=category, actor=actor, at=now)
    return category


def amend_category(
    category: Category, *, actor: Actor, name: str, parent_id: int | None, now: datetime
) -> None:
    """Rename a category or hang it elsewhere; everything below it follows."""
    require(actor, Permission.ADMINISTRATION_DESK, category.desk_id)
    tree = _locked_tree(category.desk_id)
    parent = _parent(tree, parent_id)
    below = _below(tree, category)
    if parent is not None and (parent.id == category.id or parent in below):
        raise RuleViolation(parent_id="A category cannot hang below itself.")
    if below and parent is not None and _depth(parent) + _height(category, below) > DEEPEST:
        raise RuleViolation(
            parent_id=f"The tree may be at most {DEEPEST} deep; what is below would be deeper."
        )
    clean = _free_name(tree, name, parent_id, own_id=category.id)
    before, path = category.path, _path(parent, clean)
    wanted = {"name": clean, "parent_id": parent_id, "path": path}
    amend(category, "category.amended", wanted, actor=actor, now=now)
    for other in below:
        other.path = path + other.path.removeprefix(before)
    db.session.flush()


def retire_category(category: Category, *, actor: Actor, now: datetime) -> None:
    """Take a category, and all below it, out of the choices; records that have it keep it."""
    require(actor, Permission.ADMINISTRATION_DESK, category.desk_id)
    tree = _locked_tree(category.desk_id)
    if not category.is_active:
        raise InvalidTransition(f"“{category.path}” is out of use already.")
    for each in (category, *_below(tree, category)):
        amend(each, "category.amended", {"is_active": False}, actor=actor, now=now)


def restore_category(category: Category, *, actor: Actor, now: datetime) -> None:
    """Bring a category back into the choices; what is below it is restored one by one."""
    require(actor, Permission.ADMINISTRATION_DESK, category.desk_id)
    tree = _locked_tree(category.desk_id)
    if category.is_active:
        raise InvalidTransition(f"“{category.path}” is in use already.")
    parent = tree.get(category.parent_id or 0)
    if parent is not None and not parent.is_active:
        raise InvalidTransition(f"“{parent.path}” is out of use. Restore that first.")
    amend(category, "category.amended", {"is_active": True}, actor=actor, now=now)


def _locked_tree(desk_id: int) -> dict[int, Category]:
    """Return a desk's whole tree, with nobody else changing it: the desk's row is its lock."""
    db.session.execute(select(Desk.id).where(Desk.id == desk_id).with_for_update())
    db.session.expire_all()
    return {category.id: category for category in list_categories(desk_id, inactive=True)}


def _parent(tree: dict[int, Category], parent_id: int | None) -> Category | None:
    """Return the category above; raise RuleViolation if it is another desk's or out of use."""
    if parent_id is None:
        return None
    parent = tree.get(parent_id)
    if parent is None or not parent.is_active:
        raise RuleViolation(parent_id="Choose a category of this desk that is in use.")
    if _depth(parent) >= DEEPEST:
        raise RuleViolation(parent_id=f"The tree may be at most {DEEPEST} deep.")
    return parent


def _depth(category: Category) -> int:
    """Return on which level a category is; the top is 1."""
    return category.path.count(SEPARATOR) + 1


def _height(category: Category, below: list[Category]) -> int:
    """Return how many levels a category and all below it take up."""
    return max(map(_depth, below)) - _depth(category) + 1


def _path(parent: Category | None, name: str) -> str:
    """Return the whole way to a category."""
    return parent.path + SEPARATOR + name if parent else name


def _below(tree: dict[int, Category], category: Category) -> list[Category]:
    """Return everything below a category."""
    return [other for other in tree.values() if other.path.startswith(category.path + SEPARATOR)]


def _free_name(tree: dict[int, Category], name: str, parent_id: int | None, *, own_id: int) -> str:
    """Return a clean name that no neighbour has and that cannot be taken for a way."""
    clean = one_line(name, field="name", missing="Enter the category's name.", longest=LONGEST_NAME)
    if SEPARATOR in f" {clean} ":
        raise RuleViolation(name="A slash between spaces separates the levels; write the name without it.")
    neighbours = (other for other in tree.values() if other.parent_id == parent_id and other.id != own_id)
    if any(other.name.lower() == clean.lower() for other in neighbours):
        raise RuleViolation(name=f"There is a category “{clean}” here already; it may be out of use.")
    return clean
