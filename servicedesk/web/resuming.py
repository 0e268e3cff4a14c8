"""Nothing typed is lost with an expired session: it waits in the sign-in page and is offered again."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

FIELD = "kept_form"
LASTS_SECONDS = 3600
# Every password field of ours; none of them is sealed into a page or shown again.
SECRETS = frozenset({"again", "current", "password"})
_NOT_KEPT = SECRETS | {"csrf_token", FIELD}


def _serializer() -> URLSafeTimedSerializer:
    """Return what signs the kept fields, so that only forms that were sent to us can be offered again."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept form")


def keep_and_ask() -> ResponseReturnValue:
    """Answer a form sent without a session: the sign-in page, with what was typed inside it."""
    from servicedesk.web.sign_in import SignInForm

    # A sign-in form that waited too long carries what was typed before it.
    is_sign_in = request.endpoint == "web.sign_in"
    page = render_template(
        "sign_in.html",
        form=SignInForm(formdata=None, data={"mail": request.form.get("mail")} if is_sign_in else None),
        kept=kept_fields() if is_sign_in else _serializer().dumps(_sent()),
        expired=True,
        refused=True,
        next=request.values.get("next", "") if is_sign_in else "",
    )
    return page, 401


def _sent() -> dict[str, object]:
    """Return what was sent, and to where."""
    return {"path": request.full_path.rstrip("?"), "fields": _typed(), "files": bool(request.files)}


def _typed() -> list[tuple[str, str]]:
    """Return the fields that can be shown again: no secrets."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]


def kept_fields() -> str | None:
    """Return the fields that came along with the sign-in form, still sealed."""
    return request.form.get(FIELD) or None


def show_kept(sealed: str) -> ResponseReturnValue:
    """After the sign-in, show what was typed and let its author send it."""
    from servicedesk.web.sign_in import local_target

    try:
        kept = _serializer().loads(sealed, max_age=LASTS_SECONDS)
    except BadSignature:
        return render_template("error.html", title="That took too long", text="Please type it again."), 400
    return render_template(
        "resume.html",
        action=local_target(kept["path"]),
        fields=kept["fields"],
        files=kept["files"],
        refused=True,
    )


def offer_again() -> str:
    """Show a form whose token was stale once more: its author sees it and sends it on purpose."""
    return render_template(
        "resume.html",
        action=request.full_path.rstrip("?"),
        fields=_typed(),
        files=bool(request.files),
        refused=True,
    )
