"""The base of every form, and how one that is refused is shown again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import DateTimeLocalField, IntegerField, StringField
from wtforms.fields import MultipleFileField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from servicedesk.core.errors import InvalidTransition, RuleViolation, StaleVersion
from servicedesk.core.words import LONDON
from servicedesk.records.operations import File
from servicedesk.web.transaction import undo

DATE_TIME = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class DeskForm(FlaskForm):
    """A form: shape only, no rules; refusals by the rules are shown beside the fields."""

    status = 200

    def accepted(self) -> bool:
        """Return whether the form was sent and has the right shape."""
        return bool(self.validate_on_submit())

    @property
    def values(self) -> dict[str, Any]:
        """Return what was sent, by the names of the operation's arguments; a text left out is empty."""
        fields = [field for field in self if field.short_name not in ("csrf_token", "version")]
        return {
            field.short_name: "" if field.data is None and isinstance(field, StringField) else field.data
            for field in fields
        }

    def refuse(self, words: str, status: int = 422) -> None:
        """Refuse the form as a whole."""
        self.form_errors.append(words)
        self.status = status

    @contextmanager
    def showing_rule_errors(self) -> Iterator[None]:
        """Undo what was begun when a rule refuses it, and say why beside the field or above the form."""
        try:
            yield
        except RuleViolation as violation:
            undo()
            self.status = 422
            for name, message in violation.messages.items():
                if name in self:
                    self[name].errors = [*self[name].errors, message]
                else:
                    self.form_errors.append(message)
        except (InvalidTransition, StaleVersion) as conflict:
            undo()
            self.refuse(str(conflict), 409)


class VersionedForm(DeskForm):
    """A form about something that others may change at the same time."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def renew(self, version: int) -> None:
        """Carry the version as it is now, whatever was sent: whoever sends again has seen what is new."""
        self.version.data, self.version.raw_data = version, None


class LondonDateTimeField(DateTimeLocalField):
    """A moment as people in London say it; its data is an instant in UTC."""

    def __init__(
        self, label: str = "", validators: Any = None, zone: ZoneInfo = LONDON, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, format=DATE_TIME, **kwargs)
        self.zone = zone

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read local time, keep an instant."""
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime):
            self.data = self.data.replace(tzinfo=self.zone).astimezone(ZoneInfo("UTC"))

    def _value(self) -> str:
        """Show an instant as local time; what could not be read is shown as it was typed."""
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(self.zone).strftime(DATE_TIME[0]) if self.data else ""


def render_form(template: str, form: DeskForm, **context: Any) -> ResponseReturnValue:
    """Show a form; a refused one answers 422 (409 for a conflict), so nothing of it is kept."""
    refused = bool(form.errors) or form.status != 200
    page = render_template(template, form=form, refused=refused, **context)
    return page, (form.status if form.status != 200 else 422) if refused else 200


def files_of(field: MultipleFileField) -> list[File]:
    """Return the files that were really chosen."""
    chosen = [item for item in field.data or [] if isinstance(item, FileStorage) and item.filename]
    return [File(item.filename or "file", item.stream.read()) for item in chosen]
