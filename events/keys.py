"""Keys: who may read, write or administer. One is made and revoked, each for ever, and only the digest of its secret is kept.

All keys are one aggregate, so that two who make one of the same name at once end with one, and one question of the log tells
whether there is any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from events.dates import quote
from events.entries import Entry, aggregate_id, topic
from events.errors import Invalid

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a key allows, from the least to the most; each allows what those before it do."""
KEYS_ID = aggregate_id("keys")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class KeyEntry(Entry):
    """An entry about a key."""


@topic("key.created")
@dataclass(frozen=True)
class KeyCreated(KeyEntry):
    """A key exists from here on; `digest` is the SHA-256 of its secret in hex."""

    name: str
    scope: Scope
    digest: str


@topic("key.revoked")
@dataclass(frozen=True)
class KeyRevoked(KeyEntry):
    """The key of that name is good for nothing from here on, and for ever: its name is not given again."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is now; `revoked_at` is None while it is good."""

    name: str
    scope: Scope
    digest: str
    created_at: datetime
    created_by: str | None
    revoked_at: datetime | None = None
    revoked_by: str | None = None


def keys_after(keys: Mapping[str, Key], entries: Iterable[Entry]) -> Mapping[str, Key]:
    """The keys by name, in the order in which they were made, after further entries about them."""
    found = dict(keys)
    for entry in entries:
        if isinstance(entry, KeyCreated):
            found[entry.name] = Key(entry.name, entry.scope, entry.digest, entry.timestamp, entry.actor)
        elif isinstance(entry, KeyRevoked):
            found[entry.name] = replace(found[entry.name], revoked_at=entry.timestamp, revoked_by=entry.actor)
    return found


def covers(held: Scope | None, needed: Scope) -> bool:
    """Whether a scope, or None for nothing at all, allows what needs another."""
    return held is not None and SCOPES.index(held) >= SCOPES.index(needed)


def check_name(value: Any) -> str:
    """The name of a key; raises `Invalid` for what can be none."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        expected = "1 to 64 letters, digits and . _ @ -, such as news-desk"
        raise Invalid.of("name", value, f"{quote(value)} is no name of a key", expected)
    return value


def check_scope(value: Any) -> Scope:
    """The scope of a key; raises `Invalid` for what is none."""
    for scope in SCOPES:
        if scope == value:
            return scope
    raise Invalid.of("scope", value, f"{quote(value)} is no scope of a key", "one of " + ", ".join(SCOPES))
