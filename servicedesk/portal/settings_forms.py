"""What people choose for themselves."""

from wtforms import BooleanField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from servicedesk.directory.sign_in import SHORTEST_PASSWORD
from servicedesk.notifications.rules import TOPIC_WORDS, Topic
from servicedesk.web.choices import choice
from servicedesk.web.forms import DeskForm

LASTS_DAYS = {"30": "30 days", "90": "90 days", "365": "a year"}


class NoticesForm(DeskForm):
    """Which notices come by mail; each field is named by its topic."""

    my_records = BooleanField(TOPIC_WORDS[Topic.MY_RECORDS])
    my_work = BooleanField(TOPIC_WORDS[Topic.MY_WORK])
    escalations = BooleanField(TOPIC_WORDS[Topic.ESCALATIONS])


class ShortcutsForm(DeskForm):
    """Whether single keys do something."""

    shortcuts = BooleanField("Use single keys as shortcuts")


class ChangePasswordForm(DeskForm):
    """The current password, and the new one twice."""

    current = PasswordField("Your current password", [InputRequired("Enter your current password.")])
    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password."),
         Length(min=SHORTEST_PASSWORD, max=200, message=f"Use {SHORTEST_PASSWORD} to 200 characters.")],
    )  # fmt: skip
    again = PasswordField(
        "New password again",
        [
            InputRequired("Enter the new password again."),
            EqualTo("password", "The two new passwords are not the same."),
        ],
    )


class CreateTokenForm(DeskForm):
    """What a program may do in one's name, and for how long."""

    name = StringField("What is it for?", [InputRequired("Say what the token is for."), Length(max=100)])
    scopes = SelectMultipleField(
        "What may it do?",
        [InputRequired("Choose at least one thing that the token may do.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    lasts_days = RadioField(
        "How long is it good for?",
        [InputRequired("Choose how long the token is good for.")],
        choices=[choice(value, label) for value, label in LASTS_DAYS.items()],
        default="90",
    )
