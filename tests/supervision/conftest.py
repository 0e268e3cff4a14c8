"""A var folder of its own for each test that starts servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicedesk.supervision.places import remove_places


@pytest.fixture
def var() -> Iterator[Path]:
    # pytest's own tmp_path is closed to the user who runs the servers for root.
    folder = Path(tempfile.mkdtemp(prefix="servicedesk-test-"))
    folder.chmod(0o755)
    yield folder / "var"
    remove_places(folder / "var")
    shutil.rmtree(folder)
