"""Keys in the log: making one, revoking one, and telling whose a secret is."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from events.dates import quote
from events.errors import Conflict, NotFound
from events.keys import KEYS_ID, Key, KeyCreated, KeyRevoked, Scope, check_name, check_scope, keys_after
from events.moments import rfc3339, to_micros
from service.ledger.application import Ledger
from service.ledger.unit import Unit

PREFIX = "annals_"
"""How every secret begins, so that scanners of code and logs find one that got there."""
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret of 256 random bits, as text that goes into a header."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret in hex.

    A slow hash with a salt keeps passwords from being guessed. 256 random bits cannot be guessed, however fast, and no two keys
    share them, so that would only cost time at every request.
    """
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def create(unit: Unit, name: str, scope: str, secret: str) -> Key:
    """Make a key with that secret; raises `Conflict` where the name is or was a key's, `Invalid` for what is no name or scope."""
    if check_name(name) in _keys(unit):
        expected = "another name, since entries tell for ever who wrote them"
        raise Conflict.of("name", name, f"the name {quote(name)} is or was that of a key", expected)
    unit.add(KeyCreated, KEYS_ID, name=name, scope=check_scope(scope), digest=digest_of(secret))
    return _keys(unit)[name]


def revoke(unit: Unit, name: str) -> Key:
    """Revoke a key, unless it is revoked already; raises `NotFound` for a name that is none's."""
    key = _keys(unit).get(name)
    if key is None:
        raise NotFound.of("name", name, f"no key is called {quote(name)}", "the name of a key")
    if key.revoked_at is None:
        unit.add(KeyRevoked, KEYS_ID, name=name)
    return _keys(unit)[name]


def _keys(unit: Unit) -> Mapping[str, Key]:
    return unit.derived(KEYS_ID, lambda entries: keys_after({}, entries))


def key_body(key: Key) -> dict[str, Any]:
    """A key as it is shown: all but what is known of its secret."""
    return {
        "name": key.name,
        "scope": key.scope,
        "created_at": rfc3339(to_micros(key.created_at)),
        "created_by": key.created_by,
        "revoked_at": rfc3339(to_micros(key.revoked_at)) if key.revoked_at is not None else None,
        "revoked_by": key.revoked_by,
    }


class Keyring:
    """The keys of a log as they are at each question. Safe for several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._held: tuple[int, Mapping[str, Key]] = 0, {}

    def keys(self) -> Mapping[str, Key]:
        """All keys by name, in the order in which they were made, those revoked included.

        Only what the log has beyond an earlier question is read, so a key that is revoked anywhere is good for nothing at once.
        """
        read, keys = self._held  # taken and put back as one: a thread that is late only reads a little again
        entries = self._ledger.entries_of(KEYS_ID, after=read)
        self._held = read + len(entries), keys_after(keys, entries)
        return self._held[1]

    def scope_of(self, name: str) -> Scope | None:
        """What the key of that name allows; None where it is revoked or was never made."""
        key = self.keys().get(name)
        return key.scope if key is not None and key.revoked_at is None else None

    def holding(self, secret: str) -> Key | None:
        """The good key with that secret. However the answer turns out, all digests are compared, each in constant time."""
        digest, found = digest_of(secret), None
        for key in self.keys().values():
            if hmac.compare_digest(key.digest, digest) and key.revoked_at is None:
                found = key
        return found
