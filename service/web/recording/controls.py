"""How each kind of field stands in a form: which control asks for it, a value as the control's texts, and the texts read back.

A form is flat: texts by path, as browsers send them. A field's own text stands under its name; what is inside it under
`name.part`, such as `sources.0.url`, which is also how errors name it. An entity has its text (an id or a name) under its
name, and beside it `.id`, the entity that was picked while the text was `.of`; `.name.en` and the like for one to register;
`.kind` where several kinds are allowed; `.none` for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any, Final

from marshmallow import fields as plain

from events.fields import Amount, Choice, Count, Currency, Day, Entity, Flag, Language, Localized, MomentText, RoleName, Text, WebAddress
from events.names import is_id

Field = plain.Field[Any]
Values = Mapping[str, str]
Texts = Iterator[tuple[str, str]]
BLANK: Final = object()
"""What is read where a control says nothing."""
YES = "true"
SHORT = 300
"""The longest text that is asked for in one line."""
SILENT = ("id", "of", "kind")
"""Parts of a row that alone do not fill it."""
_UNASKED = ("type",)


@singledispatch
def widget(_: Field) -> str:
    """The kind of control that asks for such a field."""
    return "line"


for _field, _widget in {
    Choice: "choice", Flag: "flag", Count: "count", Amount: "amount", Day: "day", MomentText: "moment", RoleName: "role",
    Language: "short", Currency: "short", WebAddress: "address", Localized: "localized", Entity: "entity",
}.items():  # fmt: skip
    widget.register(_field, lambda _, found=_widget: found)


@widget.register
def _(field: Text) -> str:
    return "line" if field.most <= SHORT or field.most == 500 else "long"


@widget.register(plain.List)
def _(field: Any) -> str:
    inner = field.inner
    return "entities" if isinstance(inner, Entity) else "groups" if isinstance(inner, plain.Nested) else "lines"


@singledispatch
def fill(_: Field, path: str, value: Any) -> Texts:
    """The texts that stand for a value, which is JSON as it is posted or as an answer shows it."""
    yield path, str(value)


@fill.register
def _(_: Flag, path: str, value: Any) -> Texts:
    if value in (True, YES):
        yield path, YES


@fill.register
def _(_: Localized, path: str, value: Any) -> Texts:
    texts = {"en": value} if isinstance(value, str) else value
    yield from ((f"{path}.{language}", words) for language, words in texts.items())


@fill.register
def _(field: Entity, path: str, value: Any) -> Texts:
    if isinstance(value, str):
        yield path, value
        return
    if len(field.kinds) > 1 and "kind" in value:
        yield f"{path}.kind", value["kind"]
    name = value.get("name")
    if "id" in value:
        shown = name if isinstance(name, str) else value["id"]
        yield from ((path, shown), (f"{path}.of", shown), (f"{path}.id", value["id"]))
    elif isinstance(name, str):
        yield path, name
    else:
        yield from ((f"{path}.name.{language}", words) for language, words in name.items())


@fill.register(plain.List)
def _(field: Any, path: str, value: Any) -> Texts:
    items = value if isinstance(value, (list, tuple)) else [value]
    if widget(field) == "lines":
        yield path, "\n".join(map(str, items))
        return
    for index, item in enumerate(items):
        yield from fill(field.inner, f"{path}.{index}", item)


@fill.register
def _(field: plain.Nested, path: str, value: Any) -> Texts:
    yield from filled(field.schema.fields, value, f"{path}.").items()


def filled(fields: Mapping[str, Field], data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The texts of a form of these fields that says what `data` says; `prefix` stands before every path."""
    texts: dict[str, str] = {}
    for name, field in fields.items():
        if data.get(name) is not None:
            texts.update(fill(field, f"{prefix}{name}", data[name]))
        elif name in data and field.allow_none:
            texts[f"{prefix}{name}.none"] = YES
    return texts


def defaults(fields: Mapping[str, Field], prefix: str = "") -> dict[str, str]:
    """The texts of the fields that mean something where they are left out."""
    return {f"{prefix}{name}": field.load_default for name, field in fields.items() if isinstance(field.load_default, str)}


@singledispatch
def read(_: Field, path: str, values: Values) -> Any:
    """What the texts under a path say, as JSON that the field itself checks; `BLANK` where they say nothing."""
    text = values.get(path, "")
    return text if text.strip() else BLANK


@read.register
def _(field: Flag, path: str, values: Values) -> Any:
    return True if values.get(path) == YES else False if field.required else BLANK


@read.register
def _(_: Localized, path: str, values: Values) -> Any:
    return _by_language(path, values) or BLANK


@read.register
def _(field: Entity, path: str, values: Values) -> Any:
    if field.allow_none and values.get(f"{path}.none") == YES:
        return None
    text = values.get(path, "").strip()
    kind = values.get(f"{path}.kind", "") if len(field.kinds) > 1 else ""
    picked, names = _picked(path, text, values), _names(text, _by_language(f"{path}.name", values))
    if picked or not names:
        return _named(picked or text, kind) or BLANK
    return {"kind": kind, "name": names} if kind else {"name": names}


@read.register(plain.List)
def _(field: Any, path: str, values: Values) -> Any:
    if widget(field) == "lines":
        return [line for line in values.get(path, "").splitlines() if line.strip()] or BLANK
    items = [read(field.inner, f"{path}.{number}", values) for number in rows(path, values)]
    return [item for item in items if item is not BLANK] or BLANK


@read.register
def _(field: plain.Nested, path: str, values: Values) -> Any:
    return said(field.schema.fields, values, f"{path}.") or BLANK


def said(fields: Mapping[str, Field], values: Values, prefix: str = "") -> dict[str, Any]:
    """What a form of these fields says, as JSON: each field that says anything."""
    found = {name: read(field, f"{prefix}{name}", values) for name, field in fields.items() if name not in _UNASKED}
    return {name: value for name, value in found.items() if value is not BLANK}


def rows(path: str, values: Values) -> list[int]:
    """The numbers of the rows under a path that are filled, in order."""
    found: set[int] = set()
    for name, text in values.items():
        if name.startswith(f"{path}.") and text.strip():
            number, _, part = name.removeprefix(f"{path}.").partition(".")
            if number.isascii() and number.isdecimal() and len(number) < 4 and part not in SILENT:
                found.add(int(number))
    return sorted(found)


def compacted(lists: Iterable[str], values: Values) -> dict[str, str]:
    """The texts with the rows of these lists numbered from 0 and without the blank ones, as errors will number them."""
    texts = dict(values)
    for path in lists:
        own = {name: texts.pop(name) for name in list(texts) if name.startswith(f"{path}.")}
        for place, number in enumerate(rows(path, own)):
            texts.update(_moved(own, f"{path}.{number}", f"{path}.{place}"))
    return texts


def without(path: str, values: Values) -> dict[str, str]:
    """The texts but for what stands under a path."""
    return {name: text for name, text in values.items() if name != path and not name.startswith(f"{path}.")}


def listing(fields: Mapping[str, Field], prefix: str = "") -> Sequence[str]:
    """The paths of the fields whose values are rows."""
    return [f"{prefix}{name}" for name, field in fields.items() if widget(field) in ("entities", "groups")]


def _moved(own: Values, old: str, new: str) -> Texts:
    return ((new + name.removeprefix(old), text) for name, text in own.items() if name == old or name.startswith(f"{old}."))


def _by_language(path: str, values: Values) -> dict[str, str]:
    texts = {name.removeprefix(f"{path}."): text for name, text in values.items() if name.startswith(f"{path}.")}
    return {language: text for language, text in texts.items() if text.strip()}


def _picked(path: str, text: str, values: Values) -> str:
    """The id that was picked, while the text is still the one that it was picked for."""
    return values.get(f"{path}.id", "") if text and text == values.get(f"{path}.of", "").strip() else ""


def _named(text: str, kind: str) -> Any:
    """An id or a name as a post has it, with its kind if that is said."""
    return {"kind": kind, "id" if is_id(text) else "name": text} if text and kind else text


def _names(text: str, names: dict[str, str]) -> dict[str, str]:
    """The names to register, with the plain text for the language that it fits where that one was left blank."""
    if names and text and text not in names.values():
        names.setdefault("en" if text.isascii() else "ja", text)
    return names
