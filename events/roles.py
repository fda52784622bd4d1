"""Roles: what people are in organizations, under one canonical key for all spellings of a role in either language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from events.names import MOST_NAME, check_label, fold, match_key, slug

BRACKETED = re.compile(r"(.+?)\s*\((.+)\)")


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A known role: its key, its titles, its other spellings, and how many can hold it at once (None: any number)."""

    key: str
    en: str
    ja: str
    aliases: tuple[str, ...] = ()
    seats: int | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every text that means this role: key, titles and aliases."""
        return (self.key, self.en, self.ja, *self.aliases)


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the source wrote it (`text`) and what it is compared by (`key`, such as chief-technology-officer)."""

    text: str
    key: str

    @classmethod
    def of(cls, text: str) -> Role:
        """The role that a text names; `Invalid` unless it is 1 to 200 visible characters."""
        trimmed = check_label(text, "a role", "Chief Technology Officer")
        return cls(trimmed, _key(trimmed))


def title(key: str, lang: str) -> str | None:
    """The title of a known role in `en` or `ja`; None for any other key or language."""
    entry = _BY_KEY.get(key)
    return {"en": entry.en, "ja": entry.ja}.get(lang) if entry else None


def seats(key: str) -> int | None:
    """How many people can hold the role in an organization at once; None if there is no such limit or none is known."""
    entry = _BY_KEY.get(key)
    return entry.seats if entry else None


def known_roles() -> tuple[RoleEntry, ...]:
    """All known roles, in the order of roles.toml."""
    return tuple(_BY_KEY.values())


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    known = _known(text)
    if known:
        return known
    # Never cut: two long roles that begin alike are two. Nor does an accent make an unknown role a known one.
    readable = slug(text, most=10 * MOST_NAME)
    return readable if readable and readable not in _BY_KEY else match_key(text)


def _known(text: str) -> str | None:
    """The key of a spelling, or of one that repeats itself in brackets, as in `最高技術責任者（CTO）`."""
    bracketed = BRACKETED.fullmatch(fold(text))
    around = {_BY_SPELLING.get(match_key(part)) for part in bracketed.groups()} if bracketed else set()
    return _BY_SPELLING.get(match_key(text)) or (around.pop() if len(around) == 1 else None)


def _read() -> dict[str, RoleEntry]:
    listed = tomllib.loads(files("events").joinpath("roles.toml").read_text(encoding="utf-8"))
    return {key: RoleEntry(key, role["en"], role["ja"], tuple(role.get("aliases", ())), role.get("seats")) for key, role in listed.items()}


_BY_KEY = _read()
_BY_SPELLING = {match_key(spelling): entry.key for entry in _BY_KEY.values() for spelling in entry.spellings}
