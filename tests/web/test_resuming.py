"""What somebody typed before their session ended: it waits, and secrets do not."""

import re
from html import unescape
from pathlib import Path

import servicedesk
from servicedesk.web.resuming import SECRETS
from tests import factories


def kept_in(answer):
    """Return what a sign-in page keeps."""
    page = answer.get_data(as_text=True)
    return unescape(page.split('name="kept_form" value="', 1)[1].split('"', 1)[0])


def test_a_sign_in_page_that_waited_too_long_still_has_what_was_typed(client):
    person = factories.with_password(factories.make_person())
    kept = kept_in(client.post("/report", data={"description": "The lift stands still."}))
    sent = {"mail": person.mail, "password": factories.PASSWORD, "kept_form": kept}
    late = client.post("/sign-in", data=sent | {"csrf_token": "stale"})
    assert late.status_code == 401
    assert person.mail in late.get_data(as_text=True)
    assert kept_in(late) == kept
    resumed = client.post("/sign-in", data=sent | {"csrf_token": client.form_token("/sign-in")})
    assert "The lift stands still." in resumed.get_data(as_text=True)
    assert 'action="/report"' in resumed.get_data(as_text=True)


def test_a_late_sign_in_with_nothing_typed_leads_where_somebody_wanted_to_go(client):
    late = client.post("/sign-in", data={"mail": "a@desk.test", "password": "x", "next": "/records"})
    page = late.get_data(as_text=True)
    assert "kept_form" not in page
    assert 'name="next" value="/records"' in page
    assert "had waited too long" in page


def test_no_password_is_shown_again(sign_in):
    browser = sign_in(factories.make_person())
    secret = "three words together"
    sent = {"current": secret, "password": secret, "again": secret, "csrf_token": "stale"}
    answer = browser.post("/settings/password", data=sent)
    assert answer.status_code == 400
    assert secret not in answer.get_data(as_text=True)


def test_every_password_field_counts_as_a_secret():
    sources = Path(servicedesk.__file__).parent.rglob("*.py")
    found = {
        name for source in sources for name in re.findall(r"(\w+) = PasswordField\(", source.read_text())
    }
    assert found == SECRETS
