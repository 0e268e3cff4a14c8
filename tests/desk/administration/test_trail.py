"""The audit trail and the mails, as administrators and auditors read them."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.audit_chain import anchor_file, write_anchor
from servicedesk.core.clock import utcnow
from servicedesk.core.permissions import Role
from servicedesk.incidents.operations import log_incident
from servicedesk.notifications.models import Notice
from tests.factories import (
    acting,
    make_administrator,
    make_agent,
    make_desk,
    make_incident,
    make_person,
    the_desk,
)

AUDIT = "/desk/admin/audit"


@pytest.fixture
def everything(db: Any, sign_in: Callable[[Any], Any]) -> Any:
    """Return the browser of an administrator of everything."""
    return sign_in(make_administrator())


def keep_mail(settings: Any, name: str) -> None:
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = "Your call", "ada@example.test", "desk@example.test"
    message.set_content("Plain words")
    message.add_alternative("<script>alert(1)</script>", subtype="html")
    settings.mail_folder.mkdir(parents=True, exist_ok=True)
    (settings.mail_folder / name).write_bytes(message.as_bytes())


def test_the_trail_is_narrowed_by_kind_person_and_record(db: Any, everything: Any) -> None:
    requester = make_person(name="Ada Fern")
    incident, other = make_incident(requester=requester), make_incident()
    for query in (f"person={requester.mail}", f"number={incident.number.lower()}"):
        page = everything.get(f"{AUDIT}?{query}").text
        assert incident.number in page
        assert other.number not in page
    assert other.number in everything.get(f"{AUDIT}?kind=incident.logged").text
    assert other.number not in everything.get(f"{AUDIT}?kind=incident.closed").text


@pytest.mark.parametrize(
    "query", ["person=nobody@example.test", "number=INC-999999", "number=x%00y", "kind=no"]
)
def test_a_filter_that_finds_nothing_says_so(db: Any, everything: Any, query: str) -> None:
    page = everything.get(f"{AUDIT}?{query}")
    assert page.status_code == 200
    assert "Nothing here" in page.text


def test_a_desks_auditor_reads_what_happened_at_the_desk(db: Any, sign_in: Callable[[Any], Any]) -> None:
    mine, foreign = make_incident(), make_incident(desk=make_desk())
    page = sign_in(make_person(Role.AUDITOR)).get(AUDIT).text
    assert mine.number in page
    assert foreign.number not in page
    assert "person.signed-in" not in page.split("<tbody")[1]


def test_an_agent_does_not_read_the_trail(db: Any, sign_in: Callable[[Any], Any]) -> None:
    assert sign_in(make_person(Role.SENIOR_OFFICER)).get(AUDIT).status_code == 403


def test_the_last_anchor_is_shown_and_a_forged_one_denounced(db: Any, everything: Any, settings: Any) -> None:
    file = anchor_file(settings.var)
    file.unlink(missing_ok=True)
    assert "No anchor has been written yet" in everything.get(AUDIT).text
    make_incident()
    write_anchor(settings.var)
    assert "The only anchor was written" in everything.get(AUDIT).text
    file.write_text(file.read_text().replace('"at": "20', '"at": "19'))
    assert "cannot be trusted" in everything.get(AUDIT).text
    file.unlink()


def test_kept_mails_are_shown_as_text_never_as_a_page(db: Any, everything: Any, settings: Any) -> None:
    keep_mail(settings, "one.eml")
    assert "Your call" in everything.get("/desk/admin/mails").text
    page = everything.get("/desk/admin/mails/one.eml").text
    assert "Plain words" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    file = everything.get("/desk/admin/mails/one.eml/file")
    assert file.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["nothing.eml", "..%2fsecret.key", ".hidden.eml", "secret.key"])
def test_only_mails_are_read_from_the_folder(db: Any, everything: Any, name: str) -> None:
    assert everything.get(f"/desk/admin/mails/{name}").status_code == 404


def test_a_mail_that_was_given_up_is_tried_again(
    db: Any, everything: Any, queued: Callable[[str], Any]
) -> None:
    log_incident(
        actor=acting(make_agent()), desk=the_desk(), requester=make_person(), title="No mail", description="",
        impact=2, urgency=2, channel="phone", now=utcnow(),
    )  # fmt: skip
    notice = db.session.scalars(select(Notice)).one()
    notice.mail_state, notice.error, notice.attempts, notice.try_at = (
        "failed",
        "ConnectionRefusedError",
        8,
        None,
    )
    db.session.commit()
    assert "ConnectionRefusedError" in everything.get("/desk/admin/failed-mails").text
    path = f"/desk/admin/notices/{notice.id}/send-again"
    assert everything.send(path, page="/desk/admin/failed-mails").status_code == 303
    assert ("servicedesk.notifications.jobs.send_notice", (notice.id,)) in queued("mail")
    assert (notice.mail_state, notice.attempts) == ("queued", 0)
    assert everything.send(path, page="/desk/admin/").status_code == 409
