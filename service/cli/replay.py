"""Replay: what changed between two readings, and day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection

from events.errors import Invalid, NotFound
from events.fields import Kind
from events.moments import FOREVER
from projections.compared import DIFFS, organization_diff
from projections.feed_diff import FeedDiffQuery, feed_diff
from projections.projector import progress
from projections.reading import Reading
from projections.rendering import event
from projections.replayed import organization_replay
from projections.standing import echo
from service.annals import Annals
from service.cli import changes
from service.cli.options import json_option, opened, paging_options, reading_options, settings_of, some_reading_options, store_options
from service.cli.outcomes import WrongUsage
from service.cli.reads import found, pages, show
from service.cli.render import notes_of
from service.reading import READ_PARAMETERS, SIDES, read_parameters, two_readings

Json = dict[str, Any]
Given = Mapping[str, str | None]


@click.command("replay")
@click.argument("organization")
@click.option("--from", "from", metavar="DAY", help="The first day. Default: the first on which something changed.")
@click.option("--to", "to", metavar="DAY", help="The last day. Default: the day of --known-at if that is given, else today (UTC).")
@some_reading_options("known_at", "clock", "include", "lang")
@json_option
@store_options
def replay_command(organization: str, as_json: bool, home: str | None, database_url: str | None, **parameters: str | None) -> None:
    """Show day by day what changed in ORGANIZATION (its id or any of its names), and the events that made each change."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        first, last = _span(annals, parameters)
        entity = found(annals, connection, "organization", organization, last)
        answer = {**replayed(connection, entity, first, last), "position": progress(connection).position}
    show(answer, changes.replay(answer, last.lang), as_json=as_json)


def replayed(connection: Connection, organization: str, first: int, last: Reading) -> Json:
    """What changed from the ordinal day `first` to the reading's day, and the headlines of all events behind it."""
    days, looked = list(organization_replay(connection, organization, first, last)), echo(last)
    since = date.fromordinal(first).isoformat() if first else days[0]["day"] if days else looked["as_of"]
    return {
        "organization": organization_diff(connection, organization, last, last)["organization"],
        "from": since,
        "to": looked.pop("as_of"),
        **looked,
        "days": days,
        "headlines": headlines(connection, days, last),
    }


def _span(annals: Annals, parameters: Given) -> tuple[int, Reading]:
    """The first day, 0 where none is given, and the reading of the last."""
    given = _known(parameters)
    with flagged():
        last = read_parameters(given, annals.now(), lang=annals.settings.lang, own=SIDES[1])
        first = read_parameters(given, annals.now(), own=SIDES[0]).as_of if "from" in given else 0
    if first > last.as_of:
        raise WrongUsage(f"--from: {given['from']} is after the last day, {echo(last)['as_of']}", "Give an earlier day, or a later --to.")
    return first, last


@click.command("diff")
@click.argument("entity", metavar="[ORGANIZATION|PERSON]", required=False)
@click.option("--person", "of_person", is_flag=True, help="What is named is a person.")
@click.option("--from", "from", metavar="DAY", help="The first day.")
@click.option("--to", "to", metavar="DAY", help="The second day.")
@click.option("--from-known-at", metavar="DAY|INSTANT", help="For the first side, use only what was known by then.")
@click.option("--to-known-at", metavar="DAY|INSTANT", help="For the second side, use only what was known by then.")
@paging_options
@reading_options
@json_option
@store_options
def diff_command(
    entity: str | None, of_person: bool, limit: int, cursor: str | None, as_json: bool, home: str | None, database_url: str | None,
    **parameters: str | None,
) -> None:  # fmt: skip
    """Show what differs between two days, or between what was known at two moments; without a name, in the whole feed.

    With --from and --to: what changed in the world. With --from-known-at and --to-known-at: what was learned.
    """
    if of_person and entity is None:
        raise WrongUsage("--person needs the id or a name of a person", "annals diff mira-murati --person --from 2024-09-24")
    if cursor is not None and entity is not None:
        raise WrongUsage("--cursor goes on with a list of events: leave the name out")
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        before, after = _sides(annals, parameters, cursor)
        if entity is None:
            query = FeedDiffQuery(limit, cursor) if cursor else FeedDiffQuery(limit, None, before.as_of, before.known_at)
            page = pages(query, lambda part: feed_diff(connection, part, after, FOREVER))
            answer: Json = {"items": page.items, "next": page.next}
            told = changes.feed_diff(page.items, None if cursor else (before, after), after.lang, more=page.next is not None)
        else:
            kind: Kind = "person" if of_person else "organization"
            answer = DIFFS[kind](connection, found(annals, connection, kind, entity, after), before, after)
            told = changes.diff(answer, headlines(connection, [answer], after, before), after.lang)
        answer["position"] = progress(connection).position
    show(answer, told, as_json=as_json)


def _sides(annals: Annals, parameters: Given, cursor: str | None) -> tuple[Reading, Reading]:
    """The two readings that the flags ask for; a cursor brings back its own."""
    given = _known(parameters)
    if cursor is not None:
        if given:
            raise WrongUsage("--cursor goes on with the readings of the list that gave it: leave the other flags out")
        return (reading := read_parameters({}, annals.now(), lang=annals.settings.lang)), reading
    if not any(name in given for side in SIDES for name in side.values()):
        raise WrongUsage(
            "nothing says between which two days, or which two moments of knowledge",
            "--from 2024-09-24 --to 2024-09-26 shows what changed,",
            "--from-known-at 2024-09-25 --to-known-at 2024-09-27 what was learned.",
        )
    with flagged():
        return two_readings(given, annals.now(), lang=annals.settings.lang)


def _known(parameters: Given) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value is not None}


@contextmanager
def flagged() -> Iterator[None]:
    """Name a wrong parameter of a diff as its flag; those of every read are named elsewhere."""
    try:
        yield
    except Invalid as error:
        raise Invalid(tuple(
            problem if problem.field in READ_PARAMETERS else replace(problem, field=f"--{problem.field.replace('_', '-')}")
            for problem in error.problems
        )) from None  # fmt: skip


def headlines(connection: Connection, answers: Any, *readings: Reading) -> dict[str, str]:
    """The headlines, by id, of all events that an answer names, with what became of each; as the first reading has it that knows it."""
    return {told: line for told in dict.fromkeys(_events(answers)) if (line := _headline(connection, told, readings)) is not None}


def _headline(connection: Connection, told: str, readings: Iterable[Reading]) -> str | None:
    for reading in readings:
        with suppress(NotFound):
            item = event(connection, UUID(told), reading)
            return str(item["headline"]) + notes_of(item, reading.lang)
    return None


def _events(answer: Any) -> Iterator[str]:
    match answer:
        case dict():
            yield from (told for told in (*answer.get("events", ()), answer.get("event")) if isinstance(told, str))
            yield from (told for value in answer.values() for told in _events(value))
        case list():
            yield from (told for value in answer for told in _events(value))
