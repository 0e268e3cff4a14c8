"""Sign-in and sign-out; the only module that knows Flask-Login."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, login_user, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed
from servicedesk.core.permissions import Actor, Permission
from servicedesk.directory.models import AccessToken, Person, SignInSession
from servicedesk.directory.queries import actor_for
from servicedesk.directory.sign_in import check_sign_in, end_session, find_session, start_session
from servicedesk.directory.tokens import find_token
from servicedesk.web import resuming
from servicedesk.web.access import (
    client_address,
    current_actor,
    current_person,
    is_signed_in,
    public,
    requires,
)
from servicedesk.web.blueprint import web
from servicedesk.web.forms import DeskForm, render_form
from servicedesk.web.transaction import keep_changes

API_PREFIX = "/api/"
# A page for people below the API's prefix: its frame shows who is signed in.
API_DOCS = "/api/docs"
manager = LoginManager()
# A session is bound to its row, not to an address: people walk between networks with their laptops.
manager.session_protection = None


class SignedIn:
    """Somebody signed in, by a session or by an access token: the four attributes Flask-Login asks for."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, person: Person, token: str, via: SignInSession | AccessToken) -> None:
        self.person, self.token, self.via = person, token, via

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token

    def actor(self) -> Actor:
        """Return the person as one who acts, narrowed to a token's scopes."""
        if isinstance(self.via, AccessToken):
            known = frozenset(Permission(scope) for scope in self.via.scopes if scope in set(Permission))
            return actor_for(self.person, known)
        return actor_for(self.person)


def _by_session(token: str) -> SignedIn | None:
    """Return who holds a session's token; a cookie opens pages, never the API."""
    if request.path.startswith(API_PREFIX) and request.path != API_DOCS:
        return None
    found = find_session(token, utcnow())
    return SignedIn(found[0], token, found[1]) if found else None


def _by_token(incoming: Any) -> SignedIn | None:
    """Return who holds a bearer token; it opens the API, never pages."""
    given = incoming.headers.get("Authorization", "")
    if not incoming.path.startswith(API_PREFIX) or not given.startswith("Bearer "):
        return None
    token = given.removeprefix("Bearer ").strip()
    found = find_token(token, utcnow())
    return SignedIn(found[0], token, found[1]) if found else None


class SignInForm(DeskForm):
    """What somebody signs in with."""

    mail = StringField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


@web.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask who somebody is, then take them where they wanted to go."""
    form = SignInForm()
    kept = resuming.kept_fields()
    if is_signed_in() and request.method == "GET":
        return redirect(local_target(request.args.get("next")))
    if form.accepted():
        try:
            person = check_sign_in(
                mail=form.values["mail"],
                password=form.values["password"],
                address=client_address(),
                now=utcnow(),
            )
        except NotAllowed as refusal:
            keep_changes()
            form.refuse(str(refusal))
        else:
            begin_session(person, method="password")
            if kept is not None:
                return resuming.show_kept(kept)
            return redirect(local_target(request.values.get("next")))
    return render_form("sign_in.html", form, kept=kept, next=request.values.get("next", ""))


def begin_session(person: Person, *, method: str) -> None:
    """Sign somebody in: a new session row and a new cookie."""
    token = start_session(
        person, method=method, address=client_address(), browser=request.user_agent.string, now=utcnow()
    )
    found = find_session(token, utcnow())
    assert found is not None
    login_user(SignedIn(person, token, found[1]))
    g.pop("actor", None)


@web.route("/sign-out", methods=["POST"])
@requires(Permission.PORTAL_USE)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    from flask_login import current_user

    person, via = current_person(), current_user.via
    end_session(via.id, actor=current_actor(), person=person, now=utcnow(), kind="person.signed-out")
    logout_user()
    return redirect(url_for(".sign_in"))


def current_session_id() -> int:
    """Return the session in which the request came."""
    from flask_login import current_user

    return int(current_user.via.id)


def ask_to_sign_in() -> ResponseReturnValue:
    """Answer somebody who is not signed in: what they had typed goes with them."""
    if request.path.startswith(API_PREFIX):
        raise NotSignedIn
    if request.method == "POST":
        return resuming.keep_and_ask()
    return redirect(url_for("web.sign_in", next=request.full_path.rstrip("?")))


class NotSignedIn(Exception):
    """The API was called without a token that is in force (401)."""


def local_target(given: str | None) -> str:
    """Return a path of our own to go on to; never an address elsewhere."""
    wanted = given or ""
    try:
        at = urlsplit(wanted)
    except ValueError:
        return url_for("portal.home")
    safe = not at.scheme and not at.netloc and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if not safe or at.path == "/sign-in" or any(char in wanted for char in "\\\r\n\t"):
        return url_for("portal.home")
    return wanted


def init_app(app: Flask) -> None:
    """Let Flask-Login load who is signed in."""
    manager.user_loader(_by_session)
    manager.request_loader(_by_token)
    manager.init_app(app)
    app.after_request(_forbid_keeping)


def _forbid_keeping(response: Response) -> Response:
    """No browser or proxy keeps a page of somebody who is signed in."""
    if is_signed_in() and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
