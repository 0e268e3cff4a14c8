"""A desk's target and its ladder."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Permission, Role
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import administered_desk, desk_tabs
from servicedesk.records.timeline import REASONS
from servicedesk.service_levels import policies
from servicedesk.service_levels.escalating import LADDER
from servicedesk.service_levels.ledger import HoldReason
from servicedesk.service_levels.models import ServiceLevelPolicy
from servicedesk.service_levels.policy_file import RungPlan
from servicedesk.service_levels.queries import find_policy
from servicedesk.web.access import current_actor, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import DeskForm, render_form

STEPS = range(1, policies.MOST_RUNGS + 1)
ROLES = [choice(role.value, role.replace("_", " ").capitalize()) for role in LADDER]


class _BasePolicyForm(DeskForm):
    """The target."""

    target_minutes = IntegerField(
        "Resolve within (working minutes)", [InputRequired("Enter the target in minutes, such as 240.")]
    )
    pauses_on = SelectMultipleField(
        "The clock stands still while waiting for",
        choices=[choice(reason.value, REASONS[reason].removeprefix("waiting for ")) for reason in HoldReason],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _step_fields(place: int) -> dict[str, Any]:
    """Return the fields of one step of the ladder."""
    return {
        f"role_{place}": SelectField("Tell", choices=[choice("", "nobody"), *ROLES]),
        f"after_{place}": IntegerField("After (working minutes)", [Optional()]),
        f"answer_{place}": IntegerField("Expect an answer within (minutes)", [Optional()]),
    }


_STEP_FIELDS: dict[str, Any] = {name: made for place in STEPS for name, made in _step_fields(place).items()}
PolicyForm: type[DeskForm] = type("PolicyForm", (_BasePolicyForm,), _STEP_FIELDS)


@admin.route("/desks/<int:desk_id>/service-level", methods=["GET", "POST"])
@requires(Permission.ADMINISTRATION_DESK)
def set_policy(desk_id: int) -> ResponseReturnValue:
    """Set a desk's target and who is told before it is missed."""
    desk = administered_desk(desk_id)
    form = PolicyForm(data=_shown(find_policy(desk.id)))
    if form.accepted():
        with form.showing_rule_errors():
            policies.set_policy(
                desk,
                actor=current_actor(),
                target_seconds=form.values["target_minutes"] * 60,
                pauses_on=form.values["pauses_on"],
                rungs=_rungs(form.values),
                now=utcnow(),
            )
            flash("The service level is set. What is open follows within a minute.", "success")
            return redirect(url_for(".set_policy", desk_id=desk.id), 303)
    return render_form(
        "desk/administration/service_level.html", form, desk=desk, tabs=desk_tabs(desk), steps=STEPS
    )


def _shown(policy: ServiceLevelPolicy | None) -> dict[str, Any]:
    """Return a policy by the names of its fields."""
    if policy is None:
        return {"pauses_on": [HoldReason.REQUESTER, HoldReason.SUPPLIER]}
    shown: dict[str, Any] = {
        "target_minutes": _minutes(policy.target_seconds),
        "pauses_on": list(policy.pauses_on),
    }
    for place, rung in enumerate(policies.rung_plans(policy), start=1):
        shown[f"role_{place}"] = rung.role
        shown[f"after_{place}"] = _minutes(rung.after_seconds)
        shown[f"answer_{place}"] = _minutes(rung.answer_within_seconds)
    return shown


def _minutes(seconds: int) -> int:
    """Return seconds as minutes; a demo's seconds are at least one minute here."""
    return max(1, round(seconds / 60))


def _rungs(values: dict[str, Any]) -> list[RungPlan]:
    """Return the steps that tell somebody; raise RuleViolation for one that says only half."""
    rungs: list[RungPlan] = []
    for place in STEPS:
        role, after, answer = (values[f"{name}_{place}"] for name in ("role", "after", "answer"))
        if not role:
            if after or answer:
                raise RuleViolation(
                    **{f"role_{place}": f"Choose whom step {place} tells, or empty its minutes."}
                )
            continue
        if len(rungs) < place - 1:
            raise RuleViolation(**{f"role_{place}": f"Fill step {place - 1} before step {place}."})
        rungs.append(RungPlan((after or 0) * 60, Role(role), (answer or 0) * 60))
    return rungs
