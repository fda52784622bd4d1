"""Keys: `annals keys create`, `list` and `revoke`. Whoever may run them has the log itself, and so needs no key."""

from __future__ import annotations

import click

from events.keys import SCOPES
from service.cli import render
from service.cli.options import json_option, opened, print_json, settings_of, store_options
from service.ledger.keys import create, key_body, new_secret, revoke

COLUMNS = ("name", "scope", "created_at", "created_by", "revoked_at", "revoked_by")


@click.group("keys")
def keys_command() -> None:
    """Make, list and revoke keys, by which callers show who they are.

    From the first key on, whoever writes to a server needs one, and it may listen where others reach it.
    """


@keys_command.command("create")
@click.option("--name", required=True, help="What it is called; what it records names it for ever.")
@click.option("--scope", required=True, type=click.Choice(SCOPES), help="What it allows; each allows what those before it do.")
@json_option
@store_options
def create_command(name: str, scope: str, as_json: bool, home: str | None, database_url: str | None) -> None:
    """Make a key and print its secret, this once: only a digest of it is stored."""
    secret = new_secret()
    with opened(settings_of(home=home, database_url=database_url)) as annals:
        made = annals.write(lambda unit: create(unit, name, scope, secret)).result
    if as_json:
        print_json({**key_body(made), "key": secret})
        return
    click.echo(secret)
    click.echo(f"This is the key {name} of scope {scope}. It is not shown again: keep it where you keep passwords.", err=True)


@keys_command.command("list")
@json_option
@store_options
def list_command(as_json: bool, home: str | None, database_url: str | None) -> None:
    """List all keys, also those revoked, in the order in which they were made; without their secrets."""
    with opened(settings_of(home=home, database_url=database_url)) as annals:
        found = [key_body(key) for key in annals.keyring.keys().values()]
    if as_json:
        print_json({"items": found})
    elif found:
        render.show([render.table("", COLUMNS, [[key[name] or "" for name in COLUMNS] for key in found])])
    else:
        click.echo("There are no keys. Everybody who reaches a server may write, so it listens on this machine alone.")


@keys_command.command("revoke")
@click.option("--name", required=True, help="Which key.")
@json_option
@store_options
def revoke_command(name: str, as_json: bool, home: str | None, database_url: str | None) -> None:
    """Revoke a key: it is good for nothing from here on, and its name is not given again."""
    with opened(settings_of(home=home, database_url=database_url)) as annals:
        revoked = annals.write(lambda unit: revoke(unit, name)).result
    if as_json:
        print_json(key_body(revoked))
    else:
        click.echo(f"The key {name} is revoked.")
