"""Partial dates: which texts they take, which days they mean and how two of them relate."""

from __future__ import annotations

from datetime import date
from time import struct_time

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from events.dates import CLOSE_DAYS, OPEN_END, OPEN_START, InvalidDate, PartialDate, close, describe, gap

FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "0123456789-"}
FLAGS = st.sampled_from(["", "?", "~", "%"])
DAYS = st.dates().map(date.isoformat)
YEARS = st.integers(1, 9998).map("{:04}".format)
MONTHS = DAYS.map(lambda day: day[:7])
PARTS = st.builds("{}-{}".format, YEARS, st.sampled_from([*range(21, 25), *range(33, 37)]))


def either_way(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Intervals of two such texts in the order of time, closed or open on one side."""
    pairs = st.tuples(texts, texts).map(lambda pair: "/".join(sorted(pair, key=lambda text: PartialDate.parse(text).first)))
    return st.one_of(pairs, texts.map("{}/..".format), texts.map("../{}".format))


SINGLE = st.builds("{}{}".format, st.one_of(DAYS, MONTHS, YEARS, PARTS), FLAGS)
TEXTS = st.one_of(SINGLE, either_way(SINGLE))
DATES = TEXTS.map(PartialDate.parse)
# What the oracle knows: its winter ends with the year, and it takes a flag or an interval of days, months and years only.
FLAGGED = st.builds("{}{}".format, st.one_of(DAYS, MONTHS, YEARS), FLAGS)
PARTS_BUT_WINTER = PARTS.filter(lambda text: not text.endswith("-24"))
ORACLE_TEXTS = st.one_of(FLAGGED, PARTS_BUT_WINTER, either_way(FLAGGED))


MEANINGS = {
    "2024-09-25": "2024-09-25 2024-09-25",
    "2024-09": "2024-09-01 2024-09-30",
    "2024-02": "2024-02-01 2024-02-29",
    "2024": "2024-01-01 2024-12-31",
    "0001-01-01": "0001-01-01 0001-01-01",
    "9999-12": "9999-12-01 9999-12-31",
    "2024-21": "2024-03-01 2024-05-31",
    "2024-22": "2024-06-01 2024-08-31",
    "2024-23": "2024-09-01 2024-11-30",
    "2024-24": "2024-12-01 2025-02-28",
    "2023-24": "2023-12-01 2024-02-29",
    "2024-21/2024-33~": "2024-03-01 2024-03-31",
    "2024-33": "2024-01-01 2024-03-31",
    "2024-36": "2024-10-01 2024-12-31",
    "2024-06/2024-12": "2024-06-01 2024-12-31",
    "2024-09-25/..": "2024-09-25 None",
    "2024-09/..": "2024-09-01 None",
    "../2024-09": "None 2024-09-30",
}


@pytest.mark.parametrize(("text", "bounds"), MEANINGS.items())
def test_a_text_means_its_days(text: str, bounds: str) -> None:
    """Every rule of replay compares these bounds, so each form must mean exactly its days."""
    parsed = PartialDate.parse(text)
    assert f"{parsed.earliest} {parsed.latest}" == bounds


@pytest.mark.parametrize("text", [" 2024-09 ", "2024-09".translate(FULL_WIDTH), "\u30002024-09\n"])
def test_what_a_keyboard_makes_of_a_date_is_understood(text: str) -> None:
    """Japanese input writes full-width digits and blanks, which must not make another date."""
    assert PartialDate.parse(text) == PartialDate.parse("2024-09")


@pytest.mark.parametrize(("flag", "doubts"), [("", (False, False)), ("?", (True, False)), ("~", (False, True)), ("%", (True, True))])
@pytest.mark.parametrize("form", ["2024-09-25{}", "2024-24{}", "2024{}/2025", "2024/2025{}", "2024{}/..", "../2024{}"])
def test_a_flag_is_kept_and_moves_no_bound(form: str, flag: str, doubts: tuple[bool, bool]) -> None:
    """A doubt about a date is shown to the reader but must not change who holds a role."""
    plain, flagged = PartialDate.parse(form.format("")), PartialDate.parse(form.format(flag))
    assert (flagged.uncertain, flagged.approximate) == doubts
    assert (flagged.first, flagged.last) == (plain.first, plain.last)


BAD = [
    *["", "..", "2024-1X", "24-9-1", "20240925", "2024-W39", "2024-9", "2024-09-", "2024-09-25T19:30:00Z", "12024"],
    *["-2024", "2024-09??", "2024 - 09", "٢٠٢٤", "2024/2025/2026", "2024/..?", "today", "202X", "2024-09-25\x00"],
    *["0000", "0000-01-01", "2024-00", "2024-13", "2024-20", "2024-25", "2024-32", "2024-37"],
    *["2024-02-30", "2023-02-29", "2024-21-01", "2024-09-00", "9999-24"],
    *["/", "../..", "../", "/..", "2024-09-25/", "/2024", "2024-12/2024-06", "2024-09-25/2024-09-24", "2024/2023~"],
]


@pytest.mark.parametrize("value", [*BAD, None, 2024, 2024.5, b"2024", ["2024"], date(2024, 9, 25)])
def test_what_is_no_date_is_refused_and_quoted(value: object) -> None:
    """Whoever mistypes a date must see what was sent and what would be right, never a traceback."""
    with pytest.raises(InvalidDate) as caught:
        PartialDate.parse(value)
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("", value)
    assert repr(value) in problem.message
    for example in ("2024-09-25", "2024-09"):
        assert f"'{example}'" in problem.message and f"'{example}'" in problem.expected
        PartialDate.parse(example)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2024-09-25/", "'2024-09-25/..'"),
        ("/2024", "'../2024'"),
        ("../..", "at least one side"),
        ("2024-12/2024-06", "ends before it starts"),
        ("2024-13", "season (21 to 24)"),
    ],
)
def test_a_likely_mistake_is_told_its_remedy(text: str, hint: str) -> None:
    """An end that was left out is not guessed, so the message has to say how to write it."""
    with pytest.raises(InvalidDate, match="partial date") as caught:
        PartialDate.parse(text)
    assert hint in str(caught.value)


@pytest.mark.parametrize("text", ["x" * 100_000, "x" * 100_000 + "/"])
def test_a_flood_of_text_is_quoted_in_short(text: str) -> None:
    """An error that repeats a megabyte back is a burden of its own."""
    with pytest.raises(InvalidDate) as caught:
        PartialDate.parse(text)
    assert len(str(caught.value)) < 500


@given(TEXTS)
def test_parsing_keeps_the_text_and_orders_the_bounds(text: str) -> None:
    """The text is what is stored, so it must survive and its ordinals must agree with its days."""
    parsed = PartialDate.parse(text)
    assert parsed.text == text and PartialDate.parse(parsed.text) == parsed
    assert parsed.first == (parsed.earliest.toordinal() if parsed.earliest else OPEN_START)
    assert parsed.last == (parsed.latest.toordinal() if parsed.latest else OPEN_END)
    assert OPEN_START <= parsed.first <= parsed.last <= OPEN_END
    assert parsed.width == parsed.last - parsed.first and parsed.is_day == (parsed.width == 0)


@given(st.text(alphabet="0129-/.?~%X ", max_size=12))
def test_no_text_is_answered_with_anything_but_a_date_or_its_error(text: str) -> None:
    """Texts from the outside reach the parser unchecked, so nothing may crash it."""
    try:
        parsed = PartialDate.parse(text)
    except InvalidDate:
        return
    assert parsed.text == text.strip()


@settings(max_examples=60, deadline=None)
@given(ORACLE_TEXTS)
def test_the_bounds_agree_with_the_edtf_package(text: str) -> None:
    """Another implementation of the standard must read the same days."""
    parsed, oracle = PartialDate.parse(text), parse_edtf(text)
    bounds = [bound(oracle.lower_strict()), bound(oracle.upper_strict())]
    assert [parsed.earliest, parsed.latest] == bounds


def bound(strict: struct_time | float) -> date | None:
    """A bound of the oracle as a day; it gives infinity for an open side."""
    return date(*strict[:3]) if isinstance(strict, struct_time) else None


@given(DATES, DATES)
def test_a_gap_is_the_days_between_and_none_where_a_day_is_shared(a: PartialDate, b: PartialDate) -> None:
    """Reports are matched by this distance, from whichever side one looks."""
    assert gap(a, b) == gap(b, a) >= 0
    assert a.overlaps(b) == b.overlaps(a) == (gap(a, b) == 0) == (max(a.first, b.first) <= min(a.last, b.last))
    assert close(a, b) == (gap(a, b) <= CLOSE_DAYS)
    assert gap(a, a) == 0


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2024-09-25", "2024-09-25", 0),
        ("2024-09-24", "2024-09-25", 1),
        ("2024-09", "2024-10", 1),
        ("2024-09", "2024-09-30", 0),
        ("2024-01-01", "2024-04-02", 92),
        ("2024-01-01", "2024-04-03", 93),
        ("2024-09/..", "../2024-08", 1),
        ("2024-09/..", "2030", 0),
    ],
)
def test_close_reaches_ninety_two_days(a: str, b: str, days: int) -> None:
    """The limit between one event told twice and two events must not slip by a day."""
    one, other = PartialDate.parse(a), PartialDate.parse(b)
    assert gap(one, other) == days
    assert close(one, other) == (days <= 92)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024-09-25", "25 September 2024"),
        ("2024-09-25/2024-09-25", "25 September 2024"),
        ("2024-09", "some day from 1 to 30 September 2024"),
        ("2024-21", "some day from 1 March to 31 May 2024"),
        ("2024-24", "some day from 1 December 2024 to 28 February 2025"),
        ("2024-09/2025-09", "some day from 1 September 2024 to 30 September 2025"),
        ("2024-09-25/..", "on or after 25 September 2024"),
        ("../0987-09-25", "on or before 25 September 987"),
        ("2024-09-25~", "about 25 September 2024"),
        ("2024-09?", "some day from 1 to 30 September 2024, uncertain"),
        ("2024-09-25%/..", "on or after about 25 September 2024, uncertain"),
    ],
)
def test_a_date_is_said_in_words(text: str, words: str) -> None:
    """Readers should not need to know EDTF to see how much a source really said."""
    assert describe(PartialDate.parse(text)) == words


def test_a_date_open_on_both_sides_is_any_day() -> None:
    """No text writes one, but code that joins bounds may make one, and it must still read as words."""
    assert describe(PartialDate("", None, None)) == "any day"
