"""The three screens of a report."""

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import MultipleFileField
from wtforms.validators import InputRequired, Length, ValidationError

from servicedesk.incidents.operations import LONGEST_TITLE
from servicedesk.records.operations import LONGEST_TEXT
from servicedesk.web.choices import choice
from servicedesk.web.forms import DeskForm

FOR_WHOM_WORDS = {"me": "For myself", "colleague": "For a colleague"}
IMPACT_WORDS = {"3": "Just one person", "2": "A team", "1": "A whole building, or many people"}
URGENCY_WORDS = {
    "1": "Cannot work at all",
    "2": "Can work, but with difficulty",
    "3": "It can wait",
}
CONTACT_WORDS = {"mail": "By e-mail", "phone": "By telephone", "visit": "Come and see me"}
_ONE_LINE = Length(max=LONGEST_TITLE, message=f"Use {LONGEST_TITLE} characters or fewer.")


def _choices(words: dict[str, str]) -> list[Any]:
    """Return a table of words as choices."""
    return [choice(value, label) for value, label in words.items()]


class DescribeReportForm(DeskForm):
    """What is wrong."""

    title = StringField(
        "What is wrong, in a few words?", [InputRequired("Say in a few words what is wrong."), _ONE_LINE]
    )
    description = TextAreaField(
        "Tell us more",
        [Length(
            max=LONGEST_TEXT,
            message=f"Use {LONGEST_TEXT:,} characters or fewer. Longer texts can be added as a file.",
        )],
    )  # fmt: skip
    desk = RadioField("Who should look at it?", [InputRequired("Choose who should look at it.")])


class PlaceReportForm(DeskForm):
    """Whom and what it touches, where it is and how to reach its requester."""

    for_whom = RadioField(
        "Whom is this for?", [InputRequired("Choose whom this is for.")], choices=_choices(FOR_WHOM_WORDS)
    )
    colleague = StringField("Any part of their name, e-mail address or telephone number", [_ONE_LINE])
    requester = RadioField("Who is it?", validate_choice=False)
    impact = RadioField(
        "Who is affected?", [InputRequired("Choose who is affected.")], choices=_choices(IMPACT_WORDS)
    )
    urgency = RadioField(
        "How badly?",
        [InputRequired("Choose how badly it holds up the work.")],
        choices=_choices(URGENCY_WORDS),
    )
    site = SelectField("Building")
    location = StringField("Floor, room or desk", [_ONE_LINE])
    contact_by = RadioField(
        "How shall we reach you?",
        [InputRequired("Choose how we reach you.")],
        choices=_choices(CONTACT_WORDS),
    )
    phone = StringField("Telephone number", [_ONE_LINE])
    visit = StringField("Where and when?", [_ONE_LINE])

    # Those whom the words typed for the colleague find; given by the view.
    found_ids: frozenset[str] = frozenset()

    def validate_requester(self, field: RadioField) -> None:
        """Ask for the colleague, out of those found, if it is for one."""
        if self.for_whom.data == "colleague" and field.data not in self.found_ids:
            raise ValidationError(self._how_to_choose())

    def _how_to_choose(self) -> str:
        """Say what to do about a colleague who is not chosen yet."""
        if not (self.colleague.data or "").strip():
            return "Type a part of your colleague’s name and press “Find”."
        if not self.found_ids:
            return f"We found nobody by “{self.colleague.data}”. Try another part of the name or the number."
        return "Choose your colleague from those we found."

    def validate_phone(self, field: StringField) -> None:
        """Ask for the number that we should ring."""
        if self.contact_by.data == "phone" and not (field.data or "").strip():
            raise ValidationError("Enter the telephone number that we should ring.")

    def validate_visit(self, field: StringField) -> None:
        """Ask where we should come."""
        if self.contact_by.data == "visit" and not (field.data or "").strip():
            raise ValidationError("Say where and when we find you.")


class SendReportForm(DeskForm):
    """The last look: files, and the state of the draft that was seen."""

    seen = HiddenField()
    files = MultipleFileField("Pictures or files")


def typed(form: DeskForm) -> dict[str, Any]:
    """Return what was typed, right or wrong, as it can be kept; a field that was not sent is empty."""
    return {name: value or "" for name, value in form.values.items()}
