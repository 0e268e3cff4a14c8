"""A desk's priority matrix."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import administered_desk, desk_tabs
from servicedesk.incidents import matrix
from servicedesk.incidents.priority import DEFAULT_MATRIX, LEVEL_WORDS, PRIORITY_WORDS
from servicedesk.web.access import current_actor, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import DeskForm, render_form

PRIORITIES = [choice(number, words) for number, words in PRIORITY_WORDS.items()]


def _cell(impact: int, urgency: int) -> SelectField:
    """Return the field of one cell."""
    words = f"{LEVEL_WORDS[impact]} impact, {LEVEL_WORDS[urgency].lower()} urgency"
    return SelectField(words, coerce=int, choices=PRIORITIES)


class MatrixForm(DeskForm):
    """The nine cells."""

    cell_1_1, cell_1_2, cell_1_3 = _cell(1, 1), _cell(1, 2), _cell(1, 3)
    cell_2_1, cell_2_2, cell_2_3 = _cell(2, 1), _cell(2, 2), _cell(2, 3)
    cell_3_1, cell_3_2, cell_3_3 = _cell(3, 1), _cell(3, 2), _cell(3, 3)


@admin.route("/desks/<int:desk_id>/matrix", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def set_matrix(desk_id: int) -> ResponseReturnValue:
    """Set what impact and urgency make together."""
    desk = administered_desk(desk_id)
    form = MatrixForm(data=_shown(matrix.whole_matrix(desk.id)))
    if form.accepted():
        with form.showing_rule_errors():
            cells = {cell: form.values[matrix.cell_name(*cell)] for cell in DEFAULT_MATRIX}
            matrix.set_matrix(desk, actor=current_actor(), cells=cells, now=utcnow())
            flash("The matrix is changed. It counts for what is set from now on.", "success")
            return redirect(url_for(".set_matrix", desk_id=desk.id), 303)
    return render_form(
        "desk/administration/matrix.html",
        form,
        desk=desk,
        tabs=desk_tabs(desk),
        levels=LEVEL_WORDS,
        cell_name=matrix.cell_name,
    )


def _shown(cells: dict[tuple[int, int], int]) -> dict[str, Any]:
    """Return a matrix by the names of its fields."""
    return {matrix.cell_name(*cell): priority for cell, priority in cells.items()}
