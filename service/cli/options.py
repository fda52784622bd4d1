"""Options that several commands share, and the store and the reading that they ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import orjson
from rich.progress import Progress as Bar
from rich.text import Text

from projections.projector import Progress
from projections.reading import Reading
from service.annals import Annals
from service.cli.outcomes import reaching, told
from service.cli.render import console
from service.reading import READ_PARAMETERS, read_parameters
from service.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several click options as one decorator, in that order."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


store_options = options(
    click.option("--home", metavar="FOLDER", help="Where data is kept. [env: ANNALS_HOME; default: var/]"),
    click.option("--database-url", metavar="URL", help="Where the log is. [env: ANNALS_DATABASE_URL; default: SQLite in the home]"),
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API answers it, for programs.")
_METAVARS = {"as_of": "DAY", "known_at": "DAY|INSTANT", "clock": "public|recorded", "include": "rumoured", "lang": "en|ja"}
paging_options = options(
    click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most."),
    click.option("--cursor", help="Go on where an answer with `next` left off; the filters are those of that answer."),
)


def some_reading_options(*names: str) -> Callable[[F], F]:
    """The options of a read with those names."""
    return options(*(
        click.option(f"--{name.replace('_', '-')}", name, metavar=_METAVARS[name], help=READ_PARAMETERS[name]) for name in names
    ))  # fmt: skip


reading_options = some_reading_options(*READ_PARAMETERS)


def settings_of(**flags: Any) -> Settings:
    """The settings of the environment under those flags."""
    with told():
        return Settings.from_env(os.environ, **flags)


@contextmanager
def opened(settings: Settings) -> Iterator[Annals]:
    """An open Annals, closed afterwards; shows a progress bar if the projections have to be built first."""
    with told(), reaching(settings):
        annals = opening(settings)
        try:
            warn_if_stopped(annals.progress())
            yield annals
        finally:
            annals.close()


def warn_if_stopped(reached: Progress) -> None:
    """Say on stderr where the projections have stopped, since answers then lack what came after."""
    if reached.halted_at is not None:
        click.echo(f"Warning: the projections have stopped at position {reached.halted_at}: {reached.halted_by}", err=True)


def opening(settings: Settings) -> Annals:
    """Open Annals with a progress bar on a terminal."""
    with bar("Building projections") as steps:
        return Annals.open(settings, on_progress=lambda reached: steps.to(reached.position))


class Steps:
    """A bar that fills, and lines above it."""

    def __init__(self, shown: Bar, words: str, total: int | None) -> None:
        self._shown = shown
        self._task = shown.add_task(words, total=total, visible=False)

    def to(self, done: int) -> None:
        """Fill the bar as far as `done` steps; it appears with the first."""
        self._shown.update(self._task, completed=done, visible=True)

    def say(self, line: str) -> None:
        """Print a line on stderr."""
        self._shown.console.print(Text(line), soft_wrap=True)


@contextmanager
def bar(words: str, total: int | None = None) -> Iterator[Steps]:
    """A progress bar on stderr, shown only on a terminal; `total` is the number of all steps, if it is known."""
    screen = console(stderr=True)
    with Bar(console=screen, transient=True, disable=not screen.is_terminal) as shown:
        yield Steps(shown, words, total)


def reading_of(annals: Annals, parameters: dict[str, str | None]) -> Reading:
    """The reading that the options ask for."""
    given = {name: value for name, value in parameters.items() if name in READ_PARAMETERS and value is not None}
    return read_parameters(given, annals.now(), lang=annals.settings.lang)


def print_json(value: Any) -> None:
    """Print a value as indented JSON in UTF-8."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
