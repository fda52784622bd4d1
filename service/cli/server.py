"""The server: `annals serve`."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from events.errors import NotFound
from projections.entities import resolve
from service.annals import Annals
from service.backups import check_folder
from service.cli.exchange import load
from service.cli.options import opened, reading_of, settings_of, store_options
from service.cli.outcomes import NoStore, told
from service.http import check_bind, is_own
from service.jobs.worker import Worker
from service.logs import show_log
from service.serving import Application, address_of, listen, serve
from service.settings import LANGUAGES, MOST_PROCESSES, Settings
from service.tracing import check_installed

TOUR = "openai", "as_of=2024-09-26&from=2024-09-24"
"""An organization of the example, and two days between which it changed."""


@click.command("serve")
@click.option("--host", metavar="ADDRESS", help="Where to listen. [env: ANNALS_HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="On which port. [env: ANNALS_PORT; default: 8000]")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES), help="How many answer requests. [env: ANNALS_PROCESSES; default: 1]")
@click.option(
    "--all-in-one/--no-all-in-one", default=None, help="Look after the jobs too. [env: ANNALS_ALL_IN_ONE; default: yes on SQLite]"
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the pages. [env: ANNALS_LANG; default: en]")
@click.option("--example", type=click.Path(exists=True, dir_okay=False), help="A file to import first if the log is empty.")
@store_options
def serve_command(example: str | None, **flags: Any) -> None:
    """Serve the API until stopped (Ctrl-C). As long as there is no key, only addresses of this machine are allowed.

    On SQLite it looks after the jobs as well (--all-in-one). On PostgreSQL any number of servers may use one log; there `annals
    worker` looks after the jobs.
    """
    settings = settings_of(**flags)
    with told():
        check_installed(settings)
    check_address(settings)
    listener = listening(settings)
    with closing(listener), opened(settings) as annals:
        if settings.all_in_one:
            check_folder(settings)
        if example:
            load_first(annals, example)
        words = greeting(annals)
        own = listener.dup()  # the server closes its socket itself
    show_log(settings)
    beside = Beside(settings)
    serve(own, Application(beside.application, lambda: click.echo(words), beside.end), settings)


def check_address(settings: Settings) -> None:
    """Refuse to listen where others reach it, unless the log has a key."""
    if is_own(settings.host):
        return
    if settings.log_file is not None and not settings.log_file.exists():
        with told():  # no log is made only to find no key in it
            check_bind(settings.host)
    with opened(settings) as annals:
        check_bind(settings.host, has_keys=bool(annals.keyring.keys()))


def listening(settings: Settings) -> socket.socket:
    """A socket on the host and port of the settings."""
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        where = address_of(settings.host, settings.port)
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # the name of a host has no errno
        advice = "Is Annals running already? Choose another port with --port."
        raise NoStore(f"cannot listen at {where}: {reason}", advice) from error


class Beside:
    """An application with a worker beside it in the same process, in a thread of its own, if the settings want one there."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._worker: tuple[Worker, threading.Thread] | None = None

    def application(self) -> Any:
        """The application, on a log that is opened here and now: in the process that answers."""
        from service import create_app

        annals = Annals.open(self.settings)
        if self.settings.all_in_one:
            worker = Worker.open(annals)
            thread = threading.Thread(target=worker.run, name="worker", daemon=True)
            thread.start()
            self._worker = worker, thread
        return create_app(annals)

    def end(self) -> None:
        """Have the worker end what it has begun; one that does not in time is cut off, which no job takes amiss."""
        if self._worker is not None:
            worker, thread = self._worker
            worker.stop()
            thread.join(self.settings.grace)


def load_first(annals: Annals, example: str) -> None:
    """Import the example unless the log holds anything."""
    if annals.ledger.last_position() == 0:
        load(annals, Path(example))


def greeting(annals: Annals) -> str:
    """What to open in a browser: the pages, the documentation, and what changed in the example if it is loaded."""
    base = address_of(annals.settings.host, annals.settings.port)
    words = f"Annals is at {base} with its API described at {base}api/v1/docs (stop with Ctrl-C)"
    entity, days = TOUR
    try:
        with annals.reading() as connection:
            resolve(connection, "organization", entity, replace(reading_of(annals, {}), lang="en"))
    except NotFound:
        return words
    return f"{words}\nHow OpenAI changed in September 2024: {base}organizations/{entity}?{days}"
