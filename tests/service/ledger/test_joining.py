"""Joining two events and parting them in the log: who may be joined into whom, and what may be said of a joined event."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest

from events.errors import AnnalsError, Conflict, Invalid, NotFound, Stale
from events.moments import Moment
from service.ledger.joining import join, part
from service.ledger.lifecycle import Target, add_source, change_status, correct, restore, retract
from service.ledger.recording import Recorded
from service.ledger.slots import current
from tests.service.ledger.support import LEAVES, Desk, messages, outcomes

SOURCES = [{"title": "A second report", "publisher": "Other"}]


def reports(desk: Desk, *days: str, **changed: Any) -> list[Recorded]:
    """Departures on different days."""
    return [desk.post(effective=day, sources=[{"title": day, "publisher": day}], **changed) for day in days]


def titles(desk: Desk, event: Recorded) -> list[str]:
    """The titles of an event's sources."""
    version = desk.run(lambda unit: current(unit, event.event_id))
    assert version is not None
    return [source["title"] for source in version.sources]


def refused(error: type[AnnalsError], act: Callable[[], object], *words: str) -> AnnalsError:
    """The error with which it is refused, with all the words in what it says."""
    with pytest.raises(error) as caught:
        act()
    told = " ".join(messages(caught.value)) + " ".join(problem.expected for problem in caught.value.problems)
    assert [word for word in words if word not in told] == [], told
    return caught.value


def test_joined_and_parted_again(desk: Desk) -> None:
    """Both sides are recorded at once, and saying it again says nothing new."""
    one, two = reports(desk, "2024-09-25", "2024-09")
    joined = desk.say(join, two, one.event_id, reason="one departure")
    assert (joined.outcome, joined.version.duplicate_of) == ("joined", one.event_id)
    assert titles(desk, one) == ["2024-09-25", "2024-09"]
    assert desk.say(join, two, str(one.event_id)).outcome == "unchanged"
    parted = desk.say(part, two, reason="two after all")
    assert (parted.outcome, parted.version.duplicate_of, titles(desk, one)) == ("parted", None, ["2024-09-25"])
    assert desk.say(part, two).outcome == "unchanged"
    assert [topic for topic in desk.topics() if "event." in topic][2:] == [
        "event.joined",
        "event.absorbed",
        "event.parted",
        "event.released",
    ]


def test_nothing_but_a_parting_can_be_said_of_a_joined_event(desk: Desk) -> None:
    """What is put right has to be put right where it counts, and the answer says where that is."""
    one, two = reports(desk, "2024-09-25", "2024-09")
    desk.say(join, two, one.event_id)
    sayings: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (correct, ({"role": "CEO"},), {"reason": "x"}),
        (retract, (), {"reason": "x"}),
        (restore, (), {}),
        (change_status, ("confirmed",), {}),
        (add_source, (SOURCES[0],), {}),
    ]
    for said, given, more in sayings:
        error = refused(Conflict, partial(desk.say, said, two, *given, **more), str(one.event_id), "parting")
        assert error.extra["winner"] == str(one.event_id)
    assert desk.say(correct, one, {"role": "CEO"}, reason="x").outcome == "corrected"


def test_who_cannot_be_joined(desk: Desk) -> None:
    """Each refusal names the event that stands in the way, and leaves the log as it was."""
    one, two, three = reports(desk, "2024-09-25", "2024-09", "2024-10-01")
    gone = desk.post(effective="2024-10-02")
    desk.say(retract, gone, reason="false")
    other = desk.post({**LEAVES, "type": "appointment"})
    hidden = desk.post(effective="2031-01-02", announced="2031-01-01")
    desk.say(join, two, one.event_id)
    before = desk.topics()
    refused(Conflict, lambda: desk.say(join, one, one.event_id), "that very event")
    refused(Conflict, lambda: desk.say(join, two, three.event_id), f"same event as {one.event_id}")
    refused(Conflict, lambda: desk.say(join, three, two.event_id), f"into: {two.event_id} is the same event as {one.event_id}")
    refused(Conflict, lambda: desk.say(join, one, two.event_id), f"the event {one.event_id}")
    refused(Conflict, lambda: desk.say(join, three, gone.event_id), "is retracted: false")
    refused(Conflict, lambda: desk.say(join, gone, three.event_id), "id: ", "is retracted")
    refused(Conflict, lambda: desk.say(join, three, hidden.event_id), "embargo until 2031-01-01")
    refused(Invalid, lambda: desk.say(join, three, other.event_id), "of the type appointment", "departure")
    refused(Invalid, lambda: desk.say(join, three, one.event_id, announced=Moment.parse("2024-09-24")), "is before '2024-09-25'")
    refused(NotFound, lambda: desk.say(join, three, "nonesuch"), "nonesuch")
    refused(Stale, lambda: desk.say(join, three, one.event_id, if_match=2), "version 1")
    assert desk.topics() == before


def test_an_event_under_embargo_is_joined_into_a_known_one(desk: Desk) -> None:
    """The other way round is refused, so there has to be this one; it counts when the embargo ends."""
    one, hidden = desk.post(), desk.post(effective="2024-10", announced="2031-01-01")
    assert desk.say(join, hidden, one.event_id).outcome == "joined"


def test_a_chain_is_parted_from_its_end(desk: Desk) -> None:
    """An event whose winner is itself a further report tells through both, so nothing can be said between them."""
    one, two, three = reports(desk, "2024-09-25", "2024-09", "2024-10-01")
    desk.say(join, two, one.event_id)
    desk.say(join, one, three.event_id)
    assert titles(desk, three) == ["2024-10-01", "2024-09-25", "2024-09"]
    refused(Conflict, lambda: desk.say(part, two), str(three.event_id))
    desk.say(part, one)
    desk.say(part, two)
    assert [titles(desk, event) for event in (one, two, three)] == [["2024-09-25"], ["2024-09"], ["2024-10-01"]]


def test_a_further_report_of_a_joined_event_is_one_of_its_winner(desk: Desk) -> None:
    """Otherwise the next article with that date would bring back the event that was found to be none."""
    one, two = reports(desk, "2024-09-25", "2024-09", ref=None)
    desk.say(join, two, one.event_id)
    again = desk.post(effective="2024-09", sources=SOURCES, ref="r2")
    assert (again.event_id, again.outcome) == (one.event_id, "corroborated")
    assert titles(desk, one)[-1] == "A second report"
    assert desk.post(effective="2024-09", sources=SOURCES, ref="r2").outcome == "unchanged"
    desk.say(retract, one, reason="false")
    refused(Conflict, lambda: desk.post(effective="2024-09"), str(one.event_id), "false")
    assert desk.post(effective="2024-09", distinct=True).outcome == "recorded"


def test_a_ref_stands_for_the_event_that_it_was_joined_into(desk: Desk) -> None:
    """A poster who sends their notes again must not be told that a ref is taken by the very event."""
    one = desk.post(ref="a")
    desk.post(effective="2024-09", ref="b")
    desk.imported(orjson.dumps({"join": "b", "into": "a"}))
    assert desk.post(effective="2024-09", ref="b", sources=SOURCES).event_id == one.event_id


def test_lines_of_an_import(desk: Desk) -> None:
    """What the API can say, an import can, by id or by the poster's own keys."""
    one, two = desk.post(ref="a"), desk.post(effective="2024-09", ref="b")
    lines = ({"join": "b", "into": str(one.event_id), "reason": "one"}, {"join": "b", "into": "a"}, {"retract": "b", "reason": "x"},
             {"part": str(two.event_id), "reason": "two"}, {"part": "b"}, {"join": "b"})  # fmt: skip
    assert outcomes(desk.imported(*map(orjson.dumps, lines))) == ["joined", "unchanged", "error", "parted", "unchanged", "error"]


def test_a_target_is_the_same_by_id_and_ref(desk: Desk) -> None:
    """An id and a ref of one event must not be joined into one another either."""
    one = desk.post(ref="a")
    refused(Conflict, lambda: desk.run(lambda unit: join(unit, Target("a", "ann"), str(one.event_id))), "that very event")
