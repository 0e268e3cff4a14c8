"""Light, dark, or as the machine has it: a choice kept in the browser."""

from datetime import timedelta
from typing import Literal, get_args

from flask import redirect, request
from flask.typing import ResponseReturnValue

from servicedesk.web.access import public
from servicedesk.web.blueprint import web
from servicedesk.web.sign_in import local_target

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)


def theme() -> Theme:
    """Return the theme that the browser asks for."""
    chosen = request.cookies.get("theme")
    return next((known for known in THEMES if known == chosen), "auto")


@web.post("/theme")
@public
def set_theme() -> ResponseReturnValue:
    """Keep the choice in a cookie and go back."""
    chosen = request.form.get("theme", "auto")
    response = redirect(local_target(request.form.get("next")))
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=timedelta(days=365), samesite="Lax", httponly=True)
    return response
