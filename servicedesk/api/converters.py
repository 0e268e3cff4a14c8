"""The parts of a path that only the API has: the numbers of records."""

from flask import Flask
from werkzeug.routing import BaseConverter


class RecordNumberConverter(BaseConverter):
    """The number of a record, as people write it."""

    regex = "[A-Za-z]{2,4}-?[0-9]{1,9}"


def init_app(app: Flask) -> None:
    """Let addresses use the converter."""
    app.url_map.converters.update(record_number=RecordNumberConverter)
