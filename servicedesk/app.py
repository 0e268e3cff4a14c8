"""The factory: the only module that knows every part."""

from datetime import timedelta

from flask import Flask

from servicedesk.core.audit import subscribe
from servicedesk.core.db import db
from servicedesk.core.jobs import use_redis
from servicedesk.core.logs import use_plain_logs
from servicedesk.core.migrating import import_all_models
from servicedesk.core.signing import use_secrets
from servicedesk.notifications import rendering
from servicedesk.notifications.mailer import Mailer, use_mailer
from servicedesk.notifications.operations import tell, use_public_url
from servicedesk.notifications.rules import RULES
from servicedesk.service_levels.operations import FOLLOWED, record_fact
from servicedesk.settings import Settings

LARGEST_REQUEST = 32 * 1024 * 1024
LARGEST_TEXT_PART = 2 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the application for these settings; connects to nothing yet."""
    root = settings.root
    app = Flask("servicedesk", template_folder=str(root / "templates"), static_folder=None)
    app.config.from_mapping(_configuration(settings))
    use_plain_logs()
    use_parts(settings)
    db.init_app(app)
    import_all_models()
    wire_subscribers()
    _add_faces(app)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    """Return what Flask and its extensions are told."""
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.web_threads + 1,
            "pool_pre_ping": True,
            "pool_recycle": 1800,
            "hide_parameters": True,
        },
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_TEXT_PART,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_NAME": "servicedesk",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,
    }


def use_parts(settings: Settings) -> None:
    """Give every part that reaches outside its place: keys, messenger, mails, links."""
    use_secrets(settings.secret_keys)
    use_redis(settings.redis_url)
    use_mailer(Mailer(settings.smtp_url, settings.mail_folder, settings.mail_from))
    use_public_url(settings.public_url)
    rendering.use_links(settings.public_url)


def wire_subscribers() -> None:
    """Say what happens because something happened: clocks first, since notices tell of due times."""
    for kind in FOLLOWED:
        subscribe(kind, record_fact)
    for kind in RULES:
        subscribe(kind, tell)


def _add_faces(app: Flask) -> None:
    """Add the shared HTTP parts and the three faces; imported here, since commands need none of them."""
    from servicedesk import api, desk, portal, web

    for face in (web, portal, desk, api):
        face.init_app(app)
