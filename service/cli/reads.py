"""Questions: how an organization stood, what a person held, and which events there are."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args

import click
from rich.console import RenderableType
from sqlalchemy import Connection

from events.dates import PartialDate
from events.errors import Invalid, NotFound
from events.event import STATUSES
from events.fields import Kind
from events.moments import to_micros
from events.names import match_key
from events.types import event_types
from projections.cursors import Page, TQuery
from projections.entities import card, find, resolve
from projections.feed import FeedQuery, Order, feed
from projections.instants import position_at
from projections.reading import Reading
from projections.standing import echo, organization_state, person_history
from service.annals import Annals
from service.cli import render
from service.cli.options import json_option, opened, paging_options, print_json, reading_of, reading_options, settings_of, store_options

PAGE, MOST_LISTED, MOST_NEAR = 200, 200, 5
EMPTY = "The log is empty: record events with `annals import FILE`, or look around with `annals demo`."
Parameters = Any


@click.command("state")
@click.argument("organization")
@reading_options
@json_option
@store_options
def state_command(organization: str, as_json: bool, home: str | None, database_url: str | None, **parameters: str | None) -> None:
    """Show who holds which role in ORGANIZATION (its id or any of its names), who is on leave and who reports to whom."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        entity = found(annals, connection, "organization", organization, reading)
        answer = {**organization_state(connection, entity, reading), "position": position_at(connection, reading)}
    show(answer, render.state(answer, reading.lang), as_json=as_json)


@click.command("history")
@click.argument("person")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many events.")
@reading_options
@json_option
@store_options
def history_command(person: str, limit: int, as_json: bool, home: str | None, database_url: str | None, **parameters: str | None) -> None:
    """Show every role, leave and reporting line of PERSON (the id or any name), oldest first, and the events behind them."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        entity = found(annals, connection, "person", person, reading)
        about = card(connection, "person", entity, reading)
        query = FeedQuery(limit, person=entity, as_of=reading.as_of if parameters["as_of"] else None)
        events = pages(query, lambda part: feed(connection, part, reading))
        answer = {
            "person": {"id": entity, "name": about["name"]},
            **echo(reading),
            **person_history(connection, entity, reading),
            "events": {"items": events.items, "next": events.next},
            "position": position_at(connection, reading),
        }
    show(answer, render.history(answer, reading.lang), as_json=as_json)


def known_types(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The names of types, as they are known when the command is used."""
    return tuple(click.Choice(list(event_types())).convert(name, param, ctx) for name in given)


@click.command("feed")
@click.option("--organization", metavar="ID|NAME", help="Only events that mention it; the same with --person and --product.")
@click.option("--person", metavar="ID|NAME")
@click.option("--product", metavar="ID|NAME")
@click.option("--type", "types", multiple=True, callback=known_types, metavar="TYPE", help="One of several if repeated.")
@click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="One of several if repeated.")
@click.option("--tag")
@click.option("--q", metavar="WORDS", help="Words of the event, or of the names that it mentions.")
@click.option("--from", "from_", metavar="DATE", help="From this day on, by the clock of --order; a month or a year is its first day.")
@click.option("--to", metavar="DATE", help="Up to this day; a month or a year is its last day.")
@click.option("--order", type=click.Choice(get_args(Order)), default="effective", show_default=True)
@click.option("--direction", type=click.Choice(["desc", "asc"]), default="desc", show_default=True, help="Newest or oldest first.")
@paging_options
@reading_options
@json_option
@store_options
def feed_command(as_json: bool, home: str | None, database_url: str | None, **parameters: Any) -> None:
    """List events with their sources; each as it was known at --known-at."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        page = pages(feed_query(parameters, reading), lambda part: feed(connection, part, reading))
        answer = {"items": page.items, "next": page.next, "position": position_at(connection, reading)}
    show(answer, render.events(page.items, reading.lang, more=page.next is not None), as_json=as_json)


def feed_query(parameters: Parameters, reading: Reading) -> FeedQuery:
    """What the flags of `feed` ask for."""
    first, last = _day("from", parameters["from_"]), _day("to", parameters["to"])
    return FeedQuery(
        parameters["limit"], parameters["cursor"], parameters["organization"], parameters["person"], parameters["product"],
        tuple(parameters["types"]), tuple(parameters["statuses"]), parameters["tag"], parameters["q"],
        first.first if first else None, last.last if last else None, reading.as_of if parameters["as_of"] else None,
        parameters["order"], parameters["direction"] == "desc",
    )  # fmt: skip


def pages(query: TQuery, read: Callable[[TQuery], Page]) -> Page:
    """Up to `query.limit` items of a list, however many pages they fill."""
    page = read(replace(query, limit=min(PAGE, query.limit)))
    items = list(page.items)
    while page.next is not None and len(items) < query.limit:
        page = read(replace(query, limit=min(PAGE, query.limit - len(items)), cursor=page.next))
        items += page.items
    return Page(items, page.next)


def show(answer: Any, tables: Iterator[RenderableType], *, as_json: bool) -> None:
    """Print an answer as JSON, or its tables."""
    if as_json:
        print_json(answer)
    else:
        render.show(tables)


def found(annals: Annals, connection: Connection, kind: Kind, text: str, reading: Reading) -> str:
    """The id of an entity given by its id or a name; raises `NotFound` with those that are called nearly so.

    One that is known by now has its id also at a reading at which it was not, so that what was known then can be seen: nothing.
    """
    with suppress(NotFound):
        return resolve(connection, kind, text, reading)
    try:
        return resolve(connection, kind, text, replace(reading, known_at=to_micros(annals.now()), clock="public"))
    except NotFound as error:
        if not annals.ledger.last_position():
            raise NotFound.of("", text, EMPTY) from None
        candidates = near(connection, kind, text, reading)
        hint = "; did you mean one of these?" if candidates else ""
        raise NotFound.of("", text, f"{error}{hint}", candidates=candidates) from None


def near(connection: Connection, kind: Kind, text: str, reading: Reading) -> list[dict[str, Any]]:
    """Entities that share a word with the text, or else have a name or a word of one that is spelt nearly so."""
    for words in (text, *text.split()):
        if items := find(connection, kind, reading, words, MOST_NEAR).items if words else []:
            return items
    named: dict[str, dict[str, Any]] = {}
    for item in find(connection, kind, reading, limit=MOST_LISTED).items:
        for name in item["names"].values():
            named |= {match_key(part): item for part in (name, *name.split())}
    close = [named[key] for key in difflib.get_close_matches(match_key(text), named, MOST_NEAR)]
    return [item for index, item in enumerate(close) if item not in close[:index]]


def _day(flag: str, text: str | None) -> PartialDate | None:
    try:
        return PartialDate.parse(text) if text else None
    except Invalid as error:
        raise Invalid(tuple(replace(problem, field=f"--{flag}") for problem in error.problems)) from None
