"""The read models as tables, defined once for SQLite and PostgreSQL.

Instants are microseconds since 1970 (UTC) and days proleptic ordinals, so that both engines compare them alike and
exactly. Every row is a pure function of the log: no table has a counter of its own, so a rebuild is equal row for row.
`known_from` and `known_until` bound a half-open span of the clock named beside them (`public` where none is).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

VERSION = 7
"""The version of the projections: raise it with any change of a table or of what is written to it."""

METADATA = MetaData()


def _span() -> tuple[Column[int], Column[int]]:
    return Column("known_from", BigInteger, nullable=False), Column("known_until", BigInteger, nullable=False)


progress = Table(
    "progress",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("halted_at", BigInteger),
    Column("halted_by", Text),
)

instants = Table(
    "instants",
    METADATA,
    Column("recorded_at", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)
"""Every instant at which entries of any kind were recorded, with the position of the last of them."""

embargoes = Table(
    "embargoes",
    METADATA,
    Column("owner", String(12), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("ends_at", BigInteger, primary_key=True, autoincrement=False),
    Index("embargoes_ends_at", "ends_at"),
)
"""The instants at which something about an event (`owner` is `event`) or entity (its kind) comes to count without an entry."""

entries = Table(
    "entries",
    METADATA,
    Column("originator_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("entries_position", "position"),
)

versions = Table(
    "versions",
    METADATA,
    Column("clock", String(8), primary_key=True),
    Column("event_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("number", Integer, nullable=False),
    Column("type", String(60), nullable=False),
    Column("status", String(10), nullable=False),
    Column("retracted", Boolean, nullable=False),
    Column("effective_first", Integer, nullable=False),
    Column("effective_last", Integer, nullable=False),
    Column("announced", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("publishers", Integer, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("likeness", String(32)),
    Column("body", Text, nullable=False),
    Index("versions_effective", "clock", "effective_first", "announced", "event_id"),
    Index("versions_announced", "clock", "announced", "event_id"),
    Index("versions_recorded", "clock", "position"),
    Index("versions_type", "clock", "type"),
    Index("versions_status", "clock", "status"),
    Index("versions_likeness", "likeness", "clock", "position"),
)
"""The versions of events. One that is joined into another is not its `own` event; `likeness` is shared by what may be duplicates."""

links = Table(
    "links",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("target", String(120), primary_key=True),
    Column("clock", String(8), primary_key=True),
    Column("event_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("field", String(60), primary_key=True),
    *_span(),
    Index("links_event", "event_id", "clock", "seq"),
)
"""Which version of which event mentions which entity (`person`, `organization`, `product`), `article` or `tag`."""

facts = Table(
    "facts",
    METADATA,
    Column("clock", String(8), primary_key=True),
    Column("event_id", String(32), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("effect", String(20), nullable=False),
    Column("organization", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("role_key", String(250)),
    Column("status", String(10), nullable=False),
    *_span(),
    Index("facts_organization", "organization", "clock", "effect"),
    Index("facts_subject", "subject", "clock", "effect"),
    Index("facts_role", "role_key", "clock"),
)
"""Which effects (by class name) the unretracted versions of events have, on whom (the person, or the product) and in which role."""


def _held() -> tuple[Column[str], ...]:
    return Column("organization", String(120), primary_key=True), Column("person", String(120), primary_key=True)


tenures = Table(
    "tenures",
    METADATA,
    *_held(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("strict", Boolean, nullable=False),
    Column("rumoured", Boolean, nullable=False),
    Column("role_key", String(250)),
    Column("start_known", Boolean, nullable=False),
    Column("start_first", Integer, nullable=False),
    Column("start_last", Integer, nullable=False),
    Column("end_first", Integer, nullable=False),
    Column("end_last", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("tenures_days", "organization", "end_last", "start_first"),
    Index("tenures_person", "person"),
    Index("tenures_role", "role_key"),
)
"""Tenures as the fold makes them in each span of the public clock, without rumours (`strict`) or with (`rumoured`)."""

leaves = Table(
    "leaves",
    METADATA,
    *_held(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("strict", Boolean, nullable=False),
    Column("rumoured", Boolean, nullable=False),
    Column("first", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("leaves_person", "person"),
)

lines = Table(
    "lines",
    METADATA,
    *_held(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("strict", Boolean, nullable=False),
    Column("rumoured", Boolean, nullable=False),
    Column("first", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("manager", String(120)),
    Column("body", Text, nullable=False),
    Index("lines_person", "person"),
)

clashes = Table(
    "clashes",
    METADATA,
    *_held(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *_span(),
    Column("strict", Boolean, nullable=False),
    Column("rumoured", Boolean, nullable=False),
    Column("first", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("clashes_person", "person"),
)
"""What contradicts itself in one person's history in one organization, from a day on."""

entities = Table(
    "entities",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("direct_public", BigInteger, nullable=False),
    Column("direct_recorded", BigInteger, nullable=False),
    Column("sort_key", String(250), nullable=False),
    Index("entities_sorted", "kind", "sort_key", "id"),
)
"""Entities; the `direct_` instants say since when one is known of itself (never, if only events brought it)."""

names = Table(
    "names",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("lang", String(20)),
    Column("name", Text, nullable=False),
    Column("key", String(400), nullable=False),
    Column("public_from", BigInteger, nullable=False),
    Column("public_until", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_until", BigInteger, nullable=False),
    Index("names_key", "key", "kind"),
)
"""Names with the spans in which each was the name in its language; an alias has no language."""

identifiers = Table(
    "identifiers",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("scheme", String(90), nullable=False),
    Column("value", String(200), nullable=False),
    Column("public_from", BigInteger, nullable=False),
    Column("public_until", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_until", BigInteger, nullable=False),
)

merges = Table(
    "merges",
    METADATA,
    Column("kind", String(12), primary_key=True),
    Column("loser", String(120), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("winner", String(120), nullable=False),
    Column("public_from", BigInteger, nullable=False),
    Column("public_until", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_until", BigInteger, nullable=False),
    Index("merges_winner", "kind", "winner"),
)

articles = Table(
    "articles",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("articles_position", "position"),
)

texts = Table(
    "texts",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", String(12), nullable=False),
    Column("clock", String(8), nullable=False),
    Column("target", String(120), nullable=False),
    Column("seq", Integer, nullable=False),
    *_span(),
    Column("tokens", Text, nullable=False),
    Index("texts_target", "target", "owner"),
)
"""Texts to search, split into tokens: of an event's versions (`owner` is `event`) or of an entity's name (its kind).

`id` is drawn from a digest of the other key columns; the full-text index beside the table refers to it.
"""

CONTENT = (
    instants, embargoes, entries, versions, links, facts, tenures, leaves, lines, clashes, entities, names, identifiers,
    merges, articles, texts,
)  # fmt: skip
"""The tables that a verification compares, in this order."""
