"""Looking after the store: `annals status`, `annals verify` and `annals rebuild`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from events.refs import PLURAL
from projections.audit import Audit, rebuild, verify
from projections.tables import entities, entries
from service.annals import Annals
from service.cli.options import bar, json_option, opened, print_json, settings_of, store_options
from service.cli.outcomes import SomeFailed

EVENT = "event.recorded"


@click.command("status")
@json_option
@store_options
def status_command(as_json: bool, home: str | None, database_url: str | None) -> None:
    """Show where the log is, how far the projections are, and what they hold; exit code 1 if they have stopped."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        status: dict[str, Any] = {**annals.status(), "log": address_of_log(annals), "counts": counts(connection)}
    if as_json:
        print_json(status)
    else:
        click.echo("\n".join(f"{label:<14}{words}" for label, words in told_status(status)))
    if status["halted"]:
        sys.exit(SomeFailed.exit_code)


@click.command("verify")
@json_option
@store_options
def verify_command(as_json: bool, home: str | None, database_url: str | None) -> None:
    """Build the projections anew from the log, aside, and compare them with the live ones; exit code 1 if they differ."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, bar("Verifying", annals.progress().position) as steps:
        audit = verify(annals.stores, annals.ledger, on_progress=lambda reached: steps.to(reached.position))
    if as_json:
        print_json(audit_json(audit))
    else:
        click.echo(f"Compared {len(audit.rows)} tables made from {audit.live.entries:,} entries, up to position {audit.live.position:,}.")
        click.echo("All are equal, row for row." if audit.equal else f"These differ: {', '.join(audit.differing)}.")
    if not audit.equal:
        sys.exit(SomeFailed.exit_code)


@click.command("rebuild")
@json_option
@store_options
def rebuild_command(as_json: bool, home: str | None, database_url: str | None) -> None:
    """Build the projections anew beside the live ones, which go on serving, and put them in their place."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, bar("Rebuilding", annals.progress().position) as steps:
        rebuilt = rebuild(annals.stores, annals.ledger, on_progress=lambda reached: steps.to(reached.position))
    reached = rebuilt.progress
    if as_json:
        print_json({"former": rebuilt.former, "store": rebuilt.live, "position": reached.position, "entries": reached.entries})
    else:
        click.echo(f"Built store {rebuilt.live} from {reached.entries:,} entries; it is live in place of store {rebuilt.former}.")


def address_of_log(annals: Annals) -> str:
    """Where the log is, without the password."""
    return make_url(annals.settings.database_url).render_as_string(hide_password=True)


def counts(connection: Connection) -> dict[str, int]:
    """How many events the projections hold, and how many entities of each kind."""
    events = connection.scalar(select(func.count()).where(entries.c.topic == EVENT))
    kinds = {row[0]: row[1] for row in connection.execute(select(entities.c.kind, func.count()).group_by(entities.c.kind))}
    return {"events": events or 0, **{plural: kinds.get(kind, 0) for kind, plural in PLURAL.items()}}


def told_status(status: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The status in words, line by line."""
    halted = status["halted"]
    behind = "up to date" if status["position"] >= status["log_position"] else "behind the log"
    return [
        ("log", f"{status['log']}, position {status['log_position']:,}"),
        ("projections", f"position {status['position']:,}, {behind}: {status['entries']:,} entries"),
        ("", f"store {status['store']}, version {status['projection_version']}"),
        ("they hold", ", ".join(f"{count:,} {what}" for what, count in status["counts"].items())),
        ("stopped", f"at position {halted['position']} by {halted['error']}" if halted else "no"),
    ]


def audit_json(audit: Audit) -> dict[str, Any]:
    """The audit as JSON: the digests of each table's rows, live and built anew."""
    tables = {str(name): {"live": live, "anew": anew} for name, (live, anew) in audit.rows.items()}
    reached = {"position": audit.live.position, "entries": audit.live.entries}
    return {"equal": audit.equal, "differing": list(map(str, audit.differing)), **reached, "tables": tables}
