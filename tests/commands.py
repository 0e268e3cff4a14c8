"""The commands as an operator calls them: each a process of its own, on this test process's database."""

import os
import subprocess
import sys
from pathlib import Path

from servicedesk.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a process finds the same database, messenger and keys."""
    return os.environ | {
        "SERVICEDESK_VAR": str(settings.var),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }


def start_command(settings: Settings, *arguments: str) -> "subprocess.Popen[str]":
    """Start a command and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-m", "servicedesk", *arguments],
        cwd=ROOT, env=environment_of(settings), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def run_command(settings: Settings, *arguments: str) -> tuple[int, str]:
    """Run a command to its end; return its exit status and all that it said."""
    with start_command(settings, *arguments) as process:
        said, _ = process.communicate(timeout=120)
    return process.returncode, said
