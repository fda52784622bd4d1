"""Logs on the move: `annals copy`, `annals backup` and `annals restore`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click

from events.errors import AnnalsError, Invalid
from projections.audit import build_anew
from service.annals import Annals, utc_now
from service.backups import back_up, restore
from service.cli.options import bar, json_option, print_json, settings_of, store_options
from service.cli.outcomes import reaching, told
from service.ledger.application import Ledger
from service.ledger.copying import LogDigest, copy_log
from service.settings import Settings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("copy")
@click.option("--to", required=True, metavar="URL", help="The database to copy to: sqlite:///path or postgresql://…, empty.")
@json_option
@store_options
def copy_command(to: str, as_json: bool, home: str | None, database_url: str | None) -> None:
    """Copy the log to another database, entry by entry under the same positions, and prove the copy by a digest of both.

    A copy that broke off goes on where it stopped.
    """
    settings = settings_of(home=home, database_url=database_url)
    with log_of(settings) as source, log_of(target_of(settings, to)) as target, bar("Copying", source.last_position()) as steps:
        copied = copy_log(source, target, on_progress=lambda reached: steps.to(reached.position))
    if as_json:
        print_json(asdict(copied))
    else:
        click.echo(f"Copied {told_digest(copied)}. Both logs are equal, entry for entry.")


@click.command("backup")
@click.option("--to", type=FILE, help="The file to write. Default: a new one in the folder of backups, whose oldest are taken away.")
@json_option
@store_options
def backup_command(to: Path | None, as_json: bool, home: str | None, database_url: str | None) -> None:
    """Copy a log on SQLite, as it is at one moment, to a file; it may be in use."""
    settings = settings_of(home=home, database_url=database_url)
    with told(), reaching(settings):
        made = back_up(settings, utc_now(), to)
    if as_json:
        print_json({"file": str(made.file), "size": made.size, **asdict(made.digest)})
    else:
        click.echo(f"Wrote {made.file}: {told_digest(made.digest)}.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@store_options
def restore_command(file: Path, as_json: bool, home: str | None, database_url: str | None) -> None:
    """Make an empty log on SQLite from a backup, and build the projections from it."""
    settings = settings_of(home=home, database_url=database_url)
    with told(), reaching(settings):
        restored = restore(settings, file)
        with bar("Building projections", restored.position) as steps, closing(Annals.open(settings)) as annals:
            build_anew(annals.stores, annals.ledger, on_progress=lambda reached: steps.to(reached.position))
    if as_json:
        print_json(asdict(restored))
    else:
        click.echo(f"Restored {told_digest(restored)}.")


@contextmanager
def log_of(settings: Settings) -> Iterator[Ledger]:
    """An open log without its projections, closed afterwards."""
    with told(), reaching(settings), closing(Ledger.open(settings)) as ledger:
        yield ledger


def target_of(settings: Settings, to: str) -> Settings:
    """The settings under which the log to copy to is found; its address is that of `--to`."""
    with told():
        try:
            found = Settings.from_env(os.environ, home=settings.home, database_url=to)
        except AnnalsError as error:
            raise Invalid(tuple(replace(problem, field="", message=_of_flag(problem.message)) for problem in error.problems)) from None
        if found.database_url == settings.database_url:
            raise Invalid.of("", None, "--to is the database that is to be copied", "another one")
    return found


def _of_flag(message: str) -> str:
    return message.replace("ANNALS_DATABASE_URL", "--to")


def told_digest(found: LogDigest) -> str:
    """What a log holds, in words."""
    return f"{found.entries:,} entries up to position {found.position:,}, digest {found.digest}"
