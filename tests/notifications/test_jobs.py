"""Mails leave once, wait while the server is away, and say so when they cannot leave."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from servicedesk.core.clock import utcnow
from servicedesk.notifications.jobs import MOST_ATTEMPTS, send_notice, send_unsent_notices
from servicedesk.notifications.mailer import Mailer, list_kept_mails, use_mailer
from servicedesk.notifications.models import Notice
from servicedesk.notifications.operations import SEND_NOTICE
from servicedesk.settings import Settings
from tests.notifications.lives import begin, notices

SENDER = "Service desk <desk@example.test>"


class Postbox:
    """A mail server's handler: keeps what it takes; `refusal` is what it says instead of taking."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take or refuse a mail."""
        if self.refusal:
            return self.refusal
        self.mails.append(envelope)
        return "250 Taken"


@pytest.fixture
def mail_by(settings: Settings, tmp_path: Path, app: Flask) -> Iterator[Callable[[str | None], None]]:
    """Return how to set the way out for mails."""
    yield lambda url: use_mailer(Mailer(url, tmp_path / "mail", SENDER))
    use_mailer(Mailer(settings.smtp_url, settings.mail_folder, settings.mail_from))


@pytest.fixture
def postbox(free_port: int, mail_by: Callable[[str | None], None]) -> Iterator[Postbox]:
    """Run a real mail server on loopback and send to it."""
    handler = Postbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port)
    controller.start()
    mail_by(f"smtp://127.0.0.1:{free_port}")
    yield handler
    controller.stop()


def one_notice(db: Any) -> Notice:
    begin()
    db.session.commit()
    (notice,) = notices()
    return notice


def wait_over(db: Any, notice_id: int) -> None:
    """Let the time until the next attempt have passed."""
    db.session.get_one(Notice, notice_id).try_at = utcnow() - timedelta(minutes=1)
    db.session.commit()


def test_a_mail_leaves_after_the_commit_and_only_once(
    db: Any, postbox: Postbox, queued: Any, run_jobs: Any
) -> None:
    notice = one_notice(db)
    notice_id, mail = notice.id, notice.person.mail
    assert queued("mail") == [(SEND_NOTICE, (notice_id,))]
    run_jobs("mail")
    for _ in range(2):
        send_notice(notice_id)
    assert [envelope.rcpt_tos for envelope in postbox.mails] == [[mail]]
    assert postbox.mails[0].mail_from == "desk@example.test"
    kept = db.session.get_one(Notice, notice_id)
    assert (kept.mail_state, kept.attempts, kept.try_at, kept.error) == ("sent", 1, None, None)
    assert kept.sent_at is not None


def test_a_mail_waits_for_a_server_that_is_away_and_then_leaves_once(
    db: Any, postbox: Postbox, mail_by: Any, queued: Any, run_jobs: Any
) -> None:
    notice_id = one_notice(db).id
    postbox.refusal = "451 Try again later"
    run_jobs("mail")
    failed = db.session.get_one(Notice, notice_id)
    assert (failed.mail_state, failed.error) == ("queued", "SMTPDataError")
    assert failed.try_at is not None
    assert failed.try_at > utcnow()
    send_unsent_notices()
    assert queued("mail") == []
    postbox.refusal = ""
    wait_over(db, notice_id)
    send_unsent_notices()
    run_jobs("mail")
    send_unsent_notices()
    assert queued("mail") == []
    assert len(postbox.mails) == 1
    assert db.session.get_one(Notice, notice_id).mail_state == "sent"


def test_each_attempt_comes_later_and_after_the_last_it_has_failed(
    db: Any, mail_by: Any, free_port: int
) -> None:
    mail_by(f"smtp://127.0.0.1:{free_port}")
    notice_id = one_notice(db).id
    waits = []
    for _ in range(MOST_ATTEMPTS):
        wait_over(db, notice_id)
        send_notice(notice_id)
        again = db.session.get_one(Notice, notice_id).try_at
        waits.append((again - utcnow()).total_seconds() if again else None)
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    failed = db.session.get_one(Notice, notice_id)
    assert (failed.mail_state, failed.error) == ("failed", "ConnectionRefusedError")


def test_a_mail_that_the_server_will_never_take_has_failed_at_once(db: Any, postbox: Postbox) -> None:
    notice_id = one_notice(db).id
    postbox.refusal = "550 No such mailbox"
    send_notice(notice_id)
    failed = db.session.get_one(Notice, notice_id)
    assert (failed.mail_state, failed.error, failed.try_at) == ("failed", "SMTPDataError", None)


def test_without_a_server_mails_are_kept_as_files(db: Any, mail_by: Any, tmp_path: Path) -> None:
    mail_by(None)
    notice = one_notice(db)
    notice_id, number = notice.id, notice.record.number
    send_notice(notice_id)
    kept = list_kept_mails(tmp_path / "mail")
    assert len(kept) == 1
    assert number in str(kept[0][1]["Subject"])
    assert db.session.get_one(Notice, notice_id).mail_state == "sent"


def test_what_redis_lost_is_handed_over_again(db: Any, redis: Any, queued: Any) -> None:
    notice_id = one_notice(db).id
    redis.flushdb()
    send_unsent_notices()
    assert queued("mail") == []
    wait_over(db, notice_id)
    send_unsent_notices()
    assert queued("mail") == [(SEND_NOTICE, (notice_id,))]
