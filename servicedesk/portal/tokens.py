"""One's own access tokens for the API."""

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.core.words import exact, moment_in_words, moment_view
from servicedesk.directory.models import AccessToken
from servicedesk.directory.tokens import create_token, list_tokens, revoke_token
from servicedesk.portal.blueprint import portal
from servicedesk.portal.settings_forms import CreateTokenForm
from servicedesk.web.access import current_actor, current_person, requires
from servicedesk.web.choices import choice
from servicedesk.web.forms import render_form

SCOPE_WORDS = {
    Permission.ADMINISTRATION_DESK: "Administer a desk: teams, categories, hours, targets",
    Permission.ADMINISTRATION_EVERYTHING: "Administer everything",
    Permission.AUDIT_READ: "Read the audit trail",
    Permission.DIRECTORY_READ: "Read people, teams and sites",
    Permission.ESCALATION_ACKNOWLEDGE: "Acknowledge escalations",
    Permission.ESCALATION_READ: "Read escalations",
    Permission.INCIDENT_AMEND: "Change incidents: category, priority, title",
    Permission.INCIDENT_ASSIGN: "Assign incidents",
    Permission.INCIDENT_CANCEL: "Cancel incidents",
    Permission.INCIDENT_CLOSE: "Close incidents",
    Permission.INCIDENT_COMMENT: "Answer and write notes on incidents",
    Permission.INCIDENT_FOLLOW: "Read and answer my own records",
    Permission.INCIDENT_HOLD: "Put incidents on hold",
    Permission.INCIDENT_LOG: "Log incidents for callers",
    Permission.INCIDENT_READ: "Read the incidents of my desks",
    Permission.INCIDENT_REOPEN: "Reopen incidents",
    Permission.INCIDENT_REPORT: "Report incidents",
    Permission.INCIDENT_RESOLVE: "Resolve incidents",
    Permission.INCIDENT_RESUME: "Resume incidents",
    Permission.INCIDENT_SHARE: "Share incidents with other desks",
    Permission.INCIDENT_START: "Start work on incidents",
    Permission.INCIDENT_TRANSFER: "Transfer incidents",
    Permission.OUTAGE_PUBLISH: "Publish notices of outages",
    Permission.PORTAL_USE: "Use the portal",
}


@portal.route("/settings/tokens")
@requires(Permission.PORTAL_USE)
def show_tokens() -> ResponseReturnValue:
    """List the tokens in force."""
    now = utcnow()
    rows = [_row(token, now) for token in list_tokens(current_person().id)]
    return render_template("portal/settings/tokens.html", rows=rows)


def _row(token: AccessToken, now: datetime) -> dict[str, object]:
    """Return a token as the list shows it."""
    expired = token.expires_at is not None and token.expires_at <= now
    until = moment_in_words(token.expires_at, now) if token.expires_at else "until it is revoked"
    return {
        "id": token.id,
        "name": token.name,
        "scopes": ", ".join(token.scopes),
        "until": f"ended {until}" if expired else until,
        "created": moment_view(token.created_at, now),
        "used": moment_view(token.used_at, now) if token.used_at else None,
    }


@portal.route("/settings/tokens/new", methods=["GET", "POST"])
@requires(Permission.PORTAL_USE)
def add_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form, actor = CreateTokenForm(), current_actor()
    # Rights at one desk only count too: what the token can do there is checked again with each call.
    form.scopes.choices = [choice(each, each) for each in Permission if actor.may(each)]
    if form.accepted():
        with form.showing_rule_errors():
            expires_at = utcnow() + timedelta(days=int(form.lasts_days.data))
            token = create_token(
                current_person(), actor=actor, name=form.name.data or "", scopes=form.scopes.data or [],
                expires_at=expires_at, now=utcnow(),
            )  # fmt: skip
            return render_template(
                "portal/settings/token_made.html", token=token, name=form.name.data, expires=exact(expires_at)
            )
    hints = {str(each): words for each, words in SCOPE_WORDS.items()}
    return render_form("portal/settings/token_new.html", form, hints=hints)


@portal.route("/settings/tokens/<int:token_id>/revoke", methods=["POST"])
@requires(Permission.PORTAL_USE)
def end_token(token_id: int) -> ResponseReturnValue:
    """Revoke a token."""
    revoke_token(token_id, actor=current_actor(), now=utcnow())
    flash("The token has been revoked. It works no more.", "success")
    return redirect(url_for(".show_tokens"))
