"""The server: `annals serve`."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from events.errors import NotFound
from projections.entities import resolve
from service.annals import Annals
from service.cli.exchange import load
from service.cli.options import opened, reading_of, settings_of, store_options
from service.cli.outcomes import NoStore, told
from service.http import check_bind
from service.serving import address_of, listen, serve
from service.settings import LANGUAGES, Settings

TOUR = "openai", "2024-09-24"
"""An organization of the example and a day worth looking at."""


@click.command("serve")
@click.option("--host", metavar="ADDRESS", help="Where to listen. [env: ANNALS_HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="On which port. [env: ANNALS_PORT; default: 8000]")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the pages. [env: ANNALS_LANG; default: en]")
@click.option("--example", type=click.Path(exists=True, dir_okay=False), help="A file to import first if the log is empty.")
@store_options
def serve_command(example: str | None, **flags: Any) -> None:
    """Serve the API until stopped (Ctrl-C). Nobody needs a key yet, so only addresses of this machine are allowed."""
    settings = settings_of(**flags)
    with told():
        check_bind(settings.host)
    listener = listening(settings)
    with closing(listener), opened(settings) as annals:
        if example:
            load_first(annals, example)
        words = greeting(annals)
        own = listener.dup()  # the server closes its socket itself
    serve(own, lambda: application(settings), lambda: click.echo(words))


def listening(settings: Settings) -> socket.socket:
    """A socket on the host and port of the settings."""
    try:
        return listen(settings.host, settings.port)
    except OSError as error:
        where = address_of(settings.host, settings.port)
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # the name of a host has no errno
        advice = "Is Annals running already? Choose another port with --port."
        raise NoStore(f"cannot listen at {where}: {reason}", advice) from error


def application(settings: Settings) -> Any:
    """The application, on a log that is opened here and now: in the worker."""
    from service import create_app

    return create_app(Annals.open(settings))


def load_first(annals: Annals, example: str) -> None:
    """Import the example unless the log holds anything."""
    if annals.ledger.last_position() == 0:
        load(annals, Path(example))


def greeting(annals: Annals) -> str:
    """What to open in a browser: the documentation, and an answer from the example if it is loaded."""
    base = address_of(annals.settings.host, annals.settings.port)
    words = f"Annals is at {base} with its API described at {base}api/v1/docs (stop with Ctrl-C)"
    entity, day = TOUR
    try:
        with annals.reading() as connection:
            resolve(connection, "organization", entity, replace(reading_of(annals, {}), lang="en"))
    except NotFound:
        return words
    return f"{words}\nHow OpenAI stood on 24 September 2024: {base}api/v1/organizations/{entity}/state?as_of={day}"
