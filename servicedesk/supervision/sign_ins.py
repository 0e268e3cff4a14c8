"""The demo accounts: written once beside the data, shown at each start."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from servicedesk.settings import Settings

COLUMNS = ("mail", "password", "role", "desk")


@dataclass(frozen=True)
class SignIns:
    """The file that says where the demo is and who may sign in."""

    file: Path
    address: str
    accounts: list[dict[str, str | None]]


def read_sign_ins(settings: Settings) -> SignIns | None:
    """Return what stands in the file, with the address of today."""
    file = settings.var / "demo.json"
    if not file.exists():
        return None
    kept = json.loads(file.read_text())
    if kept["address"] != settings.public_url:
        write_sign_ins(settings, kept["accounts"])
    return SignIns(file, settings.public_url, kept["accounts"])


def write_sign_ins(settings: Settings, accounts: list[dict[str, str | None]]) -> None:
    """Write the file, whole or not at all, for our own eyes only."""
    file = settings.var / "demo.json"
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        json.dump({"address": settings.public_url, "accounts": accounts}, target, indent=2)
    fresh.replace(file)


def describe(sign_ins: SignIns) -> str:
    """Return the accounts as a table."""
    rows = [COLUMNS, *(tuple(account.get(name) or "" for name in COLUMNS) for account in sign_ins.accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(f"  {line.rstrip()}" for line in lines)
