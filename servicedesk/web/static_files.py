"""Static files, served by WhiteNoise under addresses that change with the content and so last for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from flask import url_for as flask_url_for
from whitenoise import WhiteNoise

FOLDER = Path(__file__).parents[1] / "static"
YEAR_SECONDS = 31_536_000


def init_app(app: Flask) -> None:
    """Serve the folder and let templates link to its files with their fingerprints."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", build_only=True)
    app.wsgi_app = WhiteNoise(
        app.wsgi_app, str(FOLDER), "static/", max_age=YEAR_SECONDS, add_headers_function=_forbid_guessing
    )
    app.jinja_env.globals["url_for"] = url_for


def _forbid_guessing(headers: Headers, path: str, url: str) -> None:
    """Tell browsers to take a file for what we say that it is; our own headers never reach these answers."""
    headers["X-Content-Type-Options"] = "nosniff"


def url_for(endpoint: str, **values: Any) -> str:
    """Return an address; that of a static file carries the fingerprint of its content."""
    if endpoint == "static":
        values["v"] = _fingerprint(values["filename"])
    return flask_url_for(endpoint, **values)


@lru_cache(maxsize=256)
def _fingerprint(filename: str) -> str:
    """Return a few signs of a file's hash."""
    return hashlib.sha256((FOLDER / filename).read_bytes()).hexdigest()[:10]
