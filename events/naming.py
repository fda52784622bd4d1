"""Which name of an entity counts when, on either clock: names that were given to it, and names by which reports call it.

A name that was given counts from its moment until the next one. Where none was given in a language, the earliest report
that used one in it tells the name, whatever was recorded first: so what reports say makes the same names in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from events.clocks import Clock
from events.entities import EntityCalled, EntityIdentified, EntityNamed, EntityRegistered
from events.entries import Logged
from events.moments import BEGINNING, FOREVER, Moment
from events.names import match_key

Naming = EntityRegistered | EntityNamed | EntityCalled
NAMING = (EntityRegistered, EntityNamed, EntityCalled)
UNDETERMINED = "und"
Turns = Mapping[str, Sequence["Turn"]]
Heard = Mapping[str, Mapping[str | None, tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A value and the moments, in microseconds since 1970, from which it may count; `reported` if only a report uses it."""

    value: str
    public: int
    recorded: int
    reported: bool = False

    def start(self, clock: Clock) -> int:
        """The moment on the clock."""
        return self.public if clock == "public" else self.recorded


@dataclass(frozen=True, slots=True)
class Counted:
    """A turn with the half-open span of a clock in which it is the value, and that from then on in which it is a former or other one."""

    turn: Turn
    shown: tuple[int, int]
    other: tuple[int, int]


def base(history: Sequence[Logged]) -> int:
    """The moment of the registration, before which nothing clerical counts."""
    return moment(history[0].entry.announced, BEGINNING)


def moment(announced: str | None, otherwise: int) -> int:
    """The moment that `announced` writes, in microseconds since 1970, or another one without it."""
    return otherwise if announced is None else Moment.parse(announced).at


def named(history: Sequence[Logged]) -> dict[str, list[Turn]]:
    """The names in each language, in the order of the log."""
    said = [(logged, logged.entry.names) for logged in history if isinstance(logged.entry, Naming)]
    return _turns(said, base(history))


def identified(history: Sequence[Logged]) -> dict[str, list[Turn]]:
    """The identifiers of each scheme, in the order of the log; all of them were given."""
    giving = EntityRegistered | EntityIdentified
    said = [(logged, logged.entry.identifiers) for logged in history if isinstance(logged.entry, giving)]
    found = _turns(said, base(history))
    return {scheme: [Turn(turn.value, turn.public, turn.recorded) for turn in turns] for scheme, turns in found.items()}


def aliases(history: Sequence[Logged]) -> Iterator[Turn]:
    """The aliases, in the order of the log."""
    for logged in history:
        if isinstance(logged.entry, Naming):
            public = moment(logged.entry.announced, base(history))
            yield from (Turn(alias, public, max(logged.recorded_at, public)) for alias in logged.entry.aliases)


def heard(history: Sequence[Logged]) -> Heard:
    """Since when each name is public, by its matching key and its language (None for an alias).

    With it stands its spelling where only reports use it, since of two such at one moment the lesser counts.
    """
    found: dict[str, dict[str | None, tuple[int, str]]] = defaultdict(dict)
    said = [(language, turn) for language, turns in named(history).items() for turn in turns]
    for language, turn in (*said, *((None, turn) for turn in aliases(history))):
        since = found[match_key(turn.value)]
        first = turn.public, turn.value if turn.reported else ""
        since[language] = min(first, since.get(language, first))
    return found


def is_new(known: Heard, language: str | None, name: str, at: int) -> bool:
    """Whether a report at that moment adds a name: nothing calls the entity so by then, in that language if it is known."""
    since = known.get(match_key(name), {})
    if language is None or language == UNDETERMINED:
        own = since.get(language, (FOREVER, ""))
        return own > (at, name) and all(first > at for other, (first, _) in since.items() if other != language)
    return since.get(language, (FOREVER, "")) > (at, name)


def called_at(history: Sequence[Logged], language: str, at: int) -> str | None:
    """The name in a language at a moment of the public clock, by all that the log has now."""
    found = counted(named(history).get(language, ()), "public")
    return next((one.turn.value for one in found if one.shown[0] <= at < one.shown[1]), None)


def _turns(said: Iterable[tuple[Logged, Mapping[str, str]]], beginning: int) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = defaultdict(list)
    for logged, values in said:
        reported = getattr(logged.entry, "event", None) is not None
        for key, value in values.items():
            public = moment(logged.entry.announced, _put_right(found[key], beginning))
            found[key].append(Turn(value, public, max(logged.recorded_at, public), reported))
    return dict(sorted(found.items()))


def _put_right(before: Sequence[Turn], beginning: int) -> int:
    """The moment from which a clerical value counts: that of the one given before it, else of the earliest report."""
    given = [turn.public for turn in before if not turn.reported]
    return given[-1] if given else min((turn.public for turn in before), default=beginning)


def counted(turns: Sequence[Turn], clock: Clock, also: Sequence[Turn] = ()) -> list[Counted]:
    """The turns of one language or scheme with their spans of the clock, in the order of the log.

    `also` are turns of other languages: a reported name ceases to be one of its own where one of them is the same name.
    """
    return [_counted(turns, index, clock, also) for index in range(len(turns))]


def _counted(turns: Sequence[Turn], index: int, clock: Clock, also: Sequence[Turn]) -> Counted:
    turn, start = turns[index], turns[index].start(clock)
    if not turn.reported:
        until = max(start, _next_given(turns, index, clock))
        return Counted(turn, (start, until), (until, FOREVER))
    key = match_key(turn.value)
    earlier = [other for other in turns if other.reported and _order(other) < _order(turn)]
    same = [other for other in (*earlier, *also) if match_key(other.value) == key]
    repeated = min((other.start(clock) for other in same), default=FOREVER)
    replaced = min((other.start(clock) for other in turns if other in earlier or not other.reported), default=FOREVER)
    until = max(start, min(repeated, replaced))
    return Counted(turn, (start, until), (until, max(until, repeated)))


def _order(turn: Turn) -> tuple[int, str]:
    return turn.public, turn.value


def _next_given(turns: Sequence[Turn], index: int, clock: Clock) -> int:
    """When another given value takes the place of one: in public by their moments, on the recorded clock by the log."""
    given = [number for number, turn in enumerate(turns) if not turn.reported]
    if clock == "recorded":
        return min((turns[number].recorded for number in given if number > index), default=FOREVER)
    order = sorted(given, key=lambda number: (turns[number].public, number))
    later = order[order.index(index) + 1 :]
    return turns[later[0]].public if later else FOREVER
