"""A desk's tree of categories."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission, require
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    Listing,
    administered_desk,
    answer_form,
    answer_list,
    choices_of,
    desk_tabs,
    optional_id,
    wants_csv,
)
from servicedesk.records import categories
from servicedesk.records.models import Category
from servicedesk.records.queries import get_category
from servicedesk.records.queries import list_categories as list_tree
from servicedesk.web.access import current_actor, requires
from servicedesk.web.forms import DeskForm

TOP = "At the top of the tree"
CATEGORIES = Listing(
    "Categories",
    (("path", "Category"), ("state", "State")),
    "Every resolved record needs a category of the desk.",
)


class CategoryForm(DeskForm):
    """What a category is called and where it hangs."""

    name = StringField("Name", [InputRequired("Enter the category's name.")])
    parent_id = SelectField("Below", coerce=optional_id)


@admin.route("/desks/<int:desk_id>/categories")
@requires(Permission.ADMINISTRATION_DESK)
def list_categories(desk_id: int) -> ResponseReturnValue:
    """Show a desk's tree."""
    desk = administered_desk(desk_id)
    tree = list_tree(desk.id, inactive=True)
    if wants_csv():
        rows = [{"path": each.path, "state": "in use" if each.is_active else "out of use"} for each in tree]
        return answer_list(CATEGORIES, rows)
    return render_template(
        "desk/administration/categories.html",
        desk=desk,
        tabs=desk_tabs(desk),
        listing=CATEGORIES,
        rows=[{"category": each, "level": each.path.count(categories.SEPARATOR)} for each in tree],
    )


@admin.route("/desks/<int:desk_id>/categories/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def create_category(desk_id: int) -> ResponseReturnValue:
    """Add a category to a desk's tree."""
    desk = administered_desk(desk_id)
    form = CategoryForm(parent_id=request.args.get("parent", type=int))
    form.parent_id.choices = choices_of(list_tree(desk.id), none=TOP, name="path")
    back_url = url_for(".list_categories", desk_id=desk.id)
    if form.accepted():
        with form.showing_rule_errors():
            categories.create_category(desk, actor=current_actor(), now=utcnow(), **form.values)
            flash("The category is added.", "success")
            return redirect(back_url, 303)
    return answer_form(form, title=f"Add a category to {desk.name}", back_url=back_url)


@admin.route("/categories/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def amend_category(category_id: int) -> ResponseReturnValue:
    """Rename a category or hang it elsewhere."""
    category = _load(category_id)
    form = CategoryForm(obj=category)
    form.parent_id.choices = choices_of(_possible_parents(category), none=TOP, name="path")
    back_url = url_for(".list_categories", desk_id=category.desk_id)
    if form.accepted():
        with form.showing_rule_errors():
            categories.amend_category(category, actor=current_actor(), now=utcnow(), **form.values)
            flash("The category is changed, with everything below it.", "success")
            return redirect(back_url, 303)
    return answer_form(form, title=f"Change {category.path}", back_url=back_url)


def _possible_parents(category: Category) -> list[Category]:
    """Return what a category can hang below: what is in use, the one above it in any case, not itself."""
    return [
        other
        for other in list_tree(category.desk_id, inactive=True)
        if other.id == category.parent_id
        or (
            other.is_active
            and not f"{other.path}{categories.SEPARATOR}".startswith(category.path + categories.SEPARATOR)
        )
    ]


@admin.post("/categories/<int:category_id>/retire")
@requires(Permission.ADMINISTRATION_DESK)
def retire_category(category_id: int) -> ResponseReturnValue:
    """Take a category out of the choices, with everything below it."""
    category = _load(category_id)
    categories.retire_category(category, actor=current_actor(), now=utcnow())
    flash(f"“{category.path}” is out of use, with everything below it.", "success")
    return redirect(url_for(".list_categories", desk_id=category.desk_id), 303)


@admin.post("/categories/<int:category_id>/restore")
@requires(Permission.ADMINISTRATION_DESK)
def restore_category(category_id: int) -> ResponseReturnValue:
    """Bring a category back into the choices."""
    category = _load(category_id)
    categories.restore_category(category, actor=current_actor(), now=utcnow())
    flash(f"“{category.path}” is in use again.", "success")
    return redirect(url_for(".list_categories", desk_id=category.desk_id), 303)


def _load(category_id: int) -> Category:
    """Return a category of a desk that the actor administers."""
    category = get_category(category_id)
    require(current_actor(), Permission.ADMINISTRATION_DESK, category.desk_id)
    return category
