"""Entities: by which names they are found, since when, and that nobody under embargo ever shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, select

from events.clocks import Clock
from events.errors import Ambiguous, Invalid, NotFound
from events.fields import Kind
from projections import tables
from projections.entities import Merged, card, find, names_for, resolve, write_entities
from projections.reading import Reading
from tests.projections.written import Log, at
from tests.projections.written import fixture_log as fixture_log

MIRA = {"en": "Mira Murati", "ja": "ミラ・ムラティ"}
SPELLINGS = ("Mira Murati", "ミラ・ムラティ", "ﾐﾗ ﾑﾗﾃｨ", "mira-murati", "MIRA MURATI", "MiraMurati", "Mira")


def found(log: Log, reading: Reading, q: str | None = None, kind: Kind = "person") -> list[str]:
    """The ids on the first page."""
    return [item["id"] for item in find(log.connection, kind, reading, q).items]


def shown(log: Log, entity: str, reading: Reading) -> str:
    """The name of a person."""
    return str(names_for(log.connection, [("person", entity)], reading)["person", entity]["name"])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_leads_to_one_person(log: Log, spelling: str) -> None:
    """Sources spell a name in two languages and in many ways, and readers type yet another."""
    log.register("person", "mira-murati", names=MIRA, aliases=["Mira"])
    log.register("person", "barret-zoph", names={"en": "Barret Zoph"})
    assert found(log, at(), spelling) == ["mira-murati"]
    assert resolve(log.connection, "person", spelling, at()) == "mira-murati"


@pytest.mark.parametrize("q", ["mir", "mur mi", "ムラ", "ラ", "ﾗﾃｨ", "C++", "4.1"])
def test_the_beginning_of_a_word_finds(log: Log, q: str) -> None:
    """A reader sees candidates while typing, in either language, and signs within a name are part of it."""
    log.register("person", "mira-murati", names={**MIRA, "und": "Mira of C++ and 4.1"})
    log.register("person", "mike", names={"en": "Mike of C"})
    assert found(log, at(), q) == ["mira-murati"]
    assert found(log, at(), "zoph") == found(log, at(), "mira zoph") == []
    with pytest.raises(NotFound, match="'mir'"):
        resolve(log.connection, "person", "mir", at())


def test_a_list_is_cut_into_pages_by_name(log: Log) -> None:
    """Every entity appears exactly once, whatever comes in between two pages."""
    for number in (3, 1, 4, 2, 0):
        log.register("organization", f"o-{number}", names={"en": f"Org {number % 4}"})
    pages, cursor = [], None
    while True:
        page = find(log.connection, "organization", at(), limit=2, cursor=cursor)
        pages.append([item["id"] for item in page.items])
        log.register("organization", f"aa-{len(pages)}")
        if (cursor := page.next) is None:
            break
    assert pages == [["o-0", "o-4"], ["o-1", "o-2"], ["o-3"]]
    assert found(log, at(clock="recorded"), kind="organization")[:2] == ["aa-1", "aa-2"]


def test_a_cursor_belongs_to_one_list(log: Log) -> None:
    """A cursor brings its filters back, so one of people may not list organizations under their address."""
    kinds: tuple[Kind, ...] = ("person", "organization")
    for kind in kinds:
        for number in range(3):
            log.register(kind, f"x-{number}")
    cursor = find(log.connection, "person", at(), "x", 1).next
    assert cursor is not None
    assert [item["id"] for item in find(log.connection, "person", at(), None, 2, cursor).items] == ["x-1", "x-2"]
    for kind, q in zip(kinds, ("y", None), strict=True):
        with pytest.raises(Invalid, match="cursor"):
            find(log.connection, kind, at(), q, 2, cursor)


def test_whoever_came_with_an_event_is_unknown_until_it_is(log: Log) -> None:
    """A name under embargo must not be given away by a list, a card, a hint or an error."""
    log.recorded = "2024-02-01"
    log.register("person", "mira-murati", names=MIRA)
    event = log.post("departure", "2024-09-25", "2024-09-01", person="secret", organization="openai")
    log.register("person", "secret", names={"en": "Mira Murati", "ja": "ミラ・ムラティ"}, event=event)
    for clock in ("public", "recorded"):
        before, after = at("2024-08-31", clock), at("2024-09-01", clock)
        assert found(log, before) == found(log, before, "Mira Murati") == ["mira-murati"]
        assert found(log, before, "secret") == []
        assert resolve(log.connection, "person", "Mira Murati", before) == "mira-murati"
        for lookup in (card, resolve):
            with pytest.raises(NotFound, match="'secret'"):
                lookup(log.connection, "person", "secret", before)
        assert found(log, after, "ミラ") == ["mira-murati", "secret"]
        assert card(log.connection, "person", "secret", after)["name"] == "Mira Murati"
        with pytest.raises(Ambiguous) as caught:
            resolve(log.connection, "person", "Mira Murati", after, "person.name")
        assert [item["id"] for item in caught.value.extra["candidates"]] == ["mira-murati", "secret"]
        assert caught.value.problems[0].field == "person.name"


@pytest.mark.parametrize(("clock", "since"), [("public", "1900-01-01"), ("recorded", "2024-02-01")])
def test_whoever_was_registered_alone_is_known_of_itself(log: Log, clock: Clock, since: str) -> None:
    """Master data without an event is no news in public, and counts from its recording on the other clock."""
    log.recorded = "2024-02-01"
    log.register("product", "sora")
    log.register("product", "orion", announced="2024-06-01")
    assert found(log, at(since, clock), kind="product") == ["sora"]
    assert found(log, at("2024-05-31", clock), kind="product") == ["sora"]
    assert found(log, at("2024-06-01", clock), kind="product") == ["orion", "sora"]
    if clock == "recorded":
        assert found(log, at("2024-01-31", clock), kind="product") == []


@pytest.mark.parametrize(
    ("clock", "known_at", "name"),
    [
        ("public", "1900-01-01", "Ann Lee"),
        ("public", "2024-04-30", "Ann Lee"),
        ("public", "2024-05-01", "Ann Berg"),
        ("public", "2024-07-01", "Ann Burg"),
        ("recorded", "2024-01-31", "a"),
        ("recorded", "2024-02-01", "An Lee"),
        ("recorded", "2024-02-03", "Ann Lee"),
        ("recorded", "2024-04-30", "Ann Lee"),
        ("recorded", "2024-05-01", "Ann Berk"),
        ("recorded", "2024-06-01", "Ann Berg"),
        ("recorded", "2024-07-01", "Ann Burg"),
    ],
)
def test_a_name_is_shown_as_it_was_known(log: Log, clock: Clock, known_at: str, name: str) -> None:
    """A rename is news from its day on, while a typing error is put right from where it was made."""
    log.recorded = "2024-02-01"
    log.register("person", "a", names={"en": "An Lee"})
    log.recorded = "2024-02-03"
    log.name("person", "a", {"en": "Ann Lee"})
    log.name("person", "a", {"en": "Ann Berk"}, announced="2024-05-01")
    log.recorded = "2024-06-01"
    log.name("person", "a", {"en": "Ann Berg"})
    log.name("person", "a", {"en": "Ann Burg"}, announced="2024-07-01")
    assert shown(log, "a", at(known_at, clock)) == name
    assert found(log, at(), "An Lee") == found(log, at(), "Ann Berg") == ["a"]
    assert found(log, at("2024-04-30"), "Burg") == found(log, at("2024-04-30"), "Berg") == []


def test_a_late_report_of_an_earlier_name_does_not_undo_a_newer_one(log: Log) -> None:
    """In public, names follow the moments at which they became known, whatever was typed in first."""
    log.register("organization", "x", names={"en": "Twitter"})
    log.name("organization", "x", {"en": "X"}, announced="2023-07-24")
    log.name("organization", "x", {"en": "Twitter, Inc."}, announced="2023-01-01")
    names = [
        names_for(log.connection, [("organization", "x")], at(known_at))["organization", "x"]["name"]
        for known_at in ("2022-01-01", "2023-01-01", "2023-07-24")
    ]
    assert names == ["Twitter", "Twitter, Inc.", "X"]


def test_the_earliest_report_tells_the_name(log: Log) -> None:
    """Names of reports follow their own days in public, and on the other clock what was recorded by then."""
    log.recorded = "2024-06-01"
    log.register("person", "a", names={"en": "ANN LEE", "ja": "アン"}, announced="2024-03-01", event=UUID(int=1))
    log.recorded = "2024-06-02"
    log.call("person", "a", {"und": "Ann Lee", "en": "Ann Lee", "ja": "アン・リー"}, "2024-01-01", ("A. L.",))
    assert [shown(log, "a", at(day)) for day in ("2023-12-31", "2024-01-01", "2024-03-01")] == ["a", "Ann Lee", "Ann Lee"]
    assert [shown(log, "a", at(day, "recorded")) for day in ("2024-05-31", "2024-06-01", "2024-06-02")] == ["a", "ANN LEE", "Ann Lee"]
    known = names_for(log.connection, [("person", "a")], at())["person", "a"]["names"]
    log.post("departure", "2024-01-01", "2024-01-01", person="a", organization="acme")
    assert (known, card(log.connection, "person", "a", at())["aliases"]) == ({"en": "Ann Lee", "ja": "アン・リー"}, ["アン", "A. L."])
    assert found(log, at("2024-02-01"), "Ann Lee") == ["a"]


def test_a_sorting_name_gives_nothing_away(log: Log) -> None:
    """A cursor can be read by anybody, so a name to be announced may not be in it."""
    log.register("person", "a", names={"en": "Ann Lee", "ja": "アン"})
    log.register("person", "b", announced="2024-06-01", names={"en": "Bob"})
    log.name("person", "a", {"en": "Secret"}, announced="2099-01-01")
    keys = log.connection.scalars(select(tables.entities.c.sort_key).order_by(tables.entities.c.id)).all()
    assert keys == ["annlee", "b"]


@pytest.mark.parametrize(("lang", "name"), [("en", "Mira Murati"), ("ja", "ミラ・ムラティ"), ("fr", "Mira Murati")])
def test_names_come_in_the_language_of_the_reader(log: Log, lang: str, name: str) -> None:
    """Both languages are kept, and whoever reads in a third gets English; an unknown id stands for itself."""
    log.register("person", "mira-murati", names=MIRA)
    about = names_for(log.connection, [("person", "mira-murati"), ("person", "who")], at(lang=lang))
    assert about["person", "mira-murati"] == {"id": "mira-murati", "name": name, "names": MIRA}
    assert about["person", "who"] == {"id": "who", "name": "who", "names": {}}


def test_a_card_has_all_that_is_known(log: Log) -> None:
    """Former names stay aliases, identifiers follow their spans, and a merged entity lends both."""
    log.register("person", "mira", names={"en": "Mira Murati"}, aliases=["MM"], identifiers={"wikidata": "Q1", "orcid": "1"})
    log.identify("person", "mira", {"wikidata": "Q2"}, announced="2024-06-01")
    log.name("person", "mira", {"en": "Mira M."}, announced="2024-06-01", aliases=("Mi",))
    log.register("person", "p-2", names={"ja": "ミラ"}, identifiers={"viaf": "9", "orcid": "2"})
    log.merge("person", "p-2", "mira")
    before, after = card(log.connection, "person", "mira", at("2024-05-31")), card(log.connection, "person", "mira", at())
    assert before["identifiers"] == {"viaf": "9", "orcid": "1", "wikidata": "Q1"}
    assert before["aliases"] == ["MM", "ミラ"]
    assert after == {
        "kind": "person", "id": "mira", "name": "Mira M.", "names": {"en": "Mira M."}, "aliases": ["Mira Murati", "MM", "Mi", "ミラ"],
        "identifiers": {"viaf": "9", "orcid": "1", "wikidata": "Q2"}, "merged": ["p-2"],
    }  # fmt: skip
    with pytest.raises(Merged) as caught:
        card(log.connection, "person", "p-2", at())
    assert caught.value.extra == {"winner": "mira"}


@pytest.mark.parametrize("text", ["", "nobody", "no\x00body", "%", "'", "!!!"])
def test_who_is_not_known_is_quoted(log: Log, text: str) -> None:
    """A reader must see which name was meant, and odd characters are no reason to fail."""
    log.register("person", "a")
    with pytest.raises(NotFound) as caught:
        resolve(log.connection, "person", text, at())
    assert caught.value.problems[0].value == text
    with pytest.raises(NotFound):
        card(log.connection, "person", text, at())
    assert found(log, at(), text) == ([] if text else ["a"])


def rows(log: Log, table: Table) -> list[Any]:
    """All rows of a table, in a fixed order."""
    return sorted(map(repr, log.connection.execute(select(table))))


def test_rows_written_again_are_the_same_rows(log: Log) -> None:
    """A rebuild is compared row for row, so nothing may depend on when or how often rows were written."""
    log.register("person", "a", names=MIRA, aliases=["x", "!!!"], identifiers={"wikidata": "Q1"})
    log.name("person", "a", {"en": "Other"}, announced="2024-05-01")
    log.register("organization", "a")
    log.merge("person", "a", "b")
    written = (tables.entities, tables.names, tables.identifiers, tables.merges, tables.texts)
    before = [rows(log, table) for table in written]
    write_entities(log.connection, [("person", "a"), ("organization", "a"), ("person", "a")])
    write_entities(log.connection, [])
    assert [rows(log, table) for table in written] == before
    assert all(before)
