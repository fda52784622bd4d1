"""JSON read strictly: everything that is JSON is read as it stands, and nothing else is read at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Malformed
from service.jsontext import MOST_DEPTH, read_json

TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES, st.booleans())
def test_what_is_json_is_read_as_it_is(value: object, ascii_only: bool) -> None:
    """Strictness must not cost a single legitimate value."""
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "line 1, column 1"),
        (b'{\n "a": 1,\n}', "line 3, column 1"),
        (b'{"a": 1} x', "Extra data at line 1, column 10"),
        (b'{"role": 1, "role": 2}', "the key 'role' is given twice"),
        (b'{"a": [{"b": 1, "b": 1}]}', "'b' is given twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"[1e999]", "'1e999' is too large"),
        (b"[" + b"1" * 101 + b"]", "a number has 101 digits"),
        (b'{"a": "\xff"}', "byte 8, in line 1"),
        (b'{\n"a": "\xed\xa0\x80"}', "in line 2"),
        (rb'{"a": "\ud800"}', "half of a surrogate pair, '\\ud800'"),
        (rb'{"\udfff": 1}', "half of a surrogate pair"),
        (b"[" * 100_000, f"at most {MOST_DEPTH} levels"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, f"at most {MOST_DEPTH} levels"),
        (b"'a'", "line 1, column 1"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: bytes, words: str) -> None:
    """A body of a thousand lines is mended only by those who know which one is wrong."""
    with pytest.raises(Malformed) as refused:
        read_json(text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (rb'["\ud83d\ude00"]', ["😀"]),
        (rb'["\\ud800"]', ["\\ud800"]),
        (b"[" * MOST_DEPTH + b"]" * MOST_DEPTH, None),
        (b"[" + b"[]," * 100 + b"[]]", [[]] * 101),
        (b"{}", {}),
    ],
)
def test_what_only_looks_wrong_is_read(text: bytes, value: object) -> None:
    """A byte order mark, a whole pair, and many brackets beside each other are all in order."""
    assert read_json(text) == value if value is not None else read_json(text)


def test_an_error_calls_the_text_what_it_is() -> None:
    """In an import it is a line, not the body, that is wrong."""
    with pytest.raises(Malformed, match="the line is not JSON"):
        read_json(b"{", "the line")
