"""A guided tour of the example: `annals demo`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

import service
from events.errors import NotFound
from projections.entities import resolve
from projections.standing import organization_state
from service.annals import Annals
from service.cli import render
from service.cli.exchange import load
from service.cli.options import opened, reading_of, settings_of, store_options
from service.cli.outcomes import SomeFailed, WrongUsage

EXAMPLE = Path(service.__file__).parents[1] / "examples" / "openai-2024-09.ndjson"
ORGANIZATION, BEFORE, BETWEEN, AFTER = "openai", "2024-09-24", "2024-09-25", "2024-09-26"
FURTHER = (
    'history "Mira Murati"',
    f"feed --organization {ORGANIZATION} --from {BETWEEN} --to {AFTER}",
    f"state {ORGANIZATION} --as-of {AFTER} --include rumoured --lang ja",
    "serve",
)
Json = Mapping[str, Any]


@click.command("demo")
@click.option("--example", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another file than the example.")
@store_options
def demo_command(example: Path | None, home: str | None, database_url: str | None) -> None:
    """Load the example into the log, if that is empty, and show what replay is with it."""
    flags = "".join(f" --{name} {value}" for name, value in (("home", home), ("database-url", database_url)) if value)
    with opened(settings_of(home=home, database_url=database_url)) as annals:
        click.echo(prepared(annals, example or EXAMPLE))
        before, after = state(annals, as_of=BEFORE), state(annals, as_of=AFTER)
        between = state(annals, as_of=AFTER, known_at=BETWEEN)
    render.show([
        *station(f"1. How did OpenAI stand on {BEFORE}, the evening before the news?", f"--as-of {BEFORE}{flags}", before),
        *station(f"2. And two days later, on {AFTER}?", f"--as-of {AFTER}{flags}", after),
        Text("\nWhat changed in between:", style="bold"),
        *map(Text, changes(before, after)),
        *station(
            f"3. And what of it was known on {BETWEEN}, with two departures still rumours?",
            f"--as-of {AFTER} --known-at {BETWEEN}{flags}", between,
        ),
        Text("\nGo on with:", style="bold"),
        *(Text(f"  annals {command}{flags}") for command in FURTHER),
    ])  # fmt: skip


def prepared(annals: Annals, example: Path) -> str:
    """Load the example into an empty log, and say what was done; raises `Failure` for a log of other things."""
    home = annals.settings.home
    if not annals.ledger.last_position():
        if not example.exists():
            raise WrongUsage("the example is not installed with the program", "Name its file with --example.")
        tally = load(annals, example)
        return f"Loaded {sum(tally.outcomes.values())} lines from {example.name} into the log in {home}."
    try:
        with annals.reading() as connection:
            resolve(connection, "organization", ORGANIZATION, reading_of(annals, {}))
    except NotFound:
        raise SomeFailed(f"the log in {home} holds other things than the example", "Name another folder with --home.") from None
    return f"The log in {home} holds entries already, so nothing was loaded."


def state(annals: Annals, **parameters: str | None) -> Json:
    """How the organization of the example stood."""
    with annals.reading() as connection:
        reading = reading_of(annals, parameters)
        return organization_state(connection, resolve(connection, "organization", ORGANIZATION, reading), reading)


def station(question: str, look: str, answer: Json) -> Iterator[RenderableType]:
    """A question, the command that answers it, and the holders that it shows."""
    yield Text(f"\n{question}\n", style="bold")
    yield Text(f"$ annals state {ORGANIZATION} {look}", style="cyan")
    yield from render.state({**answer, **dict.fromkeys(("on_leave", "reports", "vacant", "products"), ())})


def changes(before: Json, after: Json) -> Iterator[str]:
    """Who left a role and who took one up, in words."""
    held, holds = ({(line["person"]["name"], line["role"] or "no role") for line in found["holders"]} for found in (before, after))
    yield from (f"  {person} is no longer {role}" for person, role in sorted(held - holds))
    yield from (f"  {person} is {role}" for person, role in sorted(holds - held))
