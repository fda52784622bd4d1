"""A form as a page shows it: its controls with what was typed, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

from events.errors import AnnalsError, Problem
from events.fields import Entity, Kind
from events.headlines import LANGUAGES
from events.types import as_list
from service.web.recording.controls import Field, Values, filled, listing, rows, widget

Label = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Control:
    """A control under its path; `parts` are the rows of a list, or the controls of a group."""

    path: str
    widget: str
    label: str
    field: Field
    required: bool = False
    parts: tuple[Control, ...] = ()

    @property
    def id(self) -> str:
        """Its id in the page."""
        return "f-" + self.path.replace(".", "-")

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of entities that it takes."""
        inner = getattr(self.field, "inner", self.field)
        return inner.kinds if isinstance(inner, Entity) else ()

    def walk(self) -> Iterator[Control]:
        """It and all in it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, and what is wrong with it.

    `extra` is what an error tells beside its problems, such as the `candidates` whom a name fits; `more` the list that asks for a row.
    """

    values: Values
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, Any] = dataclass_field(default_factory=dict)
    more: str = ""

    def refused(self, error: AnnalsError, placed: Callable[[str], str] = str) -> Form:
        """The form with what an error says; `placed` turns the error's paths into the form's."""
        found = tuple(replace(problem, field=placed(problem.field)) for problem in error.problems)
        return replace(self, problems=found, extra=error.extra)

    def value(self, path: str) -> str:
        """What stands in a control."""
        return self.values.get(path, "")

    def inside(self, path: str) -> list[str]:
        """The parts of a path that have a text, such as languages."""
        return [name.removeprefix(f"{path}.") for name in self.values if name.startswith(f"{path}.") and self.values[name].strip()]

    def languages(self, path: str) -> list[str]:
        """The languages in which a text is asked for: those of the pages, and whatever others it has."""
        return list(dict.fromkeys((*LANGUAGES, *self.inside(path))))


@dataclass(frozen=True, slots=True)
class Section:
    """Controls under a title; one with a `path` is a part that can be taken away."""

    title: str
    controls: tuple[Control, ...]
    path: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """The controls of a form in sections, and what is wrong by the path of the control that is nearest."""

    sections: tuple[Section, ...]
    wrong: Mapping[str, tuple[Problem, ...]] = dataclass_field(default_factory=dict)

    @property
    def all(self) -> dict[str, Control]:
        """Every control by its path."""
        return {control.path: control for section in self.sections for top in section.controls for control in top.walk()}


def controls(fields: Mapping[str, Field], form: Form, label: Label, prefix: str = "") -> tuple[Control, ...]:
    """The controls of these fields, in their order."""
    return tuple(_control(field, f"{prefix}{name}", form, label) for name, field in fields.items())


def laid(form: Form, *sections: Section) -> Laid:
    """The form in sections, with its problems where they belong; what belongs nowhere is under the empty path."""
    known = Laid(sections).all
    wrong: dict[str, tuple[Problem, ...]] = {}
    for problem in form.problems:
        at = _nearest(_row_of(problem, form), known)
        wrong[at] = (*wrong.get(at, ()), problem)
    return Laid(sections, wrong)


def prefilled(fields: Mapping[str, Field], args: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """The texts that an address fills in: by path, or several entities of a list under its name."""
    texts: dict[str, str] = {}
    lists = listing(fields)
    for path, given in args:
        if path in lists:
            texts.update(filled({path: fields[path]}, {path: given}))
        elif path.split(".")[0] in fields:
            texts[path] = given[-1]
    return texts


def _control(field: Field, path: str, form: Form, labels: Label) -> Control:
    label = labels(path.rpartition(".")[2])
    found = Control(path, widget(field), label, field, bool(field.required))
    if found.widget in ("entities", "groups"):
        made = (_row(field, f"{path}.{number}", label, form, labels) for number in range(_length(field, path, form)))
        return replace(found, parts=tuple(made))
    return found


def _row(field: Any, path: str, label: str, form: Form, labels: Label) -> Control:
    if widget(field) == "entities":
        return Control(path, "entity", label, field.inner)
    return Control(path, "group", label, field.inner, parts=controls(field.inner.schema.fields, form, labels, f"{path}."))


def _length(field: Any, path: str, form: Form) -> int:
    """How many rows a list shows: those filled, and spare ones to fill."""
    found = len(rows(path, form.values))
    if widget(field) == "entities":
        return max(getattr(field, "least", 1), found + 1)
    return max(1, found + (form.more == path))


def _nearest(path: str, known: Mapping[str, Control]) -> str:
    while path and path not in known:
        path = path.rpartition(".")[0]
    return path


def _row_of(problem: Problem, form: Form) -> str:
    """The path of a problem; where it is with one of a list of names, that of its row."""
    for number in rows(problem.field, form.values) if isinstance(problem.value, str) else ():
        path = f"{problem.field}.{number}"
        if problem.value in [text for name, text in form.values.items() if name == path or name.startswith(f"{path}.name.")]:
            return path
    return problem.field


def shown_value(value: Any) -> str:
    """A value that was read from a form, in one line."""
    if isinstance(value, Mapping):
        return " / ".join(shown_value(inner) for inner in value.values())
    return ", ".join(shown_value(item) if isinstance(item, Mapping) else str(item) for item in as_list(value))
