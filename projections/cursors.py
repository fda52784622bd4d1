"""Cursors: where a list goes on, together with all that it hangs on, so that the next page continues this one.

A cursor is opaque: base64url (RFC 4648, section 5) of JSON with a checksum before it, which tells a cut or mistyped
one. It is no secret and grants nothing: whoever takes one back says up to which moment it may look.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from datetime import date
from hashlib import sha256
from types import UnionType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

import orjson

from events.dates import quote
from events.errors import AnnalsError, Invalid
from events.moments import FOREVER, from_micros
from projections.reading import Reading

_CHECKSUM = 6

Json = dict[str, Any]
Key = tuple[Any, ...]
T = TypeVar("T")
TRow = TypeVar("TRow")


@dataclass(frozen=True, slots=True)
class Page:
    """Some items of a list as JSON, and the cursor of the next page; None where this is the last."""

    items: list[Json]
    next: str | None


@dataclass(frozen=True, slots=True)
class Paged:
    """What every list is asked for: at most `limit` items, from `cursor` on, which pins all but the limit."""

    limit: int = 50
    cursor: str | None = None


TQuery = TypeVar("TQuery", bound=Paged)


@dataclass(frozen=True, slots=True)
class Place(Generic[TQuery]):
    """A query and a reading as a cursor pinned them, and the key of the last item before the page; None at the start."""

    query: TQuery
    reading: Reading
    key: Key | None = None

    def cut(self, rows: Sequence[TRow], key: Callable[[TRow], Key]) -> tuple[Sequence[TRow], str | None]:
        """The rows of the page and the cursor of the next, from up to `limit` + 1 rows; `key` is a row's place in the list."""
        kept = rows[: self.query.limit]
        if len(rows) == len(kept):
            return kept, None
        pinned = {"list": type(self.query).__name__, "query": asdict(self.query), "reading": asdict(self.reading)}
        return kept, encode({**pinned, "key": list(key(kept[-1]))})


def place(query: TQuery, reading: Reading, key: Callable[[TQuery], object], ceiling: int | None = None) -> Place[TQuery]:
    """Where a list begins, or goes on if the query has a cursor, which then decides all but the limit.

    `key` gives the type of the list's keys as `tuple[int, str]`. A cursor may be forged, so it never looks beyond
    `ceiling` (by default the reading's own `known_at`); one of another list or with other filters is `Invalid`.
    """
    if query.cursor is None:
        return Place(query, reading)
    content = decode(query.cursor)
    try:
        pinned, read = restored(type(query), content["query"]), restored(Reading, content["reading"])
        if content["list"] != type(query).__name__ or not _agrees(query, pinned) or not _fits(content["key"], key(pinned)):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise broken(query.cursor) from None
    known_at = min(read.known_at, reading.known_at if ceiling is None else ceiling)
    return Place(replace(pinned, limit=query.limit), replace(read, known_at=known_at), tuple(content["key"]))


def pinned_reading(cursor: str) -> Reading:
    """The reading that a cursor goes on with; raises `Invalid` for a text that is no cursor."""
    try:
        found = restored(Reading, decode(cursor)["reading"])
        from_micros(found.known_at)  # both raise for what no calendar has
        date.fromordinal(found.as_of)
    except (KeyError, OverflowError, ValueError):
        raise broken(cursor) from None
    return found


def encode(content: Json) -> str:
    """The cursor that holds `content`."""
    payload = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return urlsafe_b64encode(sha256(payload).digest()[:_CHECKSUM] + payload).rstrip(b"=").decode()


def decode(cursor: str) -> Json:
    """What a cursor holds; raises `Invalid` for a text that is none."""
    try:
        content = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        checksum, payload = content[:_CHECKSUM], content[_CHECKSUM:]
        if sha256(payload).digest()[:_CHECKSUM] == checksum:
            return dict(orjson.loads(payload))
    except (TypeError, ValueError):
        pass  # the one answer to all that a cursor can have wrong follows
    raise broken(cursor)


def broken(cursor: str) -> AnnalsError:
    """The error that says that a cursor is none, or none of this list."""
    return Invalid.of("cursor", cursor, f"{quote(cursor)} is not a cursor of this list", "the cursor that the page before gave as `next`")


def restored(cls: type[T], values: Any) -> T:
    """A dataclass from JSON that `asdict` made; raises ValueError where a value is not of the type of its field."""
    hints = get_type_hints(cls)
    if not isinstance(values, dict) or values.keys() != hints.keys() or not all(_fits(values[name], hint) for name, hint in hints.items()):
        raise ValueError(f"not a {cls.__name__}")
    return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _fits(value: object, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in inner
    if origin is UnionType:
        return any(_fits(value, part) for part in inner)
    if origin is tuple:
        return isinstance(value, list) and _all_fit(value, inner)
    return type(value) is hint and not (isinstance(value, int) and abs(value) > FOREVER)


def _all_fit(values: list[Any], hints: tuple[Any, ...]) -> bool:
    wanted = [hints[0]] * len(values) if hints[-1] is Ellipsis else hints
    return len(values) == len(wanted) and all(map(_fits, values, wanted))


def _agrees(query: Paged, pinned: Paged) -> bool:
    """Whether every filter that the request gives beside its cursor is the cursor's own."""
    given = [field for field in fields(query) if field.name not in ("limit", "cursor")]
    defaults = {field.name: field.default for field in given if field.default is not MISSING}
    values = {field.name: getattr(query, field.name) for field in given}
    return all(value in (defaults.get(name), getattr(pinned, name)) for name, value in values.items())
