"""Settings from the environment: the only module that reads it."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote


class SettingsError(ValueError):
    """The environment lacks or garbles a setting; the text names every one of them."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations; read once at start and never changed."""

    var: Path
    host: str
    port: int
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    public_url: str
    secret_keys: tuple[bytes, ...] = field(repr=False)
    policy_file: Path | None
    web_workers: int
    web_threads: int
    write_limit: str
    trusted_proxies: int

    @property
    def root(self) -> Path:
        """Return the folder of the checkout, which holds templates and migrations."""
        return Path(__file__).resolve().parent.parent

    @property
    def mail_folder(self) -> Path:
        """Return where mails are kept as files when no SMTP server is set."""
        return self.var / "mail"

    @property
    def has_private_database(self) -> bool:
        """Return whether the database is the supervisor's own PostgreSQL."""
        return self.database_url == embedded_database_url(self.var)

    @property
    def has_private_redis(self) -> bool:
        """Return whether the messenger is the supervisor's own Valkey."""
        return self.redis_url == embedded_redis_url(self.var)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raise SettingsError naming all that are missing or wrong."""
        env = os.environ if environ is None else environ
        var = Path(env.get("SERVICEDESK_VAR", "var")).resolve()
        host, port = env.get("HOST", "127.0.0.1"), _number(env, "PORT", 8000, 1, 65535)
        return cls(
            var=var,
            host=host,
            port=port,
            database_url=_database_url(env.get("DATABASE_URL") or embedded_database_url(var)),
            redis_url=env.get("REDIS_URL") or embedded_redis_url(var),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM", "Service desk <service-desk@localhost>"),
            public_url=env.get("PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
            secret_keys=_secret_keys(Path(env.get("SECRET_KEY_FILE") or var / "secret.key")),
            policy_file=Path(env["SERVICE_LEVEL_POLICY"]).resolve()
            if env.get("SERVICE_LEVEL_POLICY")
            else None,
            web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
            web_threads=_number(env, "WEB_THREADS", 4, 1, 64),
            write_limit=env.get("WRITE_LIMIT", "600 per minute"),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 9),
        )


def socket_folder(var: Path) -> Path:
    """Return where the private servers of this folder listen.

    Socket paths may have 107 bytes only, and the servers' own user must reach them. Where var is too deep or
    closed, the supervisor leaves a link there, so whoever asks finds the same place.
    """
    return (var / "sockets").resolve()


def embedded_database_url(var: Path) -> str:
    """Return the address of the private PostgreSQL of this folder (a Unix socket)."""
    return f"postgresql+psycopg://servicedesk@/servicedesk?host={quote(str(socket_folder(var)))}"


def embedded_redis_url(var: Path) -> str:
    """Return the address of the private Valkey of this folder (a Unix socket)."""
    return f"unix://{quote(str(socket_folder(var) / 'redis.sock'))}"


def _database_url(url: str) -> str:
    """Name the driver, whatever way the address was spelt."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """Return a whole number within its limits."""
    given = env.get(name, str(default))
    if not given.isdigit() or not least <= int(given) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {given!r}.")
    return int(given)


def _secret_keys(path: Path) -> tuple[bytes, ...]:
    """Read the keys, newest first, one a line; make the file on the first start.

    A key is rotated by putting a new line on top: what was signed with an older one stays valid.
    """
    try:
        if not path.exists():
            _make_secret_key(path)
        lines = path.read_text().splitlines()
    except OSError as error:
        raise SettingsError(
            f"SECRET_KEY_FILE {path} cannot be read or made: {error.strerror}. "
            "Run as the user that it belongs to, or name another folder by SERVICEDESK_VAR."
        ) from error
    keys = tuple(line.strip().encode() for line in lines if line.strip())
    if not keys or min(len(key) for key in keys) < 32:
        raise SettingsError(f"SECRET_KEY_FILE {path} must hold keys of at least 32 characters, one a line.")
    return keys


def _make_secret_key(path: Path) -> None:
    """Write a first key that nobody else may read."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # another process was first; its key is as good
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(target, f"{secrets.token_hex(32)}\n".encode())
        os.close(target)
