"""The way out for mails: an SMTP server, or files in a folder where none is set."""

import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from urllib.parse import unquote, urlsplit

from servicedesk.core.errors import NotFound

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Mailer:
    """Where mails go and who they come from."""

    smtp_url: str | None
    folder: Path
    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail; raise OSError or SMTPException if it cannot be handed over."""
        if self.smtp_url is None:
            self._keep(message)
        else:
            self._transmit(message, self.smtp_url)

    def _keep(self, message: EmailMessage) -> None:
        """Write the mail into the folder; the same Message-ID writes the same file again."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", str(message["Message-ID"]).strip("<>"))
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(message.as_bytes(policy=SMTP))
        unfinished.replace(self.folder / f"{name}.eml")

    def _transmit(self, message: EmailMessage, url: str) -> None:
        """Send over SMTP: smtp:// (STARTTLS where offered) or smtps://, with name and password if given."""
        at = urlsplit(url)
        secure, host = at.scheme == "smtps", at.hostname or "localhost"
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT_SECONDS, context=context)
            if secure
            else smtplib.SMTP(host, at.port or 25, timeout=TIMEOUT_SECONDS)
        ) as server:
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if at.username:
                server.login(unquote(at.username), unquote(at.password or ""))
            server.send_message(message)


_mailer: list[Mailer] = []


def use_mailer(mailer: Mailer) -> None:
    """Take the way out for mails; called once by the factory."""
    _mailer[:] = [mailer]


def mailer() -> Mailer:
    """Return the way out for mails."""
    return _mailer[0]


def list_kept_mails(
    folder: Path, limit: int = 200, *, older_than: str = ""
) -> list[tuple[str, EmailMessage]]:
    """Return the newest kept mails, or those before a file, with the names of their files."""
    files = sorted(folder.glob("*.eml"), key=_age, reverse=True) if folder.is_dir() else []
    names = [file.name for file in files]
    start = names.index(older_than) + 1 if older_than in names else 0
    return [(file.name, read_mail(file)) for file in files[start : start + limit]]


def _age(file: Path) -> tuple[int, str]:
    """Return by what kept mails are ordered."""
    return file.stat().st_mtime_ns, file.name


def find_kept_mail(folder: Path, name: str) -> Path:
    """Return the file of a kept mail; raise NotFound for a name that is none."""
    file = folder / name
    if re.fullmatch(r"[A-Za-z0-9._-]+\.eml", name) is None or name.startswith(".") or not file.is_file():
        raise NotFound("There is no such mail; it may have been cleared away.")
    return file


def read_mail(file: Path) -> EmailMessage:
    """Read one kept mail."""
    with file.open("rb") as stream:
        message = BytesParser(policy=default).parse(stream)
    assert isinstance(message, EmailMessage)
    return message
