"""One's own settings: mails, keys, password, sign-in sessions."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import NotAllowed
from servicedesk.core.permissions import Permission
from servicedesk.core.words import moment_view
from servicedesk.directory.own_account import change_password, choose_shortcuts
from servicedesk.directory.sign_in import TOO_MANY, end_session, list_sessions
from servicedesk.directory.tokens import list_tokens
from servicedesk.notifications.operations import choose_mail
from servicedesk.notifications.queries import mail_choices
from servicedesk.notifications.rules import Topic
from servicedesk.portal.blueprint import portal
from servicedesk.portal.browsers import browser_words
from servicedesk.portal.settings_forms import ChangePasswordForm, NoticesForm, ShortcutsForm
from servicedesk.web.access import client_address, current_actor, current_person, requires
from servicedesk.web.forms import render_form
from servicedesk.web.sign_in import current_session_id
from servicedesk.web.transaction import keep_changes


@portal.route("/settings")
@requires(Permission.PORTAL_USE)
def show_settings() -> ResponseReturnValue:
    """Show what can be set, and how it is set now."""
    person = current_person()
    chosen = mail_choices(person.id)
    return render_template(
        "portal/settings/overview.html",
        person=person,
        mails_on=sum(chosen[topic] for topic in _topics()),
        topic_count=len(_topics()),
        session_count=len(list_sessions(person.id, utcnow())),
        token_count=len(list_tokens(person.id)),
    )


@portal.route("/settings/notices", methods=["GET", "POST"])
@requires(Permission.PORTAL_USE)
def choose_notices() -> ResponseReturnValue:
    """Choose which notices come by mail."""
    person = current_person()
    form = NoticesForm(data={str(topic): on for topic, on in mail_choices(person.id).items()})
    for topic in set(Topic) - set(_topics()):
        del form[topic]
    if form.accepted():
        for topic in _topics():
            choose_mail(person, topic, by_mail=form[topic].data, actor=current_actor(), now=utcnow())
        return _saved("Your choice of mails has been saved.")
    return render_form("portal/settings/notices.html", form)


def _topics() -> list[Topic]:
    """Return the topics that concern this person: work and escalations reach only those who work records."""
    works = current_actor().may(Permission.INCIDENT_READ)
    return [topic for topic in Topic if works or topic is Topic.MY_RECORDS]


@portal.route("/settings/shortcuts", methods=["GET", "POST"])
@requires(Permission.PORTAL_USE)
def choose_keys() -> ResponseReturnValue:
    """Switch single-key shortcuts on or off."""
    person = current_person()
    form = ShortcutsForm(data={"shortcuts": person.shortcuts})
    if form.accepted():
        choose_shortcuts(person, actor=current_actor(), now=utcnow(), **form.values)
        return _saved("Your choice of shortcuts has been saved.")
    return render_form("portal/settings/shortcuts.html", form)


@portal.route("/settings/password", methods=["GET", "POST"])
@requires(Permission.PORTAL_USE)
def set_password() -> ResponseReturnValue:
    """Change the password of a local account; other browsers are signed out."""
    form, person = ChangePasswordForm(), current_person()
    if form.accepted():
        with form.showing_rule_errors():
            try:
                _change_password(form)
            except NotAllowed as refusal:
                keep_changes()
                limited = str(refusal) == TOO_MANY
                form.current.errors = [TOO_MANY if limited else "This is not your current password."]
            else:
                return _saved("Your password has been changed. Other browsers have been signed out.")
    return render_form("portal/settings/password.html", form, is_local=person.password_hash is not None)


def _change_password(form: ChangePasswordForm) -> None:
    """Change the password as the form says."""
    change_password(
        current_person(),
        actor=current_actor(),
        current=form.values["current"],
        password=form.values["password"],
        address=client_address(),
        session_id=current_session_id(),
        now=utcnow(),
    )


@portal.route("/settings/sessions")
@requires(Permission.PORTAL_USE)
def show_sessions() -> ResponseReturnValue:
    """List the browsers in which one is signed in."""
    now, here = utcnow(), current_session_id()
    rows = [
        {"id": session.id, "browser": browser_words(session.browser), "address": session.address,
         "started": moment_view(session.started_at, now), "seen": moment_view(session.seen_at, now),
         "is_this": session.id == here}
        for session in list_sessions(current_person().id, now)
    ]  # fmt: skip
    return render_template("portal/settings/sessions.html", rows=rows)


@portal.route("/settings/sessions/<int:session_id>/end", methods=["POST"])
@requires(Permission.PORTAL_USE)
def end_own_session(session_id: int) -> ResponseReturnValue:
    """Sign out another browser."""
    end_session(
        session_id,
        actor=current_actor(),
        person=current_person(),
        now=utcnow(),
        kind="sign-in-session.revoked",
    )
    flash("That browser has been signed out.", "success")
    return redirect(url_for(".show_sessions"))


def _saved(words: str) -> ResponseReturnValue:
    """Say that it is done, on the overview."""
    flash(words, "success")
    return redirect(url_for(".show_settings"))
