"""One request, one transaction: kept when the answer is good, undone when it is not."""

from flask import Flask, Response, g

from servicedesk.core.db import db


def keep_changes() -> None:
    """Have what was written kept although the answer is a refusal (a refused sign-in is written down)."""
    g.keep_changes = True


def finish(response: Response) -> Response:
    """Commit a good answer's changes, roll back a refused one's."""
    if response.status_code < 400 or g.pop("keep_changes", False):
        db.session.commit()
    else:
        db.session.rollback()
    return response


def undo() -> None:
    """Undo what this request has written so far, before a refused form is shown again."""
    db.session.rollback()


def init_app(app: Flask) -> None:
    """Finish every request's transaction."""
    app.after_request(finish)
