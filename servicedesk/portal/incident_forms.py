"""What requesters fill in on an incident of theirs."""

from wtforms import TextAreaField
from wtforms.fields import MultipleFileField
from wtforms.validators import InputRequired, Length

from servicedesk.records.operations import LONGEST_TEXT
from servicedesk.web.forms import VersionedForm

_NOT_TOO_LONG = Length(
    max=LONGEST_TEXT, message=f"Use {LONGEST_TEXT:,} characters or fewer, or send the text as a file."
)


class AnswerForm(VersionedForm):
    """An answer, with files."""

    text = TextAreaField("Your answer", [_NOT_TOO_LONG])
    files = MultipleFileField("Pictures or files")


class CloseForm(VersionedForm):
    """The word that it works again."""


class ReopenForm(VersionedForm):
    """Why it is not fixed."""

    reason = TextAreaField("What is still wrong?", [InputRequired("Say what is still wrong."), _NOT_TOO_LONG])


class CancelForm(VersionedForm):
    """Why it is no longer needed."""

    reason = TextAreaField(
        "Why is it no longer needed?", [InputRequired("Say why it is no longer needed."), _NOT_TOO_LONG]
    )
