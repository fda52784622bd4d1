"""Keys as the log tells of them: what a scope allows, and what may be a name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.errors import Invalid
from events.keys import KEYS_ID, SCOPES, Key, KeyCreated, KeyRevoked, check_name, check_scope, covers, keys_after
from events.submission import RefClaimed

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_each_scope_allows_what_those_before_it_do() -> None:
    """Whoever may write has to read what is there, and whoever may nothing reads nothing."""
    allowed = {held: [needed for needed in SCOPES if covers(held, needed)] for held in (None, *SCOPES)}

    assert allowed == {None: [], "read": ["read"], "write": ["read", "write"], "admin": ["read", "write", "admin"]}


def test_keys_follow_from_their_entries() -> None:
    """A key that was revoked stays on the list, since entries name it; what is no entry of a key's is passed over."""
    later = WHEN + timedelta(days=1)
    made = KeyCreated(KEYS_ID, 1, WHEN, None, "desk", "write", "ab")

    before = keys_after({}, [made, RefClaimed(KEYS_ID, 2, WHEN, None, "x", KEYS_ID)])
    after = keys_after(before, [KeyRevoked(KEYS_ID, 3, later, "boss", "desk")])

    assert before == {"desk": Key("desk", "write", "ab", WHEN, None)}
    assert after == {"desk": Key("desk", "write", "ab", WHEN, None, later, "boss")}


@pytest.mark.parametrize("name", ["a", "news-desk", "Ann.2", "ann@example.com", "x" * 64])
def test_names_that_may_be(name: str) -> None:
    """People, programs and teams have keys."""
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a b", "x" * 65, "デスク", "a\n", "a/b", None, 7])
def test_names_that_may_not_be(name: Any) -> None:
    """A name stands in addresses and headers, and for ever in the log."""
    with pytest.raises(Invalid) as refused:
        check_name(name)
    assert refused.value.problems[0].field == "name" and "news-desk" in refused.value.problems[0].expected


def test_a_scope_is_one_of_three() -> None:
    """A scope that nobody knows must not end up meaning everything, or nothing."""
    assert [check_scope(scope) for scope in SCOPES] == list(SCOPES)
    with pytest.raises(Invalid, match="'owner' is no scope"):
        check_scope("owner")
