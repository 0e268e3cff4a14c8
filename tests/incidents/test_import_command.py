"""The import as a command: killed, doubled, mistaken, and with a whole public export."""

import os
import shutil
import signal
import time

import pytest
from sqlalchemy import NullPool, create_engine, text

from servicedesk.core.importing import BATCH
from servicedesk.incidents.import_mapping import EXAMPLE
from servicedesk.settings import Settings
from tests.commands import run_command, start_command
from tests.conftest import SHARED_DATA
from tests.incidents.made_up_export import HEADER, Import, row

pytestmark = pytest.mark.processes


def counted(settings: Settings, figure: str, tables: str) -> int:
    """Count something on a connection of its own."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT {figure} FROM {tables}")).scalar_one())


def count(settings: Settings, table: str) -> int:
    """Count the rows of a table."""
    return counted(settings, "count(*)", table)


def write_export(old: Import, many: int, callers: int) -> tuple[str, ...]:
    """Write an export of so many incidents; return the arguments that import it."""
    rows = (row(f"A{number}", caller=f"Caller {number % callers}") for number in range(many))
    old.file.write_text("\n".join([HEADER, *rows]))
    return ("import", "incidents", str(old.file), "--mapping", str(old.mapping))


def test_an_import_killed_midway_goes_on_where_it_was(committed_desk, settings, tmp_path):
    many = 12_000
    arguments = write_export(Import(tmp_path), many, callers=50)
    with start_command(settings, *arguments) as process:
        deadline = time.monotonic() + 60
        while count(settings, "record") == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    done = count(settings, "record")
    assert 0 < done < many
    assert done % BATCH == 0
    status, said = run_command(settings, *arguments)
    assert status == 0
    assert f"{many - done:,} imported, {done:,} there before, 0 rejected" in said
    assert [count(settings, table) for table in ("record", "incident", "clock", "person")] == [
        many,
        many,
        many,
        51,
    ]
    assert run_command(settings, "audit", "verify")[0] == 0


def test_two_imports_at_once_import_nothing_twice(committed_desk, settings, tmp_path):
    arguments = write_export(Import(tmp_path), 2000, callers=2000)
    with start_command(settings, *arguments) as one, start_command(settings, *arguments) as other:
        said = [process.communicate(timeout=120)[0] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), said
    assert (count(settings, "record"), count(settings, "person")) == (2000, 2001)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        (("", ""), 1, "1 imported, 0 there before, 1 rejected (2 rows read)."),
        (("desk: ict", "desk: moon"), 2, "There is no desk “moon”. There are: ict."),
        (("desk: ict", "dsk: ict"), 2, "line 3, dsk: there is no such key. Did you mean desk?"),
    ],
)  # fmt: skip
def test_the_command_says_how_it_went(committed_desk, settings, tmp_path, change, status, told):
    old = Import(tmp_path)
    old.change_mapping(*change)
    old.file.write_text("\n".join([HEADER, row("A1"), row("A2", impact="x")]))
    result = run_command(settings, "import", "incidents", str(old.file), "--mapping", str(old.mapping))
    assert result[0] == status
    assert told in result[1]
    assert "Traceback" not in result[1]


@pytest.mark.shared_data
def test_the_public_export_comes_in_with_the_figures_that_are_known_of_it(committed_desk, settings, tmp_path):
    file = shutil.copy(SHARED_DATA / "uci_incidents" / "incident_event_log.csv.gz", tmp_path)
    began = time.monotonic()
    assert run_command(settings, "import", "incidents", str(file), "--mapping", str(EXAMPLE))[0] == 0
    assert time.monotonic() - began < 180
    figures = {
        "count(*)": 24_918, "sum(transfer_count)": 23_414, "max(transfer_count)": 27,
        "count(*) FILTER (WHERE transfer_count = 0)": 13_549, "count(*) FILTER (WHERE reopen_count > 0)": 275,
        "count(*) FILTER (WHERE state = 'closed')": 24_918, "count(*) FILTER (WHERE priority = 1)": 270,
        "count(*) FILTER (WHERE priority = 2)": 408, "count(*) FILTER (WHERE priority = 3)": 23_466,
        "count(*) FILTER (WHERE priority = 4)": 774, "count(*) FILTER (WHERE channel = 'portal')": 158,
        "count(*) FILTER (WHERE flags ? 'no-resolved-time')": 1_556,
        "count(*) FILTER (WHERE flags ? 'counter-went-down')": 4,
        "count(*) FILTER (WHERE flags ? 'reopened-after-close')": 12,
        "count(*) FILTER (WHERE flags ? 'unknown-state')": 2,
        "count(*) FILTER (WHERE priority_reason IS NOT NULL)": 0,
    }  # fmt: skip
    found = {figure: counted(settings, figure, "record JOIN incident USING (id)") for figure in figures}
    assert found == figures
    assert not list(tmp_path.glob("*.rejected.csv"))
    assert [count(settings, table) for table in ("notice", "escalation", "timer")] == [0, 0, 0]
    assert run_command(settings, "audit", "verify")[0] == 0
