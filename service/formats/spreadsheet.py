"""Spreadsheets in: each row of a CSV file becomes the JSON line of an event, under the line number that it has in the file.

A cell is a field, a part of one (`source.url`, `person.ja`, `summary.en`) or, parted by semicolons, a list. An empty
cell says nothing; `null` stands for nobody where a field allows that. Where a field takes several kinds of entities, the
kind may stand before a name: `organization: OpenAI`. Dates may also be written as spreadsheet programs do, the year
first: 2024/9/25 or 2024年9月25日.
"""

from __future__ import annotations

import csv
import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from marshmallow.fields import Field
from marshmallow.fields import List as ListField

from events.errors import AnnalsError, Invalid
from events.fields import Day, Kind, Localized, MomentText
from events.names import check_language
from events.sources import SourceSchema
from events.types import entity_field, event_types

DELIMITERS = ",;\t"
BETWEEN = ";"
Reader = Any
"""What `csv.reader` returns; its class has no public name before Python 3.13."""
DATES = ("effective", "announced")
_MONTH, _DAY = "(0?[1-9]|1[0-2])", "(0?[1-9]|[12][0-9]|3[01])"
# Not 2024/2025, an interval of two years, nor 2024/21: no such program writes a season.
_WRITTEN = re.compile(rf"([0-9]{{4}})/{_MONTH}(?:/{_DAY})?")
_WRITTEN_OUT = re.compile(rf"([0-9]{{4}})年(?:\s*{_MONTH}月(?:\s*{_DAY}日)?)?")
COMMON = ("type", "effective", "announced", "status", "ref", "tags", "summary")
SOURCES = tuple(f"source.{name}" for name in SourceSchema().fields)


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column's cells go: the `field`, the `part` of it (a language, or a field of the source), and how they are read."""

    field: str
    part: str | None = None
    is_name: bool = False
    many: bool = False
    nullable: bool = False
    kinds: tuple[Kind, ...] = ()
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """What the types make of a field: whether it may be a list, have a name or text per language, be null, of `kinds`, or dates."""

    many: bool
    is_name: bool
    by_language: bool
    nullable: bool
    kinds: tuple[Kind, ...]
    is_date: bool

    def column(self, field: str, language: str | None) -> Column:
        """The column of that field, or of its words in one language."""
        return Column(field, language, self.is_name, self.many, self.nullable, self.kinds, self.is_date)


_SUMMARY = _Form(many=False, is_name=False, by_language=True, nullable=False, kinds=(), is_date=False)


def rows(lines: Iterable[str]) -> Iterator[str]:
    """A line of JSON for each line of the file: blank for the header, for empty rows and where a row goes on over several.

    Raises `Invalid` for a header that cannot be understood and for broken quotes.
    """
    reader, header = _reader(lines)
    columns = [_column(title) for title in header]
    _check(header)
    done = 0
    for cells in itertools.chain([[]], _rows(reader)):
        event = _event(columns, cells)
        yield orjson.dumps(event).decode() if event else ""
        yield from [""] * (reader.line_num - done - 1)
        done = reader.line_num


def check(lines: Iterable[str]) -> None:
    """Read a whole file for its form alone; raises what `rows` would raise somewhere on the way."""
    reader, header = _reader(lines)
    for title in header:
        _column(title)
    _check(header)
    for _ in _rows(reader):
        pass


def column_names() -> tuple[str, ...]:
    """Every column that can be written without a language: the common fields, the source's, and those of all types."""
    return (*COMMON, *SOURCES, *_forms())


def _reader(lines: Iterable[str]) -> tuple[Reader, list[str]]:
    iterator = iter(lines)
    first = next(iterator, "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(itertools.chain([first], iterator), delimiter=delimiter, strict=True)
    header = next(_rows(reader), [])
    while header and not header[-1].strip():
        header.pop()
    if not header:
        raise Invalid.of(
            "header", None, "the first line is empty: it names the columns", "type,person,organization,role,effective,source.url"
        )
    return reader, header


def _rows(reader: Reader) -> Iterator[list[str]]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"line {reader.line_num} is not CSV: {error}"
            raise Invalid.of("file", None, message, 'cells with a comma, a quote or a line break within "…", and "" for a quote') from None


def _check(header: Sequence[str]) -> None:
    titles = [_plain(title) for title in header]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        raise Invalid.of("header", twice[0], f"the header names the column `{twice[0]}` twice", "each column once")
    if "type" not in titles:
        raise Invalid.of(
            "header", ", ".join(titles), "the header has no column `type`", "a column with the type of each event, such as departure"
        )


def _plain(title: str) -> str:
    return title.strip().lower()


def _column(title: str) -> Column:
    name = _plain(title)
    field, _, part = name.partition(".")
    if name in SOURCES:
        return Column("sources", part, is_date=isinstance(SourceSchema().fields[part], MomentText))
    if name in COMMON:
        return Column(name, many=name == "tags", is_date=name in DATES)
    form = _forms().get(field, _SUMMARY if field == "summary" else None)
    if form is None or (part and not form.by_language):
        raise _unknown(title)
    return form.column(field, check_language(part) if part else None)


def _unknown(title: str) -> AnnalsError:
    languages = [f"{field}.{language}" for field, form in _forms().items() if form.by_language for language in ("en", "ja")]
    known = [*column_names(), "summary.en", "summary.ja", *languages]
    near = difflib.get_close_matches(_plain(title), known, 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    return Invalid.of("header", title, f"unknown column `{title.strip()}`{hint}", "one of " + ", ".join(column_names()))


@cache
def _forms() -> Mapping[str, _Form]:
    found: dict[str, list[Field[Any]]] = {}
    for kind in event_types().values():
        for name, field in kind.fields.items():
            found.setdefault(name, []).append(field)
    return {name: _form(fields) for name, fields in sorted(found.items())}


def _form(fields: Sequence[Field[Any]]) -> _Form:
    many = any(isinstance(field, ListField) for field in fields)
    entities = [entity for entity in map(entity_field, fields) if entity is not None]
    is_name = bool(entities) and not many
    localized = any(isinstance(field, Localized) for field in fields)
    kinds = tuple(dict.fromkeys(kind for entity in entities if len(entity.kinds) > 1 for kind in entity.kinds))
    dates = all(isinstance(field, Day) for field in fields)
    return _Form(many, is_name, is_name or localized, any(field.allow_none for field in fields), kinds, dates)


def _event(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, Any]:
    found: dict[str, dict[str | None, str]] = {}
    event: dict[str, Any] = {}
    for index, text in enumerate(map(str.strip, cells)):
        if text and index < len(columns):
            column = columns[index]
            found.setdefault(column.field, {})[column.part] = _date(text) if column.is_date else text
        elif text:
            event[f"cell {index + 1}, which has no column"] = text
    reading = {column.field: column for column in columns}
    return {**{field: _value(reading[field], parts) for field, parts in found.items()}, **event}


def _date(text: str) -> str:
    """The date in the form that every reader of dates takes, if it is written as spreadsheet programs do; else the text as it is."""
    plain = unicodedata.normalize("NFKC", text)
    written = _WRITTEN.fullmatch(plain) or _WRITTEN_OUT.fullmatch(plain)
    if written is None:
        return text
    return "-".join(part.zfill(2) for part in written.groups() if part is not None)


def _value(column: Column, parts: Mapping[str | None, str]) -> Any:
    if column.field == "sources":
        return [parts]
    if column.many:
        return [_item(column, item) for item in map(str.strip, parts[None].split(BETWEEN)) if item]
    if list(parts) == [None]:
        return None if column.nullable and parts[None] == "null" else _item(column, parts[None])
    return _by_language(column, parts)


def _by_language(column: Column, parts: Mapping[str | None, str]) -> dict[str, Any]:
    texts = {part or ("und" if column.is_name else "en"): text for part, text in parts.items()}
    return {"name": texts} if column.is_name else texts


def _item(column: Column, text: str) -> Any:
    kind, colon, name = text.partition(":")
    return {"kind": kind.strip(), "name": name.strip()} if colon and kind.strip() in column.kinds else text
