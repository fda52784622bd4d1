"""The full-text index: texts stored as tokens, and the condition that finds them, alike on both engines.

Tokens are made by `events.text` and must never be split again. SQLite's FTS5 gets the `ascii` tokenizer, to which every
character beyond ASCII belongs to a word, with the signs of `c++`, `c#` and `4.1` added; triggers keep it in step with
the table. PostgreSQL gets an index on an expression that makes each token a lexeme without parsing it. On both, tokens are stored
under a letter that says whose text it is and of which clock, so that a search reads no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Index, MetaData, Select, column, delete, exists, func, insert, literal, select, table
from sqlalchemy import literal_column as verbatim
from sqlalchemy import text as statement
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.schema import CreateIndex

from events.clocks import CLOCKS, Clock
from events.fields import KINDS
from events.text import tokens
from projections.known import current
from projections.reading import Reading
from projections.tables import texts

OWNERS = ("event", *KINDS)

MOST_TOKEN = 100
"""Characters of a token that count: a lexeme of PostgreSQL has at most 2046 bytes."""
MOST_TOKENS = 30_000
"""Distinct tokens of a text that count: a tsvector has at most a megabyte."""

_FTS5 = (
    """CREATE VIRTUAL TABLE texts_index USING fts5(
        tokens, content='texts', content_rowid='id', detail='none', tokenize="ascii tokenchars '+#.'")""",
    """CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
        INSERT INTO texts_index(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
        INSERT INTO texts_index(texts_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
)
_INDEX = table("texts_index", column("rowid"), column("texts_index"))


def create_index(connection: Connection) -> None:
    """Create the full-text index over the empty table `texts`."""
    if connection.dialect.name == "sqlite":
        for ddl in _FTS5:
            connection.execute(statement(ddl))
    else:
        copy = texts.to_metadata(MetaData())
        connection.execute(CreateIndex(Index("texts_index", _lexemes(copy.c.tokens), postgresql_using="gin")))


def _lexemes(stored: ColumnElement[str]) -> ColumnElement[Any]:
    # The blank is no parameter: an expression with one would not be taken for the index's.
    return func.array_to_tsvector(func.string_to_array(stored, verbatim("' '")))


def text_row(owner: str, clock: Clock, target: str, seq: int, span: tuple[int, int], words: str) -> dict[str, Any]:
    """A row of `texts`: what to find under `words`, in the half-open span of the clock in microseconds since 1970."""
    return {
        "owner": owner, "clock": clock, "target": target, "seq": seq, "known_from": span[0], "known_until": span[1],
        "tokens": " ".join(tokens(words)),
    }  # fmt: skip


def text_id(owner: str, clock: str, target: str, seq: int) -> int:
    """The id of a text: the first 63 bits of a digest of its key."""
    digest = sha256("\x1f".join((owner, clock, target, str(seq))).encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


def write_texts(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows of `texts`, found from then on, with `id` put in; those without any token are left out."""
    kept = [{**row, "id": _id(row), "tokens": _marked(row)} for row in rows if row["tokens"]]
    if kept:
        connection.execute(insert(texts), kept)


def _id(row: Mapping[str, Any]) -> int:
    return text_id(row["owner"], row["clock"], row["target"], row["seq"])


def _marked(row: Mapping[str, Any]) -> str:
    mark = _mark(row["owner"], row["clock"])
    distinct = dict.fromkeys(mark + token[:MOST_TOKEN] for token in row["tokens"].split())
    return " ".join(list(distinct)[:MOST_TOKENS])


def _mark(owner: str, clock: Clock) -> str:
    """The letter before each token of such texts, so that a search need not tell them from all others."""
    return "abcdefgh"[2 * OWNERS.index(owner) + CLOCKS.index(clock)]


def delete_texts(connection: Connection, owner: str, targets: Iterable[str]) -> None:
    """Take away all texts of those events (`owner` is `event`) or entities (`owner` is their kind)."""
    connection.execute(delete(texts).where(texts.c.owner == owner, texts.c.target.in_(sorted(targets))))


def targets(connection: Connection, owner: str, wanted: Sequence[str], reading: Reading, *, prefix: bool = False) -> Select[str]:
    """The events (`owner` is `event`) or entities with a text known at the reading that has every wanted token.

    With `prefix` a token that begins with the wanted one will do.
    """
    query = select(texts.c.target).where(texts.c.owner == owner, current(texts, reading))
    words = _query(connection, _mark(owner, reading.clock), wanted, prefix)
    if connection.dialect.name == "sqlite":
        return query.join(_INDEX, _INDEX.c.rowid == texts.c.id).where(_INDEX.c.texts_index.match(words))
    return query.where(_has_lexemes(words))


def has_text(
    connection: Connection, owner: str, target: ColumnElement[str], wanted: Sequence[str], reading: Reading, *, prefix: bool = False
) -> ColumnElement[bool]:
    """Whether `targets` has the one target: quicker where many have the tokens and few are asked about."""
    words = _query(connection, _mark(owner, reading.clock), wanted, prefix)
    lite = exists().where(_INDEX.c.rowid == texts.c.id, _INDEX.c.texts_index.match(words))
    found = lite if connection.dialect.name == "sqlite" else _has_lexemes(words)
    return exists().where(texts.c.owner == owner, texts.c.target == target, current(texts, reading), found)


def _query(connection: Connection, mark: str, wanted: Sequence[str], prefix: bool) -> str:
    """The tokens, none of which can hold a quotation mark, in the engine's query language."""
    marked = [mark + token[:MOST_TOKEN] for token in wanted]
    if connection.dialect.name == "sqlite":
        return " AND ".join(f'"{token}"{" *" * prefix}' for token in marked)
    return " & ".join(f"'{token}'{':*' * prefix}" for token in marked)


def _has_lexemes(words: str) -> ColumnElement[bool]:
    return _lexemes(texts.c.tokens).op("@@", is_comparison=True)(literal(words).cast(TSQUERY))
