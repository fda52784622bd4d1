"""Reasons: why an organization stands as it does, which reports contradict each other or may be one, and who holds a role anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from events.moments import FOREVER
from events.roles import Role, title
from projections.clashes import KINDS
from projections.conflicts import ConflictQuery, conflicts
from projections.duplicates import DuplicateQuery, duplicates
from projections.projector import progress
from projections.standing import echo, organization_state
from projections.succession import HolderQuery, role_holders
from service.cli import reasons
from service.cli.options import json_option, opened, paging_options, reading_of, reading_options, settings_of, store_options
from service.cli.reads import found, known_types, pages, show
from service.cli.replay import headlines


@click.command("explain")
@click.argument("organization")
@click.option("--person", metavar="ID|NAME", help="Only lines about this person.")
@click.option("--role", metavar="ROLE", help="Only lines about this role, by any of its titles.")
@reading_options
@json_option
@store_options
def explain_command(
    organization: str,
    person: str | None,
    role: str | None,
    as_json: bool,
    home: str | None,
    database_url: str | None,
    **parameters: str | None,
) -> None:
    """Show why each line of the state of ORGANIZATION is as it is: what each event did, by which rule, and which claims lost."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        entity = found(annals, connection, "organization", organization, reading)
        about = found(annals, connection, "person", person, reading) if person is not None else None
        key = Role.of(role).key if role is not None else None
        answer = organization_state(connection, entity, reading, explain=True)
        for section in reasons.EXPLAINED:
            answer[section] = [line for line in answer[section] if _is_about(line, about, key)]
        told = headlines(connection, answer, reading)
        answer["position"] = progress(connection).position
    nothing = "Nothing is known of it by then." if about is None and key is None else "No line of the state is about that."
    show(answer, reasons.explanation(answer, told, reading.lang, nothing), as_json=as_json)


def _is_about(line: Mapping[str, Any], person: str | None, role_key: str | None) -> bool:
    """Whether a line is about the person and the role, as far as they are given."""
    return (person is None or line.get("person", {}).get("id") == person) and (role_key is None or line.get("role_key") == role_key)


@click.command("conflicts")
@click.option("--organization", metavar="ID|NAME", help="Only conflicts in it.")
@click.option("--person", metavar="ID|NAME", help="Only conflicts about this person.")
@click.option("--kind", type=click.Choice(KINDS), help="Only conflicts of this kind.")
@paging_options
@reading_options
@json_option
@store_options
def conflicts_command(
    organization: str | None, person: str | None, kind: str | None, limit: int, cursor: str | None, as_json: bool, home: str | None,
    database_url: str | None, **parameters: str | None,
) -> None:  # fmt: skip
    """List what the known events contradict, each with its claims and an entry that would settle it."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        page = pages(ConflictQuery(limit, cursor, organization, person, kind), lambda part: conflicts(connection, part, reading, FOREVER))
        told = headlines(connection, page.items, reading)
        answer = {"items": page.items, "next": page.next, "position": progress(connection).position}
    show(answer, reasons.conflicts(page.items, told, reading.lang, more=page.next is not None), as_json=as_json)


@click.command("duplicates")
@click.option("--organization", metavar="ID|NAME", help="Only pairs about it.")
@click.option("--person", metavar="ID|NAME", help="Only pairs about this person.")
@click.option("--type", "types", multiple=True, callback=known_types, metavar="TYPE", help="One of several if repeated.")
@paging_options
@reading_options
@json_option
@store_options
def duplicates_command(
    organization: str | None, person: str | None, types: tuple[str, ...], limit: int, cursor: str | None, as_json: bool, home: str | None,
    database_url: str | None, **parameters: str | None,
) -> None:  # fmt: skip
    """List pairs of events that may be the same, each with an entry that would join them."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading = reading_of(annals, parameters)
        query = DuplicateQuery(limit, cursor, organization, person, types)
        page = pages(query, lambda part: duplicates(connection, part, reading, FOREVER))
        answer = {"items": page.items, "next": page.next, "position": progress(connection).position}
    show(answer, reasons.duplicates(page.items, reading.lang, more=page.next is not None), as_json=as_json)


@click.command("holders")
@click.argument("role")
@paging_options
@reading_options
@json_option
@store_options
def holders_command(
    role: str, limit: int, cursor: str | None, as_json: bool, home: str | None, database_url: str | None, **parameters: str | None
) -> None:
    """List who holds ROLE (its key or any of its titles), in any organization."""
    with opened(settings_of(home=home, database_url=database_url)) as annals, annals.reading() as connection:
        reading, wanted = reading_of(annals, parameters), Role.of(role)
        page = pages(HolderQuery(limit, cursor, wanted.key), lambda part: role_holders(connection, part, reading, FOREVER))
        answer = {"items": page.items, "next": page.next, "position": progress(connection).position}
    about = title(wanted.key, reading.lang) or wanted.text
    show(answer, reasons.holders(about, page.items, echo(reading), reading.lang, more=page.next is not None), as_json=as_json)
