"""The catalogue of event types: which there are, what each may say, and an example to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import orjson
from marshmallow.fields import Field
from rich.table import Table

from events.types import EventType, entity_field, event_type, event_types
from service.api.openapi import example
from service.api.types import described
from service.cli.options import json_option, print_json
from service.cli.outcomes import told
from service.cli.render import sections, show, table

WORDS = {
    "Amount": "decimal",
    "Count": "whole number",
    "Currency": "ISO 4217 code such as USD",
    "Day": "partial date such as 2024-09-25, 2024-09 or 2024~",
    "Flag": "true or false",
    "Localized": "text per language",
    "Percentage": "percentage, 12.5 for an eighth",
    "RoleName": "role in free words",
    "Text": "text",
}


@click.command("types")
@click.argument("name", metavar="[TYPE]", required=False)
@json_option
def types_command(name: str | None, as_json: bool) -> None:
    """List the types of events; with TYPE, its fields and an example to post."""
    with told():
        chosen = [event_type(name)] if name else list(event_types().values())
    if as_json:
        items = [described(kind) for kind in chosen]
        print_json(items[0] if name else {"items": items, "next": None})
        return
    if name:
        _explain(chosen[0])
    else:
        groups = sorted({kind.group for kind in chosen})
        tables = (_group(group, [kind for kind in chosen if kind.group == group]) for group in groups)
        show(sections("What can be posted; `annals types TYPE` explains one.", tables, ""))


def _group(group: str, kinds: Sequence[EventType]) -> Table:
    rows = ((kind.name, kind.label[1], ", ".join(_fields(kind))) for kind in kinds)
    return table(group.capitalize(), ("type", "in Japanese", "fields (* required)"), rows)


def _explain(kind: EventType) -> None:
    rows = ((name, "required" if field.required else "", _means(field)) for name, field in kind.fields.items())
    show([table(f"{kind.name}: {kind.label[0]}, {kind.label[1]}", ("field", "", "is"), rows)])
    click.echo("\nBeside these: effective*, announced, status, sources*, summary, tags, ref.\nAn example, as a line for `annals import`:\n")
    click.echo(orjson.dumps(example(kind)).decode())


def _fields(kind: EventType) -> list[str]:
    return [name + "*" * field.required for name, field in kind.fields.items()]


def _means(field: Field[Any]) -> str:
    entity, many = entity_field(field), hasattr(field, "inner")
    if entity is not None:
        return ("one or more of: " if many else "") + " or ".join(entity.kinds)
    choices = field.metadata.get("enum")
    return "one of " + ", ".join(choices) if choices else WORDS.get(type(field).__name__, type(field).__name__)
