"""The factory: one process may make several applications."""

from flask import Flask

from servicedesk.app import create_app
from servicedesk.core.db import db
from servicedesk.settings import Settings


def test_a_second_application_is_like_the_first(app: Flask, settings: Settings) -> None:
    second = create_app(settings)
    try:
        assert sorted(map(str, second.url_map.iter_rules())) == sorted(map(str, app.url_map.iter_rules()))
        assert second.test_client().get("/healthz").json == {"status": "alive"}
    finally:
        with second.app_context():
            db.engine.dispose()
