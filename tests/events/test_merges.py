"""When merges stand, and that none may lead back to where it began at any moment of either clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.entities import EntityMerged, EntityNamed, EntityUnmerged, entity_aggregate
from events.entries import Logged
from events.merges import Span, closes_circle, public_spans, recorded_spans, turns
from events.moments import BEGINNING, FOREVER, Moment

Turn = tuple[str, str | None, str]
"""What is said (`>b` merged into b, `<b` that undone), `announced` and the day of its recording."""


def history(entity: str, *said: Turn) -> list[Logged]:
    """The entries about an entity."""
    found = []
    for number, (what, announced, recorded) in enumerate(said, 1):
        cls = EntityMerged if what[0] == ">" else EntityUnmerged
        head = (entity_aggregate("person", entity), number, datetime(2024, 1, 1, tzinfo=UTC), None)
        found.append(Logged(cls(*head, "person", entity, announced, what[1:], None), 0, day(recorded)))
    return found


def day(text: str) -> int:
    """The start of a day in microseconds."""
    return Moment.parse(text).at


def circular(loser: str, winner: str, histories: Mapping[str, tuple[Turn, ...]]) -> bool:
    """Whether the last turn of the loser closes a circle."""
    return closes_circle(loser, winner, lambda entity: history(entity, *histories.get(entity, ())))


def test_a_merge_counts_from_its_moment_and_a_clerical_one_always() -> None:
    """The projections write these spans as rows, and the ledger refuses merges by them: they must mean the same."""
    said = history("a", (">b", None, "2024-01-01"), ("<b", "2024-06-01", "2024-02-01"), (">c", None, "2024-03-01"))
    named = EntityNamed(entity_aggregate("person", "a"), 4, datetime(2024, 1, 1, tzinfo=UTC), None, "person", "a", None, {"en": "A"}, [])
    assert turns([*said, Logged(named, 0, 0)]) == said
    assert public_spans(said) == [(BEGINNING, day("2024-06-01")), (FOREVER, FOREVER), (day("2024-06-01"), FOREVER)]
    assert recorded_spans(said)[0] == (day("2024-01-01"), day("2024-06-01"))


UNTIL_JUNE: tuple[Turn, ...] = ((">b", "2024-01-01", "2024-01-01"), ("<b", "2024-06-01", "2024-06-01"))
CIRCLES: dict[str, tuple[str, str, dict[str, tuple[Turn, ...]]]] = {
    "into itself": ("a", "a", {"a": ((">a", None, "2024-01-01"),)}),
    "back at once": ("b", "a", {"a": ((">b", None, "2024-01-01"),), "b": ((">a", None, "2024-01-02"),)}),
    "by way of another": (
        "c", "a", {"a": ((">b", None, "2024-01-01"),), "b": ((">c", "2024-03-01", "2024-01-02"),), "c": ((">a", None, "2024-01-03"),)},
    ),
    "while the other still stood in public": (
        "b", "a", {"a": UNTIL_JUNE, "b": ((">a", "2024-03-01", "2024-07-01"),)},
    ),
    "while the other still stands on the recorded clock": (
        "b", "a", {"a": ((">b", "2024-01-01", "2024-01-01"), ("<b", None, "2024-06-01")), "b": ((">a", None, "2024-05-01"),)},
    ),
}  # fmt: skip
OPEN: dict[str, tuple[str, str, dict[str, tuple[Turn, ...]]]] = {
    "one after the other": ("b", "c", {"a": ((">b", None, "2024-01-01"),), "b": ((">c", None, "2024-01-02"),)}),
    "the wrong way round, put right": (
        "b", "a", {"a": ((">b", None, "2024-01-01"), ("<b", None, "2024-01-02")), "b": ((">a", None, "2024-01-03"),)},
    ),
    "after the other ended": (
        "b", "a", {"a": UNTIL_JUNE, "b": ((">a", "2024-06-01", "2024-07-01"),)},
    ),
    "a circle of others": (
        "c", "a", {"a": ((">b", None, "2024-01-01"),), "b": ((">a", None, "2024-01-01"),), "c": ((">a", None, "2024-01-02"),)},
    ),
    "never at the same time": (
        "c", "a",
        {
            "a": ((">b", "2024-01-01", "2024-01-01"), ("<b", "2024-03-01", "2024-03-01")),
            "b": ((">c", "2024-03-01", "2024-03-02"),),
            "c": ((">a", "2024-02-01", "2024-04-01"),),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_seen_at_whatever_moment_it_would_stand(name: str) -> None:
    """In a circle nobody is left to read the others under, on that day or in a look back at it."""
    assert circular(*CIRCLES[name])


@pytest.mark.parametrize("name", OPEN)
def test_merges_that_form_no_circle_are_let_through(name: str) -> None:
    """Somebody who merged the wrong way round must be able to put it right, and an old circle must hang nobody."""
    assert not circular(*OPEN[name])


MONTHS = ("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01")
SAID = st.tuples(st.sampled_from("abc"), st.sampled_from(["<a", ">a", ">b", ">c"]), st.sampled_from([None, *MONTHS]))


@given(st.lists(SAID, max_size=8))
def test_whatever_is_let_through_no_moment_shows_a_circle(said: list[tuple[str, str, str | None]]) -> None:
    """The rule must hold for every look back on either clock, not only for the merges that stand now."""
    kept: dict[str, tuple[Turn, ...]] = dict.fromkeys("abc", ())
    for number, (entity, what, announced) in enumerate(said):
        former = kept[entity]
        merged = bool(former) and former[-1][0][0] == ">"
        if (what[0] == ">") == merged:
            continue
        recorded = f"2024-{1 + number // 2:02}-{1 + 14 * (number % 2):02}"
        kept[entity] = (*former, (what if what[0] == ">" else "<" + former[-1][0][1:], announced, recorded))
        if what[0] == ">" and circular(entity, what[1:], kept):
            kept[entity] = former
    histories = {entity: history(entity, *turns) for entity, turns in kept.items()}
    for spans_of in (public_spans, recorded_spans):
        for moment in (BEGINNING, *map(day, MONTHS), day("2025-01-01")):
            assert not any(_returns(entity, standing(histories, spans_of, moment)) for entity in "abc")


def standing(histories: Mapping[str, list[Logged]], spans_of: Callable[[list[Logged]], list[Span]], moment: int) -> dict[str, str]:
    """Who is merged into whom at a moment."""
    return {
        entity: turn.entry.winner
        for entity, said in histories.items()
        for turn, (begin, end) in zip(said, spans_of(said), strict=True)
        if isinstance(turn.entry, EntityMerged) and begin <= moment < end
    }


def _returns(entity: str, merged: Mapping[str, str]) -> bool:
    """Whether merges lead from an entity back to it."""
    at = merged.get(entity)
    for _ in merged:
        if at == entity:
            return True
        at = merged.get(at or "")
    return False
