"""The whole system as `make run` starts it, on a folder and a port of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

from flask import Flask

from servicedesk.app import create_app
from servicedesk.core.db import db
from servicedesk.settings import Settings
from servicedesk.supervision.places import remove_places

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


@dataclass
class System:
    """A running system: where it is, who may sign in, which processes it has."""

    address: str
    var: Path
    app: Flask
    process: "subprocess.Popen[bytes]"

    def account(self, mail: str) -> dict[str, str]:
        """Return a demo account."""
        accounts = json.loads((self.var / "demo.json").read_text())["accounts"]
        return next(account for account in accounts if account["mail"] == mail)

    def pid(self, name: str) -> int:
        """Return the process of a program."""
        return int((self.var / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """End a program as a crash would; the supervisor starts it again."""
        # Where it is gone, it is being restarted from the last time.
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(self.pid(name), signal.SIGKILL)

    def look(self, query: Callable[[], Any]) -> Any:
        """Read the database afresh."""
        with self.app.app_context():
            found = query()
            db.session.rollback()
        return found

    def mails(self) -> list[str]:
        """Return the kept mails' files."""
        return sorted(file.name for file in (self.var / "mail").glob("*.eml"))


def eventually(found: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something is found; return it, or fail with what was last seen."""
    until = time.monotonic() + seconds
    while not (seen := found()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s; last seen: {seen!r}")
        time.sleep(0.2)
    return seen


@contextmanager
def running_system(policy: str | None = None) -> Iterator[System]:
    """Start a system with the demo organisation (and a policy in seconds), and end it after."""
    folder = Path(tempfile.mkdtemp(prefix="servicedesk-journey-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
    }
    environment |= {
        "SERVICEDESK_VAR": str(folder / "var"),
        "PORT": str(port),
        "WRITE_LIMIT": "100000 per minute",
    }
    if policy is not None:
        (folder / "policy.yaml").write_text(policy)
        environment["SERVICE_LEVEL_POLICY"] = str(folder / "policy.yaml")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "servicedesk", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "log")
        settings = Settings.from_env(environment)
        app = create_app(settings)
        yield System(f"http://127.0.0.1:{port}", folder / "var", app, process)
        with app.app_context():
            db.engine.dispose()
    finally:
        process.terminate()
        process.wait(60)
        remove_places(folder / "var")
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the system says that all of it is in order."""

    def ready() -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except (URLError, OSError):
            return False

    eventually(ready, START_SECONDS)
