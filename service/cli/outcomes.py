"""How a command ends: its exit codes, and errors as messages worth reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any

import click
import psycopg
from eventsourcing.persistence import PersistenceError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from events.errors import Ambiguous, AnnalsError, Conflict, NotFound, Problem, Stale, Unavailable
from service.errors import sentences
from service.reading import READ_PARAMETERS
from service.settings import Settings

STORE_ERRORS = (OSError, sqlite3.Error, psycopg.Error, PersistenceError, SQLAlchemyError)
MOST_CANDIDATES = 8


class Failure(click.ClickException):
    """A command's end with a message; further lines are advice."""

    def __init__(self, message: str, *advice: str) -> None:
        super().__init__(message)
        self.advice = advice

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message and the advice to stderr."""
        super().show(file)
        for line in self.advice:
            click.echo(f"  {line}", file=file, err=True)


class SomeFailed(Failure):
    """Some lines or answers failed, or a verification did."""

    exit_code = 1


class WrongUsage(Failure):
    """The command was called with what it cannot use."""

    exit_code = 2


class NoStore(Failure):
    """The store or the port cannot be used."""

    exit_code = 3


@contextmanager
def told() -> Iterator[None]:
    """Turn a domain error into a `Failure` with its sentences and candidates."""
    try:
        yield
    except AnnalsError as error:
        raise failure(error) from error


def failure(error: AnnalsError) -> Failure:
    """The end of a command that met that error: of another class for an answer that is not there than for a value that cannot be."""
    flagged = type(error)(tuple(map(_flagged, error.problems)), error.extra)
    candidates = [f"{found['id']}  {found['name']}" for found in error.extra.get("candidates", ())]
    return _class_of(error)(*sentences(flagged), *candidates[:MOST_CANDIDATES])


def _class_of(error: AnnalsError) -> type[Failure]:
    if isinstance(error, Unavailable):
        return NoStore
    return SomeFailed if isinstance(error, (Ambiguous, Conflict, NotFound, Stale)) else WrongUsage


def _flagged(problem: Problem) -> Problem:
    """The same problem with a parameter of a read under the name of its flag, and a setting named once."""
    if problem.field in READ_PARAMETERS:
        return replace(problem, field=f"--{problem.field.replace('_', '-')}")
    return replace(problem, field="") if problem.message.startswith(problem.field) else problem


@contextmanager
def reaching(settings: Settings) -> Iterator[None]:
    """Turn errors of the store into a `Failure` that says which store, without its password."""
    try:
        yield
    except BrokenPipeError:
        raise
    except STORE_ERRORS as error:
        raise _no_store(settings, error) from error
    except Unavailable as error:
        if not isinstance(error.__cause__, STORE_ERRORS):
            raise
        raise _no_store(settings, error.__cause__) from error


def _no_store(settings: Settings, error: Exception) -> NoStore:
    where = make_url(settings.database_url).render_as_string(hide_password=True)
    why = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.filename else " ".join(str(error).split())
    return NoStore(f"the store {where} cannot be used: {why or type(error).__name__}", "Check --home and --database-url.")
