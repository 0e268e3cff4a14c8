"""Send mails: each notice in three short moves, so that no network call stands inside a transaction."""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

import structlog
from sqlalchemy import select, update

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.jobs import enqueue, in_transaction, job
from servicedesk.notifications.mailer import mailer
from servicedesk.notifications.models import Notice
from servicedesk.notifications.operations import SEND_NOTICE
from servicedesk.notifications.rendering import render_notice

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
# From here on, SMTP's replies mean that trying again is no use.
PERMANENT = 500


@job(queue="mail")
def send_notice(notice_id: int) -> None:
    """Send one notice by mail; running it again sends nothing more.

    Only a crash between the server's yes and our note of it can send a mail twice, under one Message-ID.
    """
    now = utcnow()
    claimed = db.session.scalar(
        update(Notice)
        .where(Notice.id == notice_id, Notice.mail_state == "queued", Notice.try_at <= now)
        .values(try_at=now + LEASE, attempts=Notice.attempts + 1)
        .returning(Notice.id)
    )
    if claimed is None:
        return
    message = render_notice(db.session.get_one(Notice, notice_id), mailer().sender)
    in_transaction(lambda: None)
    try:
        mailer().send(message)
    except (OSError, SMTPException) as error:
        in_transaction(_note_failure, notice_id, error, now)
        log.warning("mail not handed over", notice=notice_id, error=type(error).__name__)
    else:
        in_transaction(_note_sent, notice_id)


def _note_sent(notice_id: int) -> None:
    """Keep that a mail is on its way."""
    notice = db.session.get_one(Notice, notice_id, with_for_update=True)
    notice.mail_state, notice.sent_at, notice.try_at, notice.error = "sent", utcnow(), None, None


def _note_failure(notice_id: int, error: Exception, now: datetime) -> None:
    """Keep why a mail did not leave, and when to try again: later each time, until it is given up."""
    notice = db.session.get_one(Notice, notice_id, with_for_update=True)
    given_up = notice.attempts >= MOST_ATTEMPTS or _is_for_ever(error)
    notice.error = type(error).__name__
    notice.mail_state = "failed" if given_up else "queued"
    notice.try_at = None if given_up else now + timedelta(seconds=15 * 2**notice.attempts)


def _is_for_ever(error: Exception) -> bool:
    """Return whether the server refuses this mail or its address; a refused sign-in of ours is mended."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= PERMANENT


def send_unsent_notices() -> None:
    """Hand over again what is queued and due: what Redis lost, and what failed and may be tried again."""
    due = select(Notice.id).where(
        Notice.mail_state == "queued", Notice.try_at <= utcnow() - timedelta(seconds=10)
    )
    for notice_id in db.session.scalars(due.order_by(Notice.try_at, Notice.id).limit(500)):
        enqueue(SEND_NOTICE, notice_id)
