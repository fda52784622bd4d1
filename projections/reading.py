"""The three parameters of every read, resolved: which day, known when, on which clock; and what else an answer hangs on."""

from __future__ import annotations

from dataclasses import dataclass

from events.clocks import Clock


@dataclass(frozen=True, slots=True)
class Reading:
    """How a reader looks at history.

    `as_of` is a day as a proleptic ordinal (things as they stood at its end), `known_at` an instant in microseconds
    since 1970 (UTC), `clock` the clock that `known_at` reads. `rumoured` counts rumours in, `lang` is the language
    of names and headlines.
    """

    as_of: int
    known_at: int
    clock: Clock = "public"
    rumoured: bool = False
    lang: str = "en"

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of events that count in a state."""
        return ("confirmed", "reported", "rumoured") if self.rumoured else ("confirmed", "reported")
