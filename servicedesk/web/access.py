"""Rights on routes: every view declares one, or that it is public."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask_login import current_user

from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import Person

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Declare that anybody may open this, signed in or not."""
    view.__dict__["is_public"] = True
    return view


def requires(permission: Permission, *others: Permission) -> Callable[[View], View]:
    """Declare the right that a view needs at one desk at least; the operation asks for the record's.

    Any one of `others` will do instead: what an agent does by right, a requester does with their own record.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                from servicedesk.web.sign_in import ask_to_sign_in

                return ask_to_sign_in()
            if not any(current_actor().may(other) for other in others):
                require(current_actor(), permission)
            return view(*args, **kwargs)

        guarded.__dict__["required_permission"] = permission
        guarded.__dict__["sufficient_permissions"] = (permission, *others)
        return cast(View, guarded)

    return declare


def current_actor() -> Actor:
    """Return who acts in this request."""
    if "actor" not in g:
        g.actor = current_user.actor()
    actor: Actor = g.actor
    return actor


def current_person() -> Person:
    """Return the person who is signed in."""
    person: Person = current_user.person
    return person


def is_signed_in() -> bool:
    """Return whether somebody is signed in."""
    return bool(current_user.is_authenticated)


def client_address() -> str:
    """Return the address that the request came from, as the web server saw it."""
    return request.remote_addr or "unknown"
