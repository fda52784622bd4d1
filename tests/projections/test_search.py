"""Search: that every token is found again on both engines, and nothing that is not known yet."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, inspect, literal, select, text
from sqlalchemy.schema import CreateSchema

from events.clocks import CLOCKS
from events.moments import FOREVER
from events.text import tokens
from projections import tables
from projections.search import create_index, delete_texts, search, text_row, write_texts
from projections.texts import has_text, targets, text_id
from tests.projections.written import Log, at
from tests.projections.written import fixture_log as fixture_log

TEXTS = {
    "cpp": "C++ and C# meet GPT-4.1",
    "ja": "社長のミラ・ムラティ氏",
    "latin": "Łukasz's café, O'Brien \\ \"quoted\" % _ it's",
    "rare": "한국어 𠮷野家 Ελλάδα naïve e\u0301x ①",
    "long": "x" * 5000 + " " + "語" * 3000,
}
FOUND = [
    ("c++", False, ["cpp"]), ("c#", False, ["cpp"]), ("c", False, []), ("c", True, ["cpp", "latin"]), ("4.1", False, ["cpp"]),
    ("4", False, []), ("4", True, ["cpp"]), ("gpt 4.1", False, ["cpp"]), ("gpt café", False, []), ("社長", False, ["ja"]),
    ("社", False, []), ("社", True, ["ja"]), ("ﾑﾗﾃｨ", False, ["ja"]), ("ŁUKASZ", False, ["latin"]), ("cafe", False, []),
    ("it's o'brien", False, ["latin"]), ("한국", False, ["rare"]), ("𠮷", True, ["rare"]), ("ελλάδα", False, ["rare"]),
    ("é", True, ["rare"]), ("1", False, ["rare"]), ("x" * 5000, False, ["long"]), ("x" * 50, False, []), ("語", True, ["long"]),
]  # fmt: skip


def filled(connection: Connection) -> None:
    """Write each text as one of an event, known for ever on both clocks."""
    write_texts(connection, [text_row("event", clock, name, 0, (0, FOREVER), words) for name, words in TEXTS.items() for clock in CLOCKS])


def found(connection: Connection, q: str, *, prefix: bool = False, owner: str = "event") -> list[str]:
    """The texts in which all tokens of `q` are: looked for at once and one by one, which must agree."""
    wanted, reading = tokens(q), at()
    at_once = sorted(connection.scalars(targets(connection, owner, wanted, reading, prefix=prefix)))
    has = {name: has_text(connection, owner, literal(name), wanted, reading, prefix=prefix) for name in TEXTS}
    assert [name for name in sorted(TEXTS) if connection.scalar(select(has[name]))] == at_once
    return at_once


@pytest.mark.parametrize(("q", "prefix", "names"), FOUND)
def test_tokens_are_found_whole_or_by_their_beginning(log: Log, q: str, prefix: bool, names: list[str]) -> None:
    """An engine that splits tokens its own way loses C++, 4.1 and every word of two Japanese characters."""
    filled(log.connection)
    assert found(log.connection, q, prefix=prefix) == names
    assert found(log.connection, q, prefix=prefix, owner="person") == []


@pytest.fixture(scope="module", name="memory")
def fixture_memory() -> Iterator[Connection]:
    """One store in memory, where many texts can be tried quickly."""
    with create_engine("sqlite://").begin() as connection:
        tables.METADATA.create_all(connection)
        create_index(connection)
        yield connection


@given(words=st.text(max_size=40))
@example("a\x00b")
@example('"a" NOT b* OR NEAR(c)')
@example("ß ﬁ ŉ İ")
@settings(max_examples=200)
def test_whatever_is_written_is_found_by_its_own_tokens(memory: Connection, words: str) -> None:
    """No text may be lost, break the query language, or be found by what it does not say."""
    write_texts(memory, [text_row("event", "public", "it", 0, (0, FOREVER), words)])
    for token in tokens(words):
        for wanted in ([token], tokens(words)[:12]):
            assert memory.scalars(targets(memory, "event", wanted, at())).all() == ["it"]
        assert memory.scalars(targets(memory, "event", [token + "x"], at())).all() == (["it"] if token + "x" in tokens(words) else [])
    delete_texts(memory, "event", ["it"])
    assert memory.execute(select(tables.texts)).all() == []


def test_the_index_keeps_step_with_the_table(log: Log) -> None:
    """A text that was taken away may not be found, nor hide one written anew under its key."""
    filled(log.connection)
    delete_texts(log.connection, "event", ["cpp", "ja"])
    delete_texts(log.connection, "person", ["latin"])
    write_texts(
        log.connection, [text_row("event", "public", name, 0, (0, FOREVER), words) for name, words in {"cpp": "Rust", "no": "!"}.items()]
    )
    assert found(log.connection, "c++") == found(log.connection, "社長") == []
    assert found(log.connection, "rust") == ["cpp"]
    assert found(log.connection, "café") == ["latin"]
    if log.connection.dialect.name == "sqlite":
        log.connection.execute(text("INSERT INTO texts_index(texts_index) VALUES ('integrity-check')"))


def test_clocks_and_spans_are_kept_apart(log: Log) -> None:
    """A text that counts on one clock, or no longer, is not found on the other, or still."""
    spans = {"now": (0, FOREVER), "past": (0, 10), "future": (FOREVER - 1, FOREVER)}
    write_texts(log.connection, [text_row("event", "public", name, 0, span, "word") for name, span in spans.items()])
    assert log.connection.scalars(targets(log.connection, "event", ["word"], at())).all() == ["now"]
    assert log.connection.scalars(targets(log.connection, "event", ["word"], at(clock="recorded"))).all() == []


def test_the_key_of_a_text_is_its_own() -> None:
    """A digest of the key, so that a rebuild gives every text its old id, and no two texts share one."""
    assert text_id("event", "public", "a", 0) == int(sha256(b"event\x1fpublic\x1fa\x1f0").hexdigest()[:16], 16) // 2
    assert len({text_id(*key) for key in (("event", "public", "a", 1), ("event", "recorded", "a", 1), ("person", "public", "a", 1))}) == 3


def test_a_store_in_a_schema_has_its_index_there(fresh_postgres: str) -> None:
    """Stores of two generations lie side by side, and each must search its own texts."""
    engine = create_engine(fresh_postgres)
    for schema, words in (("p1", "old"), ("p2", "new")):
        with stored_in(engine, schema).begin() as connection:
            connection.execute(CreateSchema(schema))
            tables.METADATA.create_all(connection)
            create_index(connection)
            write_texts(connection, [text_row("event", "public", words, 0, (0, FOREVER), f"{words} both")])
    with stored_in(engine, "p2").connect() as connection:
        assert connection.scalars(targets(connection, "event", ["both"], at())).all() == ["new"]
        assert "texts_index" in {index["name"] for index in inspect(connection).get_indexes("texts", schema="p2")}
        connection.exec_driver_sql("SET enable_seqscan = off; SET search_path = p2; DROP INDEX texts_target")
        query = targets(connection, "event", ["both"], at()).compile(engine, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {query}").scalars().all()
        assert any("texts_index" in line for line in plan), plan
    engine.dispose()


def stored_in(engine: Engine, schema: str) -> Engine:
    """The engine with the tables of a store in a schema."""
    return engine.execution_options(schema_translate_map={None: schema})


def test_one_search_finds_entities_and_events(log: Log) -> None:
    """A reader types a name or a word once and sees whom and what there is."""
    log.register("person", "mira", names={"en": "Mira Murati", "ja": "ミラ・ムラティ"})
    log.register("organization", "openai", names={"en": "OpenAI"})
    log.register("product", "miranda", names={"en": "Miranda"})
    left = log.post("departure", "2024-09-25", "2024-09-25", person="mira", organization="openai", summary={"en": "Leaves to explore"})
    came = log.post("appointment", "2018-06", "2018-06-01", person="mira", organization="openai", role="VP")
    answer = search(log.connection, "mir", at())
    assert {name: [item["id"] for item in items] for name, items in answer.items()} == {
        "people": ["mira"], "organizations": [], "products": ["miranda"], "events": [],
    }  # fmt: skip
    assert [item["id"] for item in search(log.connection, "ムラティ", at())["events"]] == [str(left), str(came)]
    assert [item["id"] for item in search(log.connection, "openai explore", at())["events"]] == [str(left)]
    assert [item["id"] for item in search(log.connection, "openai", at(), 1)["events"]] == [str(left)]
    assert search(log.connection, " ", at()) == search(log.connection, "!!!", at()) == {name: [] for name in answer}


def test_search_finds_nothing_under_embargo(log: Log) -> None:
    """Neither the event nor those who came with it may be guessed by searching."""
    event = log.post("departure", "2024-09-25", "2024-09-25T10:00:00Z", person="mira", organization="openai", summary={"en": "Explore"})
    log.register("person", "mira", event=event)
    log.register("organization", "openai", event=event)
    for clock in CLOCKS:
        for q in ("mira", "openai", "explore"):
            assert not any(search(log.connection, q, at("2024-09-25T09:59:59Z", clock)).values())
            assert any(search(log.connection, q, at("2024-09-25T10:00:00Z", clock)).values())
