"""What a web server loads: `gunicorn wsgi:app`."""

from servicedesk.app import create_app
from servicedesk.settings import Settings

app = create_app(Settings.from_env())
