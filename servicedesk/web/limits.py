"""Limits on how often somebody may write: held in Redis, so that they hold across processes.

Sign-in attempts are counted in the database instead, since they protect passwords.
"""

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import current_user

from servicedesk.settings import Settings
from servicedesk.web.access import client_address


def _who() -> str:
    """Count by person where one is signed in, else by address."""
    return f"person-{current_user.person.id}" if current_user.is_authenticated else client_address()


limiter = Limiter(
    key_func=_who,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    headers_enabled=False,
)


def init_app(app: Flask) -> None:
    """Limit what writes; reading is not limited."""
    settings: Settings = app.config["SETTINGS"]
    url = settings.redis_url
    app.config["RATELIMIT_STORAGE_URI"] = "redis+" + url if url.startswith("unix://") else url
    app.config["RATELIMIT_APPLICATION"] = settings.write_limit
    limiter.init_app(app)
    limiter.request_filter(_is_reading)


def _is_reading() -> bool:
    """Return whether the request changes nothing."""
    return request.method in ("GET", "HEAD", "OPTIONS")
