"""The words and headers of mails."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.incidents.conversation import comment_on_incident
from servicedesk.notifications.models import Notice
from servicedesk.notifications.rendering import render_notice
from servicedesk.notifications.rules import RULES
from tests.factories import acting, make_person
from tests.notifications.lives import begin, live, notices

SENDER = "Service desk <desk@example.test>"
HEADERS = {
    "Subject", "From", "To", "Message-ID", "In-Reply-To", "References", "Date", "Auto-Submitted",
    "MIME-Version", "Content-Type",
}  # fmt: skip


def sent(notice: Notice) -> EmailMessage:
    """Return a notice's mail as it arrives."""
    return BytesParser(EmailMessage, policy=default).parsebytes(
        render_notice(notice, SENDER).as_bytes(policy=SMTP)
    )


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_every_kind_becomes_a_mail_in_words_without_holes(db: Any) -> None:
    cast = begin(title="Outlook <b>&</b> “friends”")
    live(cast)
    rendered = set()
    for notice in notices():
        mail = sent(notice)
        for text in (words_of(mail), words_of(mail, "html")):
            assert "None" not in text
            assert "{{" not in text
            assert "&amp;amp;" not in text
        assert notice.record.number in str(mail["Subject"])
        assert f"Dear {notice.person.name}," in words_of(mail)
        rendered.add(notice.template)
    assert rendered == set(RULES)


def test_what_people_wrote_stays_text_in_the_html(db: Any) -> None:
    cast = begin(title="<script>alert(1)</script>")
    html = words_of(sent(notices()[0]), "html")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<script>alert(1)</script>" in words_of(sent(notices()[0]))
    comment_on_incident(
        cast.incident,
        actor=acting(cast.agent),
        body="<img src=x>",
        is_public=True,
        channel="desk",
        now=utcnow(),
    )
    assert "<img" not in words_of(sent(notices()[-1]), "html")


def test_mails_about_one_record_stay_together_and_never_change_their_id(db: Any) -> None:
    live(begin())
    begin(title="Another")
    mails = [sent(notice) for notice in notices()]
    threads = {
        (notice.record_id, str(mail["In-Reply-To"])) for notice, mail in zip(notices(), mails, strict=True)
    }
    assert len(threads) == len({record for record, _ in threads}) == 3
    ids = [str(mail["Message-ID"]) for mail in mails]
    assert len(set(ids)) == len(ids)
    assert ids == [str(sent(notice)["Message-ID"]) for notice in notices()]
    assert all(name.endswith("@desk.test>") for name in ids)


def test_links_lead_to_the_reader_s_own_side(db: Any) -> None:
    cast = begin()
    live(cast)
    number = cast.incident.number
    to_requester = next(notice for notice in notices() if notice.for_requester)
    to_agent = next(notice for notice in notices() if not notice.for_requester)
    assert f"http://desk.test/records/{number}" in words_of(sent(to_requester))
    assert f"http://desk.test/desk/incidents/{number}" in words_of(sent(to_agent))


@pytest.mark.parametrize(
    "name",
    [
        "Rita\r\nBcc: all@example.test",
        'Rita" <all@example.test>, "x',
        "Rita\\",
        "ريتا \u202eatiR",
        "Zoë 🐿 O'Neil",
        "a" * 150,
    ],
)
def test_no_name_or_title_adds_a_header_or_an_address(db: Any, name: str) -> None:
    begin(title=f"Mail {name}", requester=make_person(name=name))
    mail = sent(notices()[0])
    assert set(mail.keys()) == HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == [notices()[0].person.mail]
    assert "\n" not in str(mail["Subject"])
