"""The parts of a path: ids that the database can hold, and the numbers of records."""

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

LARGEST_ID = 2**63 - 1


class IdConverter(BaseConverter):
    """The id of a row; werkzeug's own integer knows no bound and fails on 5,000 digits."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the id; one that no row can have is at no address."""
        if not 0 < int(value) <= LARGEST_ID:
            raise ValidationError
        return int(value)


class RecordNumberConverter(BaseConverter):
    """The number of a record, as people write it."""

    regex = "[A-Za-z]{2,4}-?[0-9]{1,9}"


def init_app(app: Flask) -> None:
    """Let addresses use the converters."""
    app.url_map.converters.update(id=IdConverter, record_number=RecordNumberConverter)
