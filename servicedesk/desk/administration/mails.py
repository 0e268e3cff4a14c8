"""The mails that are kept as files, and those that could not be sent."""

from email.message import EmailMessage
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from servicedesk.core.clock import utcnow
from servicedesk.core.paging import SortKey, fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    MOST_IN_CSV,
    Listing,
    Row,
    answer_list,
    page_url,
    paging_of,
    wants_csv,
)
from servicedesk.notifications import operations, queries
from servicedesk.notifications.mailer import find_kept_mail, list_kept_mails, read_mail
from servicedesk.notifications.models import Notice
from servicedesk.web.access import current_actor, requires

MAILS = Listing(
    "Mails",
    (("subject", "Subject"), ("to", "To"), ("date", "Date")),
    "Mails are kept as files only while no SMTP server is set.",
    moments=frozenset({"date"}),
)
FAILED = Listing(
    "Mails that failed",
    (
        ("record", "Record"),
        ("to", "To"),
        ("kind", "About"),
        ("created_at", "Written"),
        ("attempts", "Attempts"),
        ("error", "Why"),
    ),
    "Every mail has left, or is still being tried.",
    numeric=frozenset({"attempts"}),
    moments=frozenset({"created_at"}),
)
PAGE = 50
NEWEST_FIRST = (SortKey(Notice.id, "id", descending=True),)


@admin.route("/mails")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_mails() -> ResponseReturnValue:
    """List the mails that are kept as files, newest first."""
    folder, size = current_app.config["SETTINGS"].mail_folder, MOST_IN_CSV if wants_csv() else PAGE + 1
    found = list_kept_mails(folder, size, older_than=request.args.get("after", ""))
    rows = [_mail_row(name, mail) for name, mail in found]
    more = len(rows) > PAGE and not wants_csv()
    shown = rows[:PAGE] if more else rows
    older = page_url(after=shown[-1]["name"]) if more else None
    newer = page_url() if request.args.get("after") else None
    return answer_list(MAILS, shown, paging={"newer_url": newer, "older_url": older})


def _mail_row(name: str, mail: EmailMessage) -> Row:
    """Return a mail as a row."""
    return {
        "name": name,
        "subject": str(mail["Subject"] or "(no subject)"),
        "to": str(mail["To"] or ""),
        "date": mail["Date"].datetime if mail["Date"] else None,
        "url": url_for(".show_mail", name=name),
    }


@admin.route("/mails/<string:name>")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def show_mail(name: str) -> ResponseReturnValue:
    """Show a kept mail as text; its HTML is shown as it was written, never as a page."""
    mail = read_mail(find_kept_mail(current_app.config["SETTINGS"].mail_folder, name))
    headers = [(header, str(value)) for header, value in mail.items() if not header.startswith("Content-")]
    return render_template(
        "desk/administration/mail.html",
        name=name,
        subject=str(mail["Subject"] or "(no subject)"),
        headers=headers,
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    """Return the words of one part of a mail."""
    part: Any = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()).strip() if part is not None else ""


@admin.route("/mails/<string:name>/file")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def download_mail(name: str) -> Response:
    """Hand out a kept mail as the file that a mail program opens."""
    file = find_kept_mail(current_app.config["SETTINGS"].mail_folder, name)
    response = Response(file.read_bytes(), mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@admin.route("/failed-mails")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def list_failed_mails() -> ResponseReturnValue:
    """List the mails that were given up."""
    query = queries.select_failed()
    if wants_csv():
        return answer_list(FAILED, map(_failed_row, fetch_page(query, NEWEST_FIRST, size=MOST_IN_CSV).rows))
    after, before = request.args.get("after", ""), request.args.get("before", "")
    page = fetch_page(query, NEWEST_FIRST, after=after, before=before)
    return answer_list(FAILED, map(_failed_row, page.rows), paging=paging_of(page), sends_again=True)


def _failed_row(notice: Notice) -> Row:
    """Return a notice as a row."""
    return {
        "id": notice.id,
        "record": notice.record.number,
        "to": notice.person.mail,
        "kind": notice.audit_event.kind,
        "created_at": notice.created_at,
        "attempts": notice.attempts,
        "error": notice.error or "",
        "url": url_for("desk.show_incident", number=notice.record.number),
    }


@admin.post("/notices/<int:notice_id>/send-again")
@requires(Permission.ADMINISTRATION_EVERYTHING)
def send_again(notice_id: int) -> ResponseReturnValue:
    """Have a mail tried again."""
    notice = queries.get_notice(notice_id, lock=True)
    operations.send_again(notice, actor=current_actor(), now=utcnow())
    flash("The mail is being tried again.", "success")
    return redirect(url_for(".list_failed_mails"), 303)
