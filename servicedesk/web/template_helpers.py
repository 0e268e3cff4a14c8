"""What every template may call: words for times, sizes and states."""

from datetime import datetime

from flask import Flask, request

from servicedesk.core.clock import utcnow
from servicedesk.core.words import MomentView, moment_in_words, moment_view
from servicedesk.records.transitions import state_words
from servicedesk.web.frame import portal_shell
from servicedesk.web.shell import Shell


def init_app(app: Flask) -> None:
    """Add the helpers to the templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        moment=moment, moment_words=moment_words, size=size_words, state_words=state_words
    )
    app.context_processor(_any_shell)


def _any_shell() -> dict[str, Shell]:
    """Give pages of no face (sign-in, errors) the portal's frame; a face's own takes its place."""
    if request.blueprint in ("portal", "desk", "admin"):
        return {}
    return {"shell": portal_shell()}


def moment(at: datetime | None) -> MomentView | None:
    """Return an instant as pages show it."""
    return moment_view(at, utcnow()) if at else None


def moment_words(at: datetime | None) -> str:
    """Return an instant as it is said within a sentence: "today 15:40"."""
    return moment_in_words(at, utcnow()) if at else ""


def size_words(size: int) -> str:
    """Return a file's size as people say it."""
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(1, round(size / 1024))} KB"
