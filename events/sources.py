"""Where an event comes from: the schema of a source, and what makes two sources the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, validates_schema

from events.errors import Problem
from events.fields import Language, MomentText, Text, WebAddress, refuse
from events.names import match_key

MOST_SOURCES = 50


class SourceSchema(Schema):
    """A source as it is posted; all are optional, but one of `url` and `title` must be there."""

    url = WebAddress()
    title = Text(most=500)
    publisher = Text(most=200)
    author = Text(most=200)
    language = Language()
    published_at = MomentText()
    retrieved_at = MomentText()
    quote = Text(most=5000)
    locator = Text(most=500)
    archived_url = WebAddress()

    @validates_schema
    def named(self, data: Mapping[str, Any], **_: object) -> None:
        """A source that can be neither opened nor looked up is none."""
        if not (data.get("url") or data.get("title")):
            refuse(Problem("", dict(data), "a source needs at least a `url` or a `title`", "an http(s) address, or a title"))


def source_key(source: Mapping[str, Any]) -> str:
    """What two mentions of one source share: its address or title, its publisher, and the part that is cited."""
    where = source.get("url") or match_key(source.get("title", ""))
    return "\x1f".join((where, match_key(source.get("publisher") or ""), source.get("locator") or ""))


def source_label(source: Mapping[str, Any]) -> str:
    """A short name for a reader: publisher and title, else the address."""
    return ": ".join(part for part in (source.get("publisher"), source.get("title") or source.get("url")) if part)


def publishers(sources: Iterable[Mapping[str, Any]]) -> int:
    """The number of distinct publishers; a source that names none counts by the host of its address."""
    found = {match_key(source.get("publisher") or urlsplit(source.get("url") or "").netloc or "") for source in sources}
    return len(found - {""})
