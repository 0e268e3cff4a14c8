"""What browsers send, as views may use it."""

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from servicedesk.web.sign_in import API_PREFIX

NUL = "\x00"


class PlainRequest(Request):
    """A request in whose texts no NUL stands: no database keeps it, and nobody has typed it.

    The API's queries stay as they were sent: its schemas say what is wrong with them.
    """

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """Return the query."""
        return super().args if self.path.startswith(API_PREFIX) else _plain(super().args)

    def _load_form_data(self) -> None:
        """Read the form."""
        super()._load_form_data()
        self.__dict__["form"] = _plain(self.form)


def _plain(given: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    """Return names and values without NUL."""
    return ImmutableMultiDict(
        [(name.replace(NUL, ""), value.replace(NUL, "")) for name, value in given.items(multi=True)]
    )


def init_app(app: Flask) -> None:
    """Have every request read in this way."""
    app.request_class = PlainRequest
