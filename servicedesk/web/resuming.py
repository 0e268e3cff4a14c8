"""Nothing typed is lost with an expired session: it waits in the sign-in page and is offered again."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

FIELD = "kept_form"
LASTS_SECONDS = 3600
_NOT_KEPT = frozenset({"csrf_token", "password", FIELD})


def _serializer() -> URLSafeTimedSerializer:
    """Return what signs the kept fields, so that only forms that were sent to us can be offered again."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept form")


def keep_and_ask() -> ResponseReturnValue:
    """Answer a form sent without a session: the sign-in page, with what was typed inside it."""
    from servicedesk.web.sign_in import SignInForm

    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    kept = {"path": request.full_path.rstrip("?"), "fields": fields, "files": bool(request.files)}
    form = SignInForm(formdata=None)
    page = render_template(
        "sign_in.html", form=form, kept=_serializer().dumps(kept), expired=True, refused=True, next=""
    )
    return page, 401


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
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    return render_template(
        "resume.html",
        action=request.full_path.rstrip("?"),
        fields=fields,
        files=bool(request.files),
        refused=True,
    )
