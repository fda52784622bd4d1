"""Spreadsheets: what a header may name, what a cell means and which line a row is reported under."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Invalid
from events.posting import load_post, stored_fields
from events.types import EventType, event_types
from service.formats.spreadsheet import check, rows

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


def read(text: str) -> list[Any]:
    """The events of a file given as one text, with None for each blank line."""
    return [orjson.loads(line) if line else None for line in rows(io.StringIO(text, newline=""))]


def event(header: str, row: str) -> Any:
    """The event that one row makes."""
    return read(f"type,{header}\nother,{row}\n")[1]


@pytest.mark.parametrize(
    ("header", "row", "field", "value"),
    [
        ("person", "Mira Murati", "person", "Mira Murati"),
        ("person", "  ", "person", ...),
        ("person.en,person.ja", "Mira Murati,ムラティ", "person", {"name": {"en": "Mira Murati", "ja": "ムラティ"}}),
        ("person.en,person.ja", ",ムラティ", "person", {"name": {"ja": "ムラティ"}}),
        ("person,person.ja", "Mira Murati,ムラティ", "person", {"name": {"und": "Mira Murati", "ja": "ムラティ"}}),
        ("person,person.ja", "mira-murati,", "person", "mira-murati"),
        ("manager", "null", "manager", None),
        ("person", "null", "person", "null"),
        ("organizations", "OpenAI; Microsoft ;", "organizations", ["OpenAI", "Microsoft"]),
        ("tags", "exits", "tags", ["exits"]),
        ("new_name.en,new_name.ja", "Meta,メタ", "new_name", {"en": "Meta", "ja": "メタ"}),
        ("summary,summary.ja", "Left,退社", "summary", {"en": "Left", "ja": "退社"}),
        ("source.url,source.title", "https://example.com/1,", "sources", [{"url": "https://example.com/1"}]),
        (" Source.URL ", "https://example.com/1", "sources", [{"url": "https://example.com/1"}]),
        ("headline", '"a, ""b"""', "headline", 'a, "b"'),
        ("summary.zh-hant", "離職", "summary", {"zh-Hant": "離職"}),
    ],
)
def test_a_cell_becomes_the_field_that_its_column_names(header: str, row: str, field: str, value: object) -> None:
    """A spreadsheet is how most analysts keep their notes, so every field has to be within its reach."""
    assert event(header, row).get(field, ...) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2024/9/25", "2024-09-25"),
        ("2024/09", "2024-09"),
        ("2024年9月25日", "2024-09-25"),
        ("２０２４年 ９月 ２５日", "2024-09-25"),
        ("2024年9月", "2024-09"),
        ("2024年", "2024"),
        ("2024-09-25", "2024-09-25"),
        ("2024/2025", "2024/2025"),
        ("2024-06/2024-12", "2024-06/2024-12"),
        ("2024/21", "2024/21"),
        ("2024/9/32", "2024/9/32"),
        ("2024/", "2024/"),
        ("2024年9/25", "2024年9/25"),
        ("9/25/2024", "9/25/2024"),
    ],
)
def test_a_date_may_be_as_spreadsheets_write_it(cell: str, value: str) -> None:
    """A program turns each date that is typed into its own form: nobody should have to undo that for every row."""
    for column in ("effective", "announced", "since", "expected_return"):
        assert event(column, cell)[column] == value
    assert event("source.published_at", cell)["sources"] == [{"published_at": value}]
    assert event("gist", cell)["gist"] == cell


@pytest.mark.parametrize("cell", ["9/25/2024", "25.9.2024", "25-09-24"])
@pytest.mark.parametrize("column", ["effective", "announced"])
def test_a_date_that_may_be_two_is_refused_with_the_reason(column: str, cell: str) -> None:
    """Of 9/10/2024 nobody can tell whether it is in September or in October, and a guess would be wrong in half the world."""
    with pytest.raises(Invalid, match="the year comes first, since with the year last the day and the month cannot be told apart"):
        load_post(event(f"source.title,headline,{column}", f"A title,Words,{cell}"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_that_of_the_header(delimiter: str) -> None:
    """Spreadsheet programs write a semicolon or a tab where the comma is the decimal sign."""
    assert read(delimiter.join(["type", "gist"]) + "\n" + delimiter.join(["statement", "hello"])) == [
        None, {"type": "statement", "gist": "hello"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is empty"),
        (",,\n", "the first line is empty"),
        ("type,persn\n", "unknown column `persn`; did you mean `person`?"),
        ("type,source.ulr\n", "unknown column `source.ulr`; did you mean `source.url`?"),
        ("type,people.en\n", "unknown column `people.en`; did you mean `people`?"),
        ("type,status.en\n", "unknown column `status.en`"),
        ("type,person.english\n", "'english' is not a language tag"),
        ("person,effective\n", "no column `type`"),
        ("type,role,Role\n", "names the column `role` twice"),
        ('type\n"other\n', "line 2 is not CSV"),
        ('type\n"a"b\n', "line 2 is not CSV"),
        ("type\n" + "x" * 200_000, "line 2 is not CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_before_its_first_row(text: str, message: str) -> None:
    """A misspelt column would otherwise drop a fact from every row without a word."""
    with pytest.raises(Invalid, match=message.replace("?", r"\?")):
        check(io.StringIO(text, newline=""))
    with pytest.raises(Invalid):
        read(text)


def test_a_cell_without_a_column_is_not_lost() -> None:
    """One comma too many shifts all cells of a row: it must not be recorded as if nothing had happened."""
    with pytest.raises(Invalid, match="cell 3, which has no column"):
        load_post(read("type,effective\ndeparture,2024-09-25,Mira\n")[1])


def test_rows_keep_the_line_numbers_of_the_file() -> None:
    """Whoever is told that line 7 failed looks at line 7 in an editor."""
    found = read('type,gist\r\n\r\nstatement,"two\r\nlines"\r\n,\r\nstatement,last\r\n')

    assert found == [None, None, {"type": "statement", "gist": "two\r\nlines"}, None, None, {"type": "statement", "gist": "last"}]


def cell(value: Any) -> str:
    """One value of an example as a person would write it."""
    return f"{value['kind']}: {value['name']['en']}" if isinstance(value, dict) else str(value)


def told(posted: Any) -> dict[str, Any]:
    """What a post says, with each entity as its kind and one of its names."""
    post = load_post(posted)
    return {"effective": post.effective, **stored_fields(post.type, post.fields, lambda ref: (ref.kinds[0], ref.label))}


@pytest.mark.parametrize("kind", event_types().values(), ids=lambda kind: str(kind.name))
def test_every_type_can_be_posted_from_a_spreadsheet(kind: EventType) -> None:
    """A new type of event must not need a line here."""
    example = {**kind.example, "type": kind.name, "sources": [{"title": "A title"}]}
    cells = {"type": kind.name, "source.title": "A title"}
    for field, value in kind.example.items():
        if isinstance(value, dict) and "kind" not in value:
            cells |= {f"{field}.{language}": part for language, part in value.items()}
        else:
            cells[field] = "; ".join(map(cell, value if isinstance(value, list) else [value]))

    read_back = read(",".join(cells) + "\n" + ",".join(f'"{cell}"' for cell in cells.values()))[1]

    assert told(read_back) == told(example)


@given(st.lists(TEXT, min_size=2, max_size=2))
def test_any_text_in_quotes_arrives_as_it_is(texts: list[str]) -> None:
    """Names hold commas, quotes and line breaks of every script."""
    quoted = ",".join('"' + text.replace('"', '""') + '"' for text in texts)

    found = read(f"type,headline,ref\nother,{quoted}\n")[1]

    assert [found.get("headline", ""), found.get("ref", "")] == [text.strip() for text in texts]
