"""One's own settings."""

import re
from typing import Any

from sqlalchemy import select

from servicedesk.core.audit import AuditEvent
from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Permission
from servicedesk.directory.models import AccessToken
from servicedesk.directory.sign_in import check_sign_in, list_sessions
from servicedesk.directory.tokens import find_token
from servicedesk.notifications.operations import wants_mail
from servicedesk.notifications.rules import Topic
from servicedesk.portal.tokens import SCOPE_WORDS
from tests.factories import PASSWORD, make_agent, make_person, make_session_token, with_password

NEW_PASSWORD = "four quite plain words"


def test_a_requester_chooses_only_about_their_own_records(db: Any, sign_in: Any) -> None:
    person = make_person()
    browser = sign_in(person)
    page = browser.get("/settings/notices").text
    assert "Escalations that I must acknowledge" not in page
    browser.send("/settings/notices")
    assert not wants_mail(person.id, Topic.MY_RECORDS)
    assert wants_mail(person.id, Topic.ESCALATIONS)
    browser.send("/settings/notices", my_records="y")
    assert wants_mail(person.id, Topic.MY_RECORDS)
    assert "Escalations that I must acknowledge" in sign_in(make_agent()).get("/settings/notices").text


def test_shortcuts_are_switched_on_and_off(db: Any, sign_in: Any) -> None:
    person = make_person()
    browser = sign_in(person)
    browser.send("/settings/shortcuts", shortcuts="y")
    assert person.shortcuts
    browser.send("/settings/shortcuts")
    assert not person.shortcuts


def test_another_browser_is_signed_out_but_never_somebody_elses(db: Any, sign_in: Any) -> None:
    person, other = make_person(), make_person()
    browser = sign_in(person)
    make_session_token(person)
    make_session_token(other)
    newest = list_sessions(person.id, utcnow())[0]
    strange = list_sessions(other.id, utcnow())[0]
    page = browser.get("/settings/sessions").text
    assert "This browser" in page
    assert browser.send(f"/settings/sessions/{newest.id}/end", page="/settings/sessions").status_code == 302
    assert newest.ended_at is not None
    assert browser.send(f"/settings/sessions/{strange.id}/end", page="/settings/sessions").status_code == 404
    assert strange.ended_at is None


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(db: Any, sign_in: Any) -> None:
    person = with_password(make_person())
    browser = sign_in(person)
    make_session_token(person)
    fields = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    wrong = browser.send("/settings/password", **fields | {"current": "wrong"})
    assert wrong.status_code == 422
    assert "This is not your current password." in wrong.text
    assert NEW_PASSWORD not in wrong.text
    for refused in (
        {"password": "short", "again": "short"},
        {"again": "another one"},
        {"password": PASSWORD, "again": PASSWORD},
    ):
        assert browser.send("/settings/password", **fields | refused).status_code == 422
    assert browser.send("/settings/password", **fields).status_code == 302
    check_sign_in(mail=person.mail, password=NEW_PASSWORD, address="127.0.0.1", now=utcnow())
    assert len(list_sessions(person.id, utcnow())) == 1
    assert browser.get("/settings").status_code == 200
    kinds = db.session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)).all()
    assert "person.password-changed" in kinds
    assert "person.sign-in-refused" in kinds


def test_a_password_kept_elsewhere_is_not_changed_here(db: Any, sign_in: Any) -> None:
    browser = sign_in(make_person())
    assert "kept in the directory" in browser.get("/settings/password").text


def test_a_token_is_limited_to_own_rights_shown_once_and_revoked(db: Any, sign_in: Any) -> None:
    person = make_person()
    browser = sign_in(person)
    assert "incident:resolve" not in browser.get("/settings/tokens/new").text
    fields = {"name": "Export", "scopes": ["incident:follow"], "lasts_days": "30"}
    beyond = browser.send("/settings/tokens/new", **fields | {"scopes": ["incident:resolve"]})
    assert beyond.status_code == 422
    none = browser.send("/settings/tokens/new", **fields | {"scopes": []})
    assert "Choose at least one thing" in none.text
    made = browser.send("/settings/tokens/new", **fields)
    token = re.search(r"<code>(sd_[^<]+)</code>", made.text)[1]
    found = find_token(token, utcnow())
    assert found is not None
    assert found[0].id == person.id
    page = browser.get("/settings/tokens").text
    assert "Export" in page
    assert token not in page
    stranger = sign_in(make_person())
    path = f"/settings/tokens/{db.session.scalars(select(AccessToken)).one().id}/revoke"
    assert stranger.send(path, page="/report").status_code == 404
    browser.send(path, page="/settings/tokens")
    assert find_token(token, utcnow()) is None


def test_every_scope_is_said_in_words() -> None:
    assert set(SCOPE_WORDS) == set(Permission)
