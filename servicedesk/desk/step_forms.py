"""What an agent fills in to take a step with an incident; fields carry the operations' argument names."""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from servicedesk.desk.choices import as_id, offered
from servicedesk.incidents.workflow import HOLD_WORDS
from servicedesk.records.operations import LONGEST_TEXT
from servicedesk.web.forms import LondonDateTimeField, VersionedForm

LONG = Length(max=LONGEST_TEXT, message=f"Use at most {LONGEST_TEXT:,} characters.")


class StepForm(VersionedForm):
    """A step that needs no words: take, start, resume, close."""


class AssignForm(VersionedForm):
    """Who is to work on it."""

    assignee_id = SelectField("Who is to work on it?", coerce=as_id)


class TransferForm(VersionedForm):
    """Which team is to have it, and why."""

    team_id = SelectField("Pass it to", [InputRequired("Choose a team.")], coerce=as_id)
    reason = TextAreaField("Why?", [InputRequired("Say why, for the team that gets it."), LONG])


class HoldForm(VersionedForm):
    """What it waits for, and until when at the latest."""

    reason = RadioField(
        "What is it waiting for?",
        [InputRequired("Choose what it is waiting for.")],
        choices=offered({reason.value: words.capitalize() for reason, words in HOLD_WORDS.items()}),
    )
    waiting_for = StringField("Whom or what exactly?", [InputRequired("Say whom or what we wait for.")])
    review_at = LondonDateTimeField(
        "Look at it again at the latest", [InputRequired("Choose when it resumes by itself.")]
    )


class ResolveForm(VersionedForm):
    """How service was restored, and what it was."""

    resolution = TextAreaField(
        "How was service restored?", [InputRequired("Say how service was restored."), LONG]
    )
    category_id = SelectField("What was it?", coerce=as_id)


class ReasonForm(VersionedForm):
    """Why a step is taken; the requester reads it."""

    reason = TextAreaField("Why?", [InputRequired("Say why. The requester will read it."), LONG])
