"""Imports: every line answered, every acknowledged line recorded once, and one that broke off goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from events.errors import Conflict, Invalid, Unavailable
from service.ledger import importing
from service.ledger.application import Ledger, Raced
from service.ledger.importing import import_lines
from service.settings import MOST_LINE_BYTES
from tests.service.ledger.support import LEAVES, Desk, Json, outcomes


def line(**changed: Any) -> str:
    """A line with Mira Murati's departure, some fields changed."""
    return json.dumps({**LEAVES, **changed})


def days(count: int) -> list[str]:
    """Lines with as many different events."""
    return [line(effective=f"2024-{9 + number // 28:02}-{1 + number % 28:02}") for number in range(count)]


def errors(desk: Desk, *lines: str | bytes, **how: Any) -> list[tuple[int, str]]:
    """The number and the first problem of every line that failed."""
    found = [outcome for batch in desk.imported(*lines, **how) for outcome in batch.outcomes if outcome["outcome"] == "error"]
    return [(outcome["line"], "{field}: {message}".format(**outcome["problem"]["errors"][0])) for outcome in found]


def test_every_line_has_an_outcome_and_blank_ones_only_a_number(desk: Desk) -> None:
    """Whoever imports a thousand lines must find the one that failed."""
    batches = desk.imported(line(), "", "   ", line(), line(person="Bob"), "nonsense", line(type="nothing"), batch_size=3)
    found = [outcome for batch in batches for outcome in batch.outcomes]
    assert [(outcome["line"], outcome["outcome"]) for outcome in found] == [
        (1, "recorded"), (4, "unchanged"), (5, "recorded"), (6, "error"), (7, "error"),
    ]  # fmt: skip
    assert [new["id"] for new in found[0]["registered"]] == ["mira-murati", "openai"]
    assert found[4]["problem"]["errors"][0]["value"] == "nothing" and found[4]["id"] is None
    assert batches[-1].position == desk.ledger.last_position()


def test_an_outage_is_no_lines_fault(desk: Desk) -> None:
    """Kept as its outcome, it would be answered for ever by a repeated import, and the event would never be recorded."""
    for broken in ("entries_of", "append"):
        away = Unavailable.of("", None, "the log cannot be reached now")
        with patch.object(desk.ledger, broken, side_effect=away), pytest.raises(Unavailable):
            desk.imported(line(person="Bob"), key="k")
    assert desk.topics() == []
    assert outcomes(desk.imported(line(person="Bob"), key="k")) == ["recorded"]


def test_a_bad_line_takes_back_all_of_itself_and_nothing_else(desk: Desk) -> None:
    """Half a line would leave a person whom no event mentions."""
    retracted = line(effective="2025")
    desk.imported(retracted, json.dumps({"retract": str(desk.post(effective="2025").event_id), "reason": "false"}))
    before = desk.topics()
    lines = [line(person="New One", ref="r"), line(person="New Two", ref="r"), retracted, line(person="New Two")]
    assert outcomes(desk.imported(*lines)) == ["recorded", "error", "error", "recorded"]
    assert desk.topics()[len(before) :].count("entity.registered") == 2


def test_lines_may_say_something_later_by_id_or_ref(desk: Desk) -> None:
    """A client that keeps its own keys can send a whole history without reading an answer."""
    lines: list[Json] = [
        {**LEAVES, "ref": "r"},
        {"correct": "r", "changes": {"reason": "retired"}, "reason": "found out", "announced": "2024-10-01"},
        {"status": "r", "to": "confirmed"},
        {"source": "r", "add": {"title": "Another"}},
        {"source": "r", "remove": 1, "reason": "wrong"},
        {"retract": "r", "reason": "false"},
        {"restore": "r", "reason": "true"},
        {**LEAVES, "distinct": True},
        {"entity": "person", "name": {"en": "Ann"}, "id": "ann", "aliases": ["A."], "identifiers": {"wikidata": "Q9"}},
        {"names": "person", "id": "ann", "name": {"ja": "アン"}},
        {"names": "person", "id": "ann", "identifiers": {"orcid": "1"}},
        {"merge": "person", "loser": "ann", "winner": "mira-murati"},
        {"unmerge": "person", "loser": "ann"},
    ]
    assert outcomes(desk.imported(*map(json.dumps, lines))) == [
        "recorded", "corrected", "status_changed", "source_added", "source_removed", "retracted", "restored", "corroborated",
        "registered", "named", "identified", "merged", "unmerged",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("[1]", ": the line is no JSON object"),
        (b"\xff", ": "),
        (line(distinct="yes"), "distinct: 'yes' is not true or false"),
        ('{"retract": "r"}', "id: 'r' is neither the id of an event nor a ref of yours"),
        ('{"source": "r", "reason": "x"}', "add: a source is either to `add` or, by its number, to `remove`"),
        ('{"status": "r"}', "to: `to` is required"),
        ('{"merge": "planet", "loser": "a", "winner": "b"}', "merge: 'planet' is not one of person, organization, product"),
        ('{"retract": "r", "why": "x"}', "why: unknown field `why`"),
        ("{" + " " * MOST_LINE_BYTES + "}", f": the line has {MOST_LINE_BYTES + 2} bytes"),
        (line(person={"_type_": "uuid_hex"}), "person._type_: unknown field '_type_' of an entity"),
        ("{}", "type: `type` is required"),
    ],
)
def test_a_bad_line_is_told_what_is_wrong_with_it(desk: Desk, bad: str | bytes, problem: str) -> None:
    """The message of a line has to do without the line beside it."""
    ((number, message),) = errors(desk, "", bad, key="k")
    assert number == 2 and message.startswith(problem)
    assert desk.imported("", bad, key="k")[0].repeated


class Broken(Exception):
    """The process was killed."""


def test_an_import_that_broke_off_goes_on_where_it_stopped(desk: Desk) -> None:
    """No acknowledged line is lost or doubled, and the repeat answers all lines as if nothing had happened."""
    lines = days(10)
    whole = [(number, content.encode()) for number, content in enumerate(lines, 1)]

    def breaking() -> Iterator[tuple[int, bytes]]:
        yield from whole[:7]
        raise Broken

    stream = import_lines(desk.ledger, breaking(), now=desk.now, caller=desk.caller, key="k", batch_size=3)
    acknowledged = [next(stream), next(stream)]
    with pytest.raises(Broken):
        next(stream)
    again = desk.imported(*lines, key="k", batch_size=3)
    assert [batch.repeated for batch in again] == [True, True, False, False]
    assert [(batch.outcomes, batch.position) for batch in again[:2]] == [(batch.outcomes, batch.position) for batch in acknowledged]
    assert outcomes(again) == ["recorded"] * 10 and desk.topics().count("event.recorded") == 10
    third = desk.imported(*lines, key="k", batch_size=5)
    assert [batch.outcomes for batch in third] == [batch.outcomes for batch in again] and all(batch.repeated for batch in third)


@pytest.mark.parametrize("changed", [[], days(2), [*days(2), line(person="Bob")], ["", *days(3)]])
def test_a_key_stands_for_one_file(desk: Desk, changed: list[str]) -> None:
    """A file that was changed since is another import, and must not be taken for one that is done."""
    desk.imported(*days(3), key="k")
    with pytest.raises(Invalid, match="the idempotency key 'k' was used before"):
        desk.imported(*changed, key="k")


def test_a_longer_file_goes_on_after_what_is_recorded(desk: Desk) -> None:
    """Line ends may differ between two copies of one file, and what is new in it is recorded."""
    desk.imported(*days(3), key="k")
    again = desk.imported(*(content + "\r\n" for content in days(5)), key="k")
    assert [batch.repeated for batch in again] == [True, False] and outcomes(again) == ["recorded"] * 5


def test_without_a_key_the_events_themselves_are_what_is_repeated(desk: Desk) -> None:
    """Even a careless repeat doubles nothing."""
    desk.imported(*days(3))
    assert outcomes(desk.imported(*days(3))) == ["unchanged"] * 3


def test_an_atomic_import_is_all_or_none(desk: Desk) -> None:
    """One problem lists every bad line, so that a file is put right in one go."""
    with pytest.raises(Invalid) as error:
        desk.imported(line(), "nonsense", line(person="Bob"), line(effective="2024-1X"), atomic=True, batch_size=1, key="k")
    assert [problem.field for problem in error.value.problems] == ["lines.2", "lines.4.effective"]
    assert not desk.log()
    (batch,) = desk.imported(*days(3), atomic=True, batch_size=1, key="k")
    assert outcomes([batch]) == ["recorded"] * 3
    assert desk.imported(*days(3), atomic=True, key="k")[0].repeated


def test_a_trial_tells_what_would_happen(desk: Desk) -> None:
    """The second line of one person's is unchanged in a trial as well, and nothing is kept, not even the key."""
    (batch,) = desk.imported(line(), line(), "x", dry_run=True, key="k", batch_size=1)
    assert outcomes([batch]) == ["recorded", "unchanged", "error"] and not desk.log()
    assert not desk.imported(line(), key="k")[0].repeated


def test_what_must_be_held_at_once_is_limited(desk: Desk) -> None:
    """An atomic import is held in memory, so that its size has to be bounded."""
    with patch.object(importing, "MOST_ATOMIC_LINES", 3):
        for how in ({"atomic": True}, {"dry_run": True}):
            with pytest.raises(Invalid, match="at most 3 lines"):
                desk.imported(*days(4), **how)
        assert outcomes(desk.imported(*days(3), atomic=True)) == ["recorded"] * 3


def test_a_batch_ends_where_it_is_large(desk: Desk) -> None:
    """Memory must not grow with the length of lines."""
    with patch.object(importing, "BATCH_BYTES", 2 * len(days(1)[0])):
        assert [len(batch.outcomes) for batch in desk.imported(*days(5))] == [2, 2, 1]


def test_strict_lines_register_nobody(desk: Desk) -> None:
    """A file from elsewhere is checked against the names that are known."""
    assert errors(desk, line(), strict=True) == [
        (1, "person: 'Mira Murati' is not known among the people, and unknown names are to be refused")
    ]
    desk.post()
    lines = [line(ref="r"), '{"correct": "r", "changes": {"successor": "Nobody"}, "reason": "x"}']
    assert outcomes(desk.imported(*lines, strict=True)) == ["unchanged", "error"]


def test_another_import_under_the_key_in_other_batches_is_refused(desk: Desk) -> None:
    """Two that run at once and cut the file differently cannot share their answers."""
    append, lines = Ledger.append, days(4)
    overtaken: list[bool] = []

    def overtaking(ledger: Ledger, entries: Any) -> int:
        if not overtaken:
            overtaken.append(True)
            desk.imported(*lines, key="k", batch_size=4)
            raise Raced
        return append(ledger, entries)

    with patch.object(Ledger, "append", overtaking), pytest.raises(Conflict, match="another import under the key 'k' is running"):
        desk.imported(*lines, key="k", batch_size=2)
    assert desk.topics().count("event.recorded") == 4
