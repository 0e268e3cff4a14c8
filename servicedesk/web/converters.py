"""The ids in addresses: none that the database cannot hold reaches a view."""

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


def init_app(app: Flask) -> None:
    """Let every `<int:…>` of an address be an id; before any address is added."""
    app.url_map.converters.update(int=IdConverter, id=IdConverter)
