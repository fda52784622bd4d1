"""What is to come: `annals agenda`."""

from __future__ import annotations

import click

from events.moments import FOREVER
from projections.agenda import DAYS, AgendaQuery, agenda
from projections.projector import progress
from projections.standing import echo
from service.cli import reasons
from service.cli.options import json_option, opened, paging_options, reading_of, reading_options, settings_of, store_options
from service.cli.reads import pages, show


@click.command("agenda")
@click.option("--days", type=click.IntRange(1, 366), default=DAYS, show_default=True, help="How many days to look ahead.")
@click.option("--organization", metavar="ID|NAME", help="Only what is to happen in it.")
@paging_options
@reading_options
@json_option
@store_options
def agenda_command(
    days: int, organization: str | None, limit: int, cursor: str | None, as_json: bool, home: str | None, database_url: str | None,
    **parameters: str | None,
) -> None:  # fmt: skip
    """List what is overdue and what is coming up: who takes up or leaves a role or is expected back, and which products are."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        page = pages(AgendaQuery(limit, cursor, days, organization), lambda part: agenda(connection, part, reading, FOREVER))
        answer = {"items": page.items, "next": page.next, "position": progress(connection).position}
    show(answer, reasons.agenda(page.items, echo(reading), reading.lang, more=page.next is not None), as_json=as_json)
