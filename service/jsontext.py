"""JSON as it has to be (RFC 8259): read strictly, so that nothing in a request is guessed, dropped or taken twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from math import isinf
from typing import Any, NoReturn

from events.dates import quote
from service.errors import Malformed

MOST_DEPTH = 32
MOST_DIGITS = 100
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(content: bytes, what: str = "the body") -> Any:
    """The value that `content` writes in UTF-8; `what` is what errors call it.

    Raises `Malformed` for bytes that are no UTF-8 and for what is no JSON, with line and column; for NaN and numbers
    out of all proportion, a key that is given twice, half a surrogate pair, and more than 32 levels.
    """
    text = _decoded(content, what)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse(text[error.pos : error.pos + 20], f"{what} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    except RecursionError:
        _refuse(None, f"{what} nests too deeply: at most {MOST_DEPTH} levels are read", f"at most {MOST_DEPTH} levels")
    # Values are looked through only where the text could hold what is looked for: imports have many lines.
    if text.count("{") + text.count("[") > MOST_DEPTH and _depth(value) > MOST_DEPTH:
        _refuse(None, f"{what} nests too deeply: at most {MOST_DEPTH} levels are read", f"at most {MOST_DEPTH} levels")
    if _ESCAPED_SURROGATE.search(text):
        _check_surrogates(value, what)
    return value


def _decoded(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        _refuse(None, f"{what} is not UTF-8: byte {error.start + 1}, in line {line}, cannot be read", "text in UTF-8")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed.of(twice, None, f"the key {quote(twice)} is given twice in one object", "each key once")
    return found


def _constant(name: str) -> NoReturn:
    _refuse(name, f"{name} is not JSON", "a number, or null")


def _float(digits: str) -> float:
    number = float(digits)
    return _refuse(digits, f"the number {quote(digits)} is too large", "a smaller number") if isinf(number) else number


def _int(digits: str) -> int:
    return (
        _refuse(digits, f"a number has {len(digits)} digits", f"at most {MOST_DIGITS} digits") if len(digits) > MOST_DIGITS else int(digits)
    )


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for inner in level for item in _items(inner)]:
        depth += 1
    return depth


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _check_surrogates(value: Any, what: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = str(error.object)[error.start]
        _refuse(half, f"{what} holds half of a surrogate pair, {half!r}, which is no character", "whole characters")


def _refuse(value: Any, message: str, expected: str = "JSON (RFC 8259)") -> NoReturn:
    raise Malformed.of("", value, message, expected)
