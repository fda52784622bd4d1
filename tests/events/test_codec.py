"""What is stored must stay readable: topics and bytes are promises that outlive every class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from eventsourcing.persistence import TranscodingNotRegisteredError
from eventsourcing.utils import TopicError

from events.codec import decode, encode
from events.entries import TOPICS, Entry, topic
from events.submission import BatchImported, SubmissionAnswered

GOLDEN = Path(__file__).parents[1] / "golden"
ID = UUID("0a1b2c3d-0000-5000-8000-00000000000a")
WHEN = datetime(2024, 9, 26, 7, 30, 15, 123456, tzinfo=UTC)
OWN = sorted(name for name, cls in TOPICS.items() if cls.__module__.startswith("events."))


def leaves(cls: type[Entry] = Entry) -> Iterator[type[Entry]]:
    """The classes of the product that entries are made of, less those that only others build on."""
    below = [found for found in cls.__subclasses__() if found.__module__.startswith("events.")]
    for found in below:
        yield from leaves(found)
    if not below:
        yield cls


def golden(name: str) -> bytes:
    """The bytes under which an entry of that topic was stored in version 1."""
    return (GOLDEN / f"{name}.v1.json").read_bytes()


@pytest.mark.parametrize("cls", list(leaves()), ids=lambda cls: cls.__name__)
def test_every_entry_has_a_permanent_topic_and_a_stored_example(cls: type[Entry]) -> None:
    """Without a topic an entry is stored under its class path, and the first renaming of the class makes the log unreadable."""
    assert encode(decode(ID, 1, cls.TOPIC, golden(cls.TOPIC))).topic == cls.TOPIC
    assert ":" not in cls.TOPIC and TOPICS[cls.TOPIC] is cls


@pytest.mark.parametrize("name", OWN)
def test_stored_bytes_are_read_and_written_as_ever(name: str) -> None:
    """A field that is renamed, added or dropped without an upcast would be missed here before it is missed in somebody's log."""
    entry = decode(ID, 3, name, golden(name))
    assert set(vars(entry)) == {field.name for field in fields(entry)}
    assert (entry.originator_id, entry.originator_version, entry.timestamp) == (ID, 3, WHEN)
    assert encode(entry).state == golden(name)


def test_no_stored_example_is_of_an_unknown_topic() -> None:
    """A topic that was given up would leave logs behind that cannot be read."""
    assert {path.name for path in GOLDEN.glob("*.json")} == {f"{name}.v1.json" for name in OWN}
    with pytest.raises(TopicError):
        decode(ID, 1, "event.forgotten", b"{}")


@topic("tests.measured")
@dataclass(frozen=True)
class Measured(Entry):
    """An entry that once held inches (version 1), and holds millimetres since."""

    class_version: ClassVar[int] = 2
    millimetres: int

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Inches as millimetres."""
        state["millimetres"] = round(25.4 * state.pop("inches"))


def test_an_old_entry_is_upcast_as_it_is_read() -> None:
    """The log is never rewritten, so a class that changes has to say how its old entries are to be read."""
    head = b'{"timestamp":{"_type_":"datetime_iso","_data_":"2024-09-26T07:30:15.123456+00:00"},"actor":null,'
    old = decode(ID, 1, "tests.measured", head + b'"inches":10}')
    assert old == Measured(ID, 1, WHEN, None, 254)
    assert encode(old).state == head + b'"millimetres":254,"class_version":2}'
    assert decode(ID, 1, "tests.measured", encode(old).state) == old


@pytest.mark.parametrize("offset", [0, 9, -3.5])
def test_an_instant_survives_to_the_microsecond(offset: float) -> None:
    """The recorded clock compares microseconds, so none may be lost on the way to the log."""
    when = datetime(2024, 9, 26, 7, 30, 15, 1, tzinfo=timezone(timedelta(hours=offset)))
    stored = encode(SubmissionAnswered(ID, 1, when, None, "", 200, {}))
    assert decode(ID, 1, stored.topic, stored.state).timestamp == when


def test_a_bare_date_cannot_be_stored() -> None:
    """The library knows no way to store one, so days are kept as the texts that they were given as."""
    with pytest.raises(TranscodingNotRegisteredError):
        encode(SubmissionAnswered(ID, 1, WHEN, None, "", 200, {"day": date(2024, 9, 26)}))


@pytest.mark.parametrize("poison", [{"_type_": "nothing", "_data_": 1}, {"_type_": "uuid_hex", "_data_": "x"}])
def test_json_that_looks_like_the_librarys_own_is_refused(poison: dict[str, Any]) -> None:
    """Stored once, it could never be read back, and the projections would stop at it for good."""
    with pytest.raises(ValueError, match="_type_"):
        encode(BatchImported(ID, 1, WHEN, None, 1, 1, "", [{"value": poison}]))


def test_a_text_about_the_mark_is_only_text() -> None:
    """Somebody may well post a statement about JSON."""
    answer = {"gist": '{"_type_": "x", "_type_":"y"}', "tags": ["_type_"]}
    stored = encode(SubmissionAnswered(ID, 1, WHEN, None, "", 200, answer))
    read = decode(ID, 1, stored.topic, stored.state)
    assert isinstance(read, SubmissionAnswered) and read.answer == answer
