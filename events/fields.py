"""Field types for what is posted: each turns JSON into one of our own types and refuses bad values in words.

They extend marshmallow's fields, so that a schema validates, serializes and describes itself (OpenAPI) alike.
Every refusal is a `Problem`, carried in marshmallow's `ValidationError`; `problems` collects them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields
from marshmallow.exceptions import SCHEMA

from events.dates import PartialDate, as_text, quote
from events.errors import Invalid, Problem
from events.moments import Moment
from events.names import check_language, check_name
from events.refs import KINDS as KINDS
from events.refs import MEMBERS
from events.refs import PLURAL as PLURAL
from events.refs import EntityRef as EntityRef
from events.refs import Kind as Kind
from events.refs import entity_ref as entity_ref
from events.refs import localized_names as localized_names
from events.roles import Role

MOST_COUNT = 10**15 - 1
NOT_A = {"Invalid input type.": "a JSON object", "Not a valid list.": "a list"}
WEB_ADDRESS = "an absolute address such as https://example.com/news/1"
# Neither XML (section 2.2, so no Atom feed) nor PostgreSQL can hold all of these.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_DECIMAL = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?")
T = TypeVar("T")


def refuse(*problems: Problem) -> NoReturn:
    """Raise marshmallow's error with our own problems in it."""
    raise ValidationError(list(problems))


def checked(parse: Callable[[Any], T], value: Any) -> T:
    """`parse(value)`, with a domain error turned into marshmallow's."""
    try:
        return parse(value)
    except Invalid as error:
        refuse(*error.problems)


def must_be(value: Any, what: str, expected: str = "") -> NoReturn:
    """Refuse `value` because it is not `what`."""
    refuse(Problem("", value, f"{quote(value)} is not {what}", expected or what))


def described(options: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """A field's options with JSON Schema properties as its metadata, under what the options say themselves."""
    return {**options, "metadata": {**properties, **options.get("metadata", {})}}


class Text(fields.String):
    """A trimmed text of at most `most` characters without control characters other than line breaks and tabs.

    An `exact` one, such as a version, tells two events apart by its punctuation too.
    """

    def __init__(self, *, most: int = 2000, exact: bool = False, **options: Any) -> None:
        super().__init__(**described(options, maxLength=most))
        self.most = most
        self.exact = exact

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            must_be(value, "a text")
        text = value.strip()
        if not text:
            refuse(Problem("", value, f"{quote(value)} is blank and says nothing: leave the field out instead", "a text"))
        if len(text) > self.most:
            message = f"{quote(text)} has {len(text)} characters, at most {self.most} are allowed"
            refuse(Problem("", text[:40] + "…", message, f"a text of at most {self.most} characters"))
        if _CONTROL.search(text):
            must_be(value, "a text without control characters")
        return text


class _Parsed(fields.Field[Any]):
    """A field whose value is read by a parser of ours and written as its `text`."""

    parse: Callable[[Any], Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(**described(options, type="string"))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, str):
            must_be(value, "a text")
        return checked(type(self).parse, value)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else value.text


class Day(_Parsed):
    """A partial date (EDTF subset): `PartialDate`."""

    parse = PartialDate.parse


class MomentText(_Parsed):
    """An RFC 3339 instant or a day: `Moment`."""

    parse = Moment.parse


class RoleName(_Parsed):
    """A role as free text: `Role`."""

    parse = Role.of


class Language(fields.String):
    """A language tag such as `en`, `ja` or `zh-Hant` (BCP 47)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        return checked(check_language, value)


class WebAddress(Text):
    """An absolute http or https address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=2000, **described(options, format="uri"))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = super()._deserialize(value)
        return text if _is_web_address(text) else must_be(value, "a web address", WEB_ADDRESS)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not any(map(str.isspace, text))
    except ValueError:  # an unclosed bracket, or a port beyond 65535
        return False


class Choice(fields.String):
    """One of a few words, with a label for each in English and Japanese."""

    def __init__(self, labels: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(**described(options, enum=list(labels)))
        self.labels = labels

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.labels:
            must_be(value, "one of " + ", ".join(self.labels))
        return value


class Flag(fields.Boolean):
    """JSON true or false, or in a spreadsheet's cell the words `true` and `false`.

    `words` is what to write for true in English and Japanese; nothing is written for false.
    """

    def __init__(self, *, words: tuple[str, str] = ("yes", "はい"), **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        word = value.strip().lower() if isinstance(value, str) else None
        if word in ("true", "false"):
            return word == "true"
        return value if isinstance(value, bool) else must_be(value, "true or false")


class Count(fields.Integer):
    """A whole number from 0 to 999999999999999, written as a number or a text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**described(options, minimum=0, maximum=MOST_COUNT))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 16 else value
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_COUNT:
            must_be(value, f"a whole number from 0 to {MOST_COUNT}")
        return number


class Amount(fields.Field[Decimal]):
    """A decimal amount of money from 0 on with at most six places, given as a text or a number.

    It is kept exactly and written as a text without trailing zeros, so that equal amounts are equal texts.
    """

    what, expected, most = "an amount of money", 'a decimal such as "6600000000" or "12.50"', Decimal(10) ** 18

    def __init__(self, **options: Any) -> None:
        super().__init__(**described(options, type=["string", "number"], pattern=f"^{_DECIMAL.pattern}$", minimum=0))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        text = _decimal_text(value)
        if not _DECIMAL.fullmatch(text) or Decimal(text) > self.most:
            must_be(value, self.what, self.expected)
        return Decimal(text)

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else format(value.normalize(), "f")


class Percentage(Amount):
    """A share in per cent, from 0 to 100: a tenth is 10. Read and written as amounts are."""

    what, expected, most = "a percentage", 'a decimal from 0 to 100 such as "12.5"', Decimal(100)


def _decimal_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return as_text(value) if isinstance(value, str) else format(Decimal(str(value)), "f")


class Currency(fields.String):
    """An ISO 4217 currency code."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
            must_be(value, "a currency", "an ISO 4217 code of three capital letters such as USD or JPY")
        return value


def check_money(data: Mapping[str, Any], partial: Any = None) -> None:
    """Refuse an `amount` without its `currency` and the other way round; a correction (`partial`) may bring one alone."""
    amount, currency = data.get("amount"), data.get("currency")
    if partial or (amount is None) == (currency is None):
        return
    if currency is None:
        refuse(Problem("currency", None, f"the `amount` {quote(str(amount))} needs its `currency`", "an ISO 4217 code such as USD"))
    refuse(Problem("amount", None, f"the `currency` {quote(currency)} needs an `amount`", Amount.expected))


class Localized(fields.Field[dict[str, str]]):
    """A text per language, `{"en": …, "ja": …}`; a plain text counts as English."""

    def __init__(self, *, most: int = 2000, **options: Any) -> None:
        words = {"type": "string", "maxLength": most}
        super().__init__(**described(options, type=["object", "string"], additionalProperties=words))
        self.most = most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, str]:
        given = {"en": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping) or not given:
            must_be(value, "a text per language", '{"en": "…", "ja": "…"}')
        texts, errors, text = {}, {}, Text(most=self.most)
        for language, words in given.items():
            try:
                texts[checked(check_language, language)] = text.deserialize(words)
            except ValidationError as error:
                errors[language] = error.messages
        if errors:
            raise ValidationError(errors)
        return texts


class Entity(fields.Field[EntityRef]):
    """A person, an organization or a product, named by id, by name, or by an object.

    Where several kinds are allowed, an object may say which with `kind`; a bare name that nothing bears yet
    becomes an entity of the first.
    """

    def __init__(self, *kinds: Kind, **options: Any) -> None:
        members: Mapping[str, Any] = {**{member: {} for member in MEMBERS}, "kind": {"enum": list(kinds)}}
        by_object = {"type": "object", "properties": members, "additionalProperties": False}
        none = [{"type": "null"}] if options.get("allow_none") else []
        super().__init__(**described(options, anyOf=[{"type": "string", "minLength": 1}, by_object, *none]))
        self.kinds = kinds

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> EntityRef:
        if isinstance(value, str):
            return EntityRef(self.kinds, text=checked(check_name, value))
        if isinstance(value, Mapping):
            return checked(lambda given: entity_ref(given, self.kinds), value)
        must_be(value, f"a {' or '.join(self.kinds)}", 'an id, a name, or {"name": {"en": "…", "ja": "…"}}')


class Several(fields.List[Any]):
    """A list of `least` to `most` different values; a lone value counts as a list of one."""

    def __init__(self, inner: fields.Field[Any], *, least: int = 1, most: int = 100, **options: Any) -> None:
        super().__init__(inner, **described(options, minItems=least, maxItems=most))
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        given = value if isinstance(value, list) else [value]
        found = super()._deserialize(given, None, None) if len(given) <= self.most else given
        different = [item for index, item in enumerate(found[: self.most + 1]) if item not in found[:index]]
        if not self.least <= len(different) <= self.most or len(given) > self.most:
            must_be(value, f"a list of {self.least} to {self.most} different values")
        return different


def problems(error: ValidationError, data: Any, known: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Our problems from marshmallow's error about `data`; `known` are field names for a suggestion."""
    return tuple(_flattened(error.messages, data, "", known))


def _flattened(messages: Any, data: Any, path: str, known: Sequence[str]) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flattened(inner, *_inside(key, data, path, known))
    elif isinstance(messages, Problem):
        yield messages.within(path) if path else messages
    elif isinstance(messages, Iterable) and not isinstance(messages, str):
        for inner in messages:
            yield from _flattened(inner, data, path, known)
    else:
        yield _phrased(str(messages), data, path, known)


def _inside(key: Any, data: Any, path: str, known: Sequence[str]) -> tuple[Any, str, Sequence[str]]:
    """The data, path and known fields one level in; `known` are those of the outermost level alone."""
    if key == SCHEMA:
        return data, path, known
    try:
        part = data[key]
    except (KeyError, IndexError, TypeError):
        part = None
    return part, f"{path}.{key}" if path else str(key), () if path else known


def _phrased(message: str, value: Any, path: str, known: Sequence[str]) -> Problem:
    if message.startswith("Missing data"):
        return Problem(path, None, f"`{path}` is required", "a value")
    if message.startswith("Field may not be null"):
        return Problem(path, None, f"`{path}` may not be null: leave it out instead", "a value")
    if message.startswith("Unknown field"):
        near = difflib.get_close_matches(path.rsplit(".", 1)[-1], known, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        return Problem(path, value, f"unknown field `{path}`{hint}", "one of " + ", ".join(known) if known else "")
    if message in NOT_A:
        return Problem(path, value, f"{quote(value)} is not {NOT_A[message]}", NOT_A[message])
    given = f" (given {quote(value)})" if value is not None else ""
    return Problem(path, value, (f"`{path}`: " if path else "") + message + given)
