"""Where the private servers keep their data, and the user with fewer rights who runs them.

As an ordinary user everything stands under var and belongs to that user. As root the servers run as the
system user `servicedesk`: PostgreSQL would refuse root. That user must reach var: where a parent folder is
closed to it (a checkout under a home folder of mode 700), the data goes to a folder of its own under
/var/lib/servicedesk instead, and var keeps links to it. Likewise the sockets move to a short path where var
lies too deep for one. Nothing outside var is ever opened to make room.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servicedesk.settings import socket_folder
from servicedesk.supervision.processes import Account, StartError, find_written

OWN_USER = "servicedesk"
OUTSIDE = Path("/var/lib/servicedesk")
LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432.lock"
FOLDERS = ("postgres", "valkey", "sockets", "programs")


@dataclass(frozen=True)
class Places:
    """The folders of the private servers; each belongs to their account and is closed to others."""

    var: Path
    account: Account
    postgres: Path
    valkey: Path
    sockets: Path
    programs: Path
    run: Path
    log: Path


def prepare_places(var: Path) -> Places:
    """Make every folder that the servers need and hand it to the account that runs them."""
    account = _account(var / "postgres")
    home = _home(var, account)
    folders = {name: _folder(var / name, home / name, account) for name in FOLDERS if name != "sockets"}
    sockets = _sockets(var, home, account)
    return Places(var=var, account=account, sockets=sockets, run=var / "run", log=var / "log", **folders)


@contextmanager
def sole_holder(var: Path) -> Iterator[None]:
    """Hold var for this process alone: two supervisors would fight over its servers."""
    _prepare_var(var)
    with open(var / "run" / "lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = find_written(var / "run" / "supervisor.pid")
            by = f" (process {holder.pid})" if holder else ""
            raise StartError(
                f"It is already running{by} with {var}. End that one first, or give this one "
                "a SERVICEDESK_VAR and a PORT of its own."
            ) from error
        yield


def _prepare_var(var: Path) -> None:
    """Make the folders that the supervisor itself writes to."""
    try:
        var.mkdir(mode=0o711, parents=True, exist_ok=True)
        (var / "run").mkdir(mode=0o755, exist_ok=True)
        (var / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"{var} cannot be written: {error.strerror}. Name another folder by SERVICEDESK_VAR."
        ) from error


def remove_places(var: Path) -> None:
    """Remove the servers' data, also where var only links to it."""
    for name in FOLDERS:
        shutil.rmtree((var / name).resolve(), ignore_errors=True)
        if (var / name).is_symlink():
            outside = (var / name).resolve().parent
            (var / name).unlink()
            if outside.parent == OUTSIDE and not any(outside.iterdir()):
                outside.rmdir()


def is_open_to_all(path: Path) -> bool:
    """Return whether any user may pass through every folder on the way to this path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def _account(data: Path) -> Account:
    """Return who runs the servers: oneself, or instead of root a user with fewer rights."""
    if os.geteuid() == 0:
        owner = data.stat().st_uid if data.exists() else 0
        return _named(owner) if owner else _own_user()
    account = _named(os.geteuid())
    if data.exists() and data.stat().st_uid != account.uid:
        raise StartError(
            f"{data} belongs to another user, perhaps because the system was once started as root. "
            "Start it as that user again, or name another folder by SERVICEDESK_VAR."
        )
    return account


def _named(uid: int) -> Account:
    """Return the account of a user id; PostgreSQL cannot work for one without a name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise StartError(
            f"The user id {uid} has no name in /etc/passwd, and PostgreSQL needs one. Add it there, or set "
            "DATABASE_URL to a server of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _own_user() -> Account:
    """Return the system user of the servers; make it on the first start."""
    try:
        return _named(pwd.getpwnam(OWN_USER).pw_uid)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise StartError(
            f"As root, the private servers need a system user {OWN_USER!r}, and there is no useradd to make "
            "it. Add that user, start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", OWN_USER], capture_output=True, text=True, check=False
    )
    if made.returncode not in (0, 9):  # 9: another start was first
        raise StartError(f"The system user {OWN_USER!r} could not be made: {made.stderr.strip()}")
    return _named(pwd.getpwnam(OWN_USER).pw_uid)


def _home(var: Path, account: Account) -> Path:
    """Return the folder that holds the servers' folders: var, unless their user cannot reach it."""
    if not account.gives_up_rights():
        return var
    if (var / "postgres").is_symlink():
        return (var / "postgres").resolve().parent
    if is_open_to_all(var):
        var.chmod(var.stat().st_mode | stat.S_IXOTH)
        return var
    return _outside()


def _outside() -> Path:
    """Make a new folder for the servers' data outside of a closed var."""
    home = OUTSIDE / secrets.token_hex(4)
    try:
        OUTSIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
        home.mkdir(mode=0o711)
    except OSError as error:
        raise StartError(
            f"The servers' user cannot reach var, and {home} cannot be made instead: {error.strerror}. "
            "Name a folder that every user can reach by SERVICEDESK_VAR."
        ) from error
    for folder in (OUTSIDE, home):
        folder.chmod(0o711)
    return home


def _folder(entry: Path, real: Path, account: Account) -> Path:
    """Make one folder of the servers, closed to others; leave a link in var where it stands elsewhere."""
    real.mkdir(mode=0o700, parents=True, exist_ok=True)
    if real != entry:
        entry.unlink(missing_ok=True)
        entry.symlink_to(real)
    if account.gives_up_rights():
        os.chown(real, account.uid, account.gid)
    real.chmod(0o700)
    return real


def _sockets(var: Path, home: Path, account: Account) -> Path:
    """Make the folder of the sockets; settings find it through the entry in var."""
    entry, wanted = var / "sockets", home / "sockets"
    if len(os.fsencode(wanted / SOCKET_NAME)) <= LONGEST_SOCKET and "," not in str(wanted):
        return _folder(entry, wanted, account)
    if entry.is_symlink() and socket_folder(var).is_dir() and socket_folder(var).stat().st_uid == account.uid:
        return socket_folder(var)
    return _folder(entry, Path(tempfile.mkdtemp(prefix="servicedesk-", dir="/tmp")), account)
