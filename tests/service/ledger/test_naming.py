"""Names that reports use: whatever was recorded first, a reader sees the same name at every moment, and none too early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from events.clocks import CLOCKS, Clock
from events.entities import display_name, entity_aggregate
from events.entries import Entry, Stamp
from events.moments import Moment
from events.naming import counted, named
from events.posting import load_post
from service.ledger.application import Ledger
from service.ledger.entities import add_names, given_ref
from service.ledger.recording import record
from service.ledger.slots import logged
from service.ledger.unit import Unit

Json = dict[str, Any]
DAYS = ("2024-01-01", "2024-02-01", "2024-03-01", "2031-01-01")
MIRA = {"en": "Mira Murati", "ja": "ミラ・ムラティ"}
CALLED: tuple[Any, ...] = (
    "Mira Murati", "MIRA MURATI", "mira murati", {"name": "Mira Murati"}, {"name": MIRA}, {"name": {"en": "MIRA murati"}},
    {"name": {"en": "Mira Murati", "ja": "ミラ ムラティ"}, "aliases": ["Mira"]}, {"name": {"en": "Mira Murati", "ja": "ムラティ"}},
)  # fmt: skip


@dataclass
class Desk:
    """A log in memory; each command is recorded a day after the one before it."""

    streams: dict[UUID, list[Entry]] = field(default_factory=dict)
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC)

    def entries_of(self, aggregate_id: UUID) -> list[Entry]:
        """What a unit asks of a ledger."""
        return list(self.streams.get(aggregate_id, ()))

    def unit(self) -> Unit:
        """A unit a day later."""
        self.now += timedelta(days=1)
        return Unit(cast("Ledger", self), Stamp(self.now, None))

    def keep(self, unit: Unit) -> None:
        """Record what the unit added."""
        for entry in unit._added:
            self.streams.setdefault(entry.originator_id, []).append(entry)

    def post(self, called: Any, announced: str) -> None:
        """Record a report about somebody."""
        post = {"type": "departure", "person": called, "organization": "openai", "effective": "2023", "announced": announced}
        unit = self.unit()
        record(unit, load_post({**post, "role": announced, "sources": [{"title": "News"}]}))
        self.keep(unit)

    def name(self, name: Any, announced: str | None = None) -> str:
        """Give her a name; what became of it."""
        unit = self.unit()
        kept = add_names(unit, "person", "mira-murati", given_ref("person", name), announced=Moment.parse(announced) if announced else None)
        self.keep(unit)
        return kept.outcome

    def names(self, known_at: int, clock: Clock = "public") -> dict[str, str]:
        """Her names at a moment."""
        history = logged(self.entries_of(entity_aggregate("person", "mira-murati")))
        turns = named(history) if history else {}
        others = [turn for language, mine in turns.items() if language != "und" for turn in mine]
        return {
            language: one.turn.value
            for language, mine in turns.items()
            for one in counted(mine, clock, others if language == "und" else ())
            if one.shown[0] <= known_at < one.shown[1]
        }

    def at(self, day: str) -> str:
        """The name that a reader sees at the start of a day, her id where there is none."""
        return display_name(self.names(Moment.parse(day).at), "en", "mira-murati")


def told(reports: Iterable[tuple[Any, str]]) -> Desk:
    """A log of reports in that order."""
    desk = Desk()
    for called, announced in reports:
        desk.post(called, announced)
    return desk


posts = st.tuples(st.sampled_from(CALLED), st.sampled_from(DAYS))


@given(st.lists(posts, min_size=1, max_size=5).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_names_do_not_hang_on_the_order_of_recording(orders: tuple[Sequence[tuple[Any, str]], Sequence[tuple[Any, str]]]) -> None:
    """An archive is read in from either end: what a reader sees of a day may depend on the news alone, not on the typist."""
    one, other = map(told, orders)
    for day in ("2023-12-31", *DAYS, "2035-01-01"):
        assert one.names(Moment.parse(day).at) == other.names(Moment.parse(day).at), day


@given(st.lists(posts, min_size=1, max_size=5), posts)
def test_on_the_recorded_clock_the_past_keeps_its_names(before: list[tuple[Any, str]], later: tuple[Any, str]) -> None:
    """An answer about what was known here on a day is cited, so no later report may put another name into it."""
    desk = told(before)
    moments = [Moment.parse(day).at for day in (*DAYS, "2025-01-02", "2025-01-03", "2025-01-04T12:00:00Z")]
    known = [at for at in moments if at < int(desk.now.timestamp() * 1_000_000)]
    then = [desk.names(at, "recorded") for at in known]
    desk.post(*later)
    assert [desk.names(at, "recorded") for at in known] == then


def test_a_report_that_was_recorded_late_tells_the_name_from_its_own_day() -> None:
    """Nobody was called by an id in the news of January because the news of March was typed in first."""
    desk = told([("Mira Murati", "2024-03-01"), ("MIRA MURATI", "2024-01-01")])
    assert [desk.at(day) for day in ("2023-12-31", "2024-01-01", "2024-03-01")] == ["mira-murati", "MIRA MURATI", "MIRA MURATI"]


def test_a_name_under_embargo_stays_there_until_somebody_says_it() -> None:
    """Who is only referred to by id is not named by that; a public report that types the name makes it public, and no other name."""
    desk = told([({"name": MIRA}, "2031-01-01"), ("mira-murati", "2024-01-01"), ({"id": "mira-murati"}, "2024-01-01")])
    assert desk.at("2030-12-31") == "mira-murati"
    desk.post("Mira Murati", "2024-02-01")
    assert desk.names(Moment.parse("2030-12-31").at) == {"und": "Mira Murati"}
    assert desk.names(Moment.parse("2031-01-01").at) == MIRA
    assert desk.at("2024-01-31") == "mira-murati"


def test_a_name_that_was_given_comes_before_those_of_reports() -> None:
    """Whoever keeps the entities has the last word; a report only speaks where nothing was given."""
    desk = told([("Mira Murati", "2024-02-01")])
    assert [desk.name("Mira M.", "2024-03-01"), desk.name("Mira M.", "2024-03-01")] == ["named", "unchanged"]
    desk.post("MIRA MURATI", "2024-01-01")
    assert [desk.at(day) for day in DAYS] == ["MIRA MURATI", "MIRA MURATI", "Mira M.", "Mira M."]
    assert desk.name("Mira Em") == "named"
    assert [desk.at(day) for day in DAYS[1:]] == ["MIRA MURATI", "Mira Em", "Mira Em"]


def test_a_name_can_be_given_from_an_earlier_day() -> None:
    """That it is the name already says nothing of since when, and the day may have been wrong."""
    desk = told([("Mira Murati", "2024-03-01")])
    assert (desk.name("Mira Murati"), desk.name("Mira Murati", "2024-04-01")) == ("unchanged", "unchanged")
    assert desk.name("Mira Murati", "2024-01-01") == "named"
    assert [desk.at(day) for day in ("2023-12-31", *DAYS)] == ["mira-murati", *["Mira Murati"] * 4]


def test_a_name_that_was_put_right_counts_from_the_first_report() -> None:
    """A typing error of the first report is nothing that its readers should have to see."""
    desk = told([("Mira Muratti", "2024-02-01")])
    history = logged(desk.entries_of(entity_aggregate("person", "mira-muratti")))
    assert [turn.public for turn in named(history)["und"]] == [Moment.parse("2024-02-01").at]
    unit = desk.unit()
    add_names(unit, "person", "mira-muratti", given_ref("person", "Mira Murati"))
    desk.keep(unit)
    (turn, right) = named(logged(desk.entries_of(entity_aggregate("person", "mira-muratti"))))["und"]
    assert (right.public, right.reported, turn.reported) == (turn.public, False, True)
    assert {clock: right.start(clock) >= turn.start(clock) for clock in CLOCKS} == {"public": True, "recorded": True}
