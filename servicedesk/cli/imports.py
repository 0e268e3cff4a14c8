"""The command that takes over another system's records."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from servicedesk.settings import Settings

if TYPE_CHECKING:
    from servicedesk.core.import_files import Rejects
    from servicedesk.core.importing import Outcome

NOTHING_DONE = 2


class NothingDone(click.ClickException):
    """Nothing could be imported, in one sentence."""

    exit_code = NOTHING_DONE


@click.group(name="import")
def import_records() -> None:
    """Take over another system's records from a file."""


@import_records.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="What the file's columns and values mean, in YAML."
)
@click.option(
    "--explain-mapping", is_flag=True, help="Tell every key that a mapping may have, with an example."
)
@click.pass_context
def incidents(ctx: click.Context, file: Path | None, mapping: Path | None, explain_mapping: bool) -> None:
    """Import incidents with their whole past from FILE (CSV, plain or gzip).

    A second run imports nothing twice; one that was killed goes on. Rows that cannot be taken go to
    FILE.rejected.csv with the reason. The exit status is 0 if all is in, 1 if some rows were rejected and 2
    if nothing was done.
    """
    from servicedesk.incidents import import_mapping

    if explain_mapping:
        click.echo(import_mapping.explain_mapping())
    elif file is None or mapping is None:
        raise click.UsageError("Name the FILE and its --mapping. --explain-mapping tells how to write one.")
    else:
        ctx.exit(_import(file, mapping))


def _import(path: Path, mapping_path: Path) -> int:
    """Import a file, tell how it went, and return the exit status."""
    from servicedesk.app import create_app
    from servicedesk.core.errors import NotFound
    from servicedesk.core.import_files import FileError
    from servicedesk.core.mapping import MappingError

    with create_app(Settings.from_env()).app_context():
        try:
            return _import_incidents(path, mapping_path)
        except (FileError, MappingError, NotFound) as error:
            raise NothingDone(str(error)) from error


def _import_incidents(path: Path, mapping_path: Path) -> int:
    """Import incidents within an application context."""
    from servicedesk.core.import_files import ImportFile, Rejects
    from servicedesk.core.importing import Outcome, import_file
    from servicedesk.core.jobs import in_transaction
    from servicedesk.core.progress import Progress
    from servicedesk.incidents.import_mapping import check_header, delimiter_of, read_incident_mapping
    from servicedesk.incidents.importing import IncidentImporter, find_place

    mapping = read_incident_mapping(mapping_path)
    delimiter = delimiter_of(mapping["delimiter"])
    with ImportFile(path, encoding=mapping["encoding"], delimiter=delimiter) as file:
        check_header(mapping, file.header)
        importer = IncidentImporter(mapping, file.header, in_transaction(find_place, mapping))
        with Rejects(file) as rejects, Progress(f"Importing {path.name}", file.size, "rows") as progress:

            def show(outcome: Outcome) -> None:
                progress.show(file.position, outcome.rows)

            outcome = import_file(file, rejects, importer, show)
            in_transaction(importer.end)
        _tell(outcome, rejects)
    return outcome.exit_status


def _tell(outcome: "Outcome", rejects: "Rejects") -> None:
    """Say how the import went."""
    counts = f"{outcome.imported:,} imported, {outcome.known:,} there before, {outcome.rejected:,} rejected"
    click.echo(f"{counts} ({outcome.rows:,} rows read).")
    if outcome.broken:
        click.echo(f"{outcome.broken} What came before is imported.", err=True)
    if rejects.count:
        click.echo(
            f"The rejected rows, with the reasons, are in {rejects.path}: mend them and import that file."
        )
