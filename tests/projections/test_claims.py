"""Competing claims of one date: which one wins, and which stay visible."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import PartialDate
from projections.claims import Claim, best, disputed, event_ids
from tests.projections.strategies import dates, report_lists, told


def claims(*tellings: str) -> list[Claim]:
    """The tellings as claims of one date, `e1`, `e2` and so on: a date, then what `told` understands."""
    return [
        Claim(PartialDate.parse(telling.split()[0]), told(*[f"back {telling}"] * number)[-1]) for number, telling in enumerate(tellings, 1)
    ]


@pytest.mark.parametrize(
    "weaker_first",
    [
        # Status comes first, whatever else speaks for the other.
        ["2020-01-01 status=reported publishers=9", "2020-01 status=confirmed"],
        ["2020-01-01 status=rumoured publishers=9", "2020-01 status=reported"],
        ["2020-01-01 status=denied publishers=9", "2020-01 status=rumoured"],
        # What had happened when it was announced beats what was only planned; the first possible day is enough.
        ["2020-01-02 announced=2020-01-01 publishers=9", "2020-01-05/2020-02 announced=2020-01-05"],
        ["2020-01-02 announced=2020-01-01T23:59:59Z", "2020-01 announced=2020-01-01"],
        # Then publishers, then the narrower date, then the later announcement, then the greater id.
        ["2020-01-01 announced=2020-03-01", "2020 publishers=2 announced=2020-02-01"],
        ["2020-01 announced=2020-03-01", "2020-01-05 announced=2020-02-01"],
        ["2019-12-31/.. announced=2020-03-01", "2020 announced=2020-02-01"],
        ["2020-01-02 announced=2020-02-01", "2020-01-01 announced=2020-02-02"],
        ["2020-01-02 announced=2020-02-01", "2020-01-01 announced=2020-02-01"],
    ],
)
def test_strength(weaker_first: list[str]) -> None:
    """Rule 5 names what decides, one after the other: a wrong order shows a date that its sources do not support."""
    weak, strong = claims(*weaker_first)
    assert best([weak, strong]) == best([strong, weak]) == strong


def test_nothing_claimed() -> None:
    """An unknown start is no date at all."""
    assert best([]) is None
    assert disputed([]) == []


def test_disputed() -> None:
    """The losers stay visible, strongest first, but saying the same days in other words is no dispute."""
    said = claims("2020-01-01", "2020-02-01 publishers=2", "2020-02-01~ status=rumoured", "2020-02-01/2020-02-01", "2020-03")
    assert [claim.report.event_id for claim in disputed(said)] == ["e1", "e5"]


def test_event_ids() -> None:
    """An event that makes two claims stands behind the answer once."""
    first, second = claims("2020-01-01", "2020-02-01")
    assert event_ids([second, first, second]) == ("e2", "e1")


@given(report_lists().flatmap(lambda reports: st.tuples(*(st.builds(Claim, dates(), st.just(report)) for report in reports))), st.data())
def test_any_order(said: Sequence[Claim], data: st.DataObject) -> None:
    """A winner that hung on the order of the claims would change with the order of recording."""
    shuffled = data.draw(st.permutations(said))
    assert best(shuffled) == best(said)
    assert disputed(shuffled) == disputed(said)
