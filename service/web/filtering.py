"""The form that filters a list: what was typed into it, and what is wrong with that, beside its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from events.errors import AnnalsError, Invalid, Problem
from events.fields import KINDS
from projections.entities import resolve
from service.api.answers import Json, Look

Check = Callable[[Mapping[str, str]], object]
"""Reads some parameters by name; raises an `AnnalsError` for one that is wrong."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the form holds.

    `values` are what was typed, by field; `problems` what is wrong, by field; `candidates` the entities that an ambiguous name may
    mean, by field, `{"id", "name"}` each.
    """

    values: Mapping[str, str]
    problems: Mapping[str, Problem] = field(default_factory=dict)
    candidates: Mapping[str, Sequence[Json]] = field(default_factory=dict)

    @property
    def refused(self) -> Invalid | None:
        """The error that all problems are; None where there is none."""
        return Invalid(tuple(self.problems.values())) if self.problems else None


def read_filters(args: Mapping[str, str], names: Sequence[str], check: Check, seen: Look) -> Filters:
    """The form of the named fields as the parameters of an address fill it in; nothing that is wrong with them is raised.

    Each is read alone by `check`, so that all that are wrong are told at once; those named after a kind of entity have to be known.
    """
    values = {name: args[name].strip() for name in names if args.get(name, "").strip()}
    errors = {name: error for name, value in values.items() for error in _errors(name, value, check, seen)}
    problems = {name: replace(error.problems[0], field=name) for name, error in errors.items()}
    return Filters(values, problems, {name: error.extra.get("candidates", ()) for name, error in errors.items()})


def _errors(name: str, value: str, check: Check, seen: Look) -> Iterator[AnnalsError]:
    try:
        check({name: value})
        for kind in KINDS:
            if kind == name:
                resolve(seen.connection, kind, value, seen.reading)
    except AnnalsError as error:
        yield error
