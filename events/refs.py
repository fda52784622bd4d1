"""How a post names an entity: by id, by any of its names, or by an object with names and identifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from events.dates import quote
from events.errors import Invalid
from events.names import check_language, check_name, is_id

Kind = Literal["person", "organization", "product"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PLURAL: Mapping[Kind, str] = {"person": "people", "organization": "organizations", "product": "products"}
MEMBERS = ("id", "name", "aliases", "identifiers", "kind")
MOST_ALIASES, MOST_IDENTIFIER = 50, 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EntityRef:
    """How a post names an entity: by id or name (`text`), or by an object with names and identifiers."""

    kinds: tuple[Kind, ...]
    text: str | None = None
    names: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """A word for it in messages: the text, or the first of the names."""
        return self.names[0][1] if self.text is None else self.text


def entity_ref(given: Mapping[str, Any], kinds: tuple[Kind, ...] = KINDS) -> EntityRef:
    """The reference that an object makes: `{"id"}` or `{"name", "aliases", "identifiers"}`, each with an optional `kind`."""
    unknown = sorted(str(member) for member in given if member not in MEMBERS)
    if unknown:
        raise Invalid.of(unknown[0], given[unknown[0]], f"unknown field {quote(unknown[0])} of an entity", ", ".join(MEMBERS))
    if "kind" in given:
        if given["kind"] not in kinds:
            raise Invalid.of("kind", given["kind"], f"the kind {quote(given['kind'])} is not allowed here", "one of " + ", ".join(kinds))
        kinds = (given["kind"],)
    if "id" in given:
        if not isinstance(given["id"], str) or not is_id(given["id"]):
            raise Invalid.of("id", given["id"], f"{quote(given['id'])} is not an entity id", "a slug such as mira-murati")
        return EntityRef(kinds, text=given["id"])
    names = localized_names(given.get("name"))
    return EntityRef(kinds, None, names, tuple(_aliases(given.get("aliases"))), tuple(_identifiers(given.get("identifiers"))))


def localized_names(value: Any) -> tuple[tuple[str, str], ...]:
    """Names per language from `{"en": …}` or a plain text (language `und`, undetermined); at least one."""
    given = {"und": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not given:
        raise Invalid.of("name", value, f"{quote(value)} is not a name", 'a name, or one per language: {"en": "…", "ja": "…"}')
    return tuple(sorted((_at(f"name.{key}", check_language, key), _at(f"name.{key}", check_name, name)) for key, name in given.items()))


def _aliases(value: Any) -> Iterator[str]:
    if value is not None and (not isinstance(value, list) or len(value) > MOST_ALIASES):
        expected = f'at most {MOST_ALIASES}, such as ["Mira", "ムラティ"]'
        raise Invalid.of("aliases", value, f"{quote(value)} is not a list of at most {MOST_ALIASES} names", expected)
    for index, alias in enumerate(value or ()):
        yield _at(f"aliases.{index}", check_name, alias)


def _identifiers(value: Any) -> Iterator[tuple[str, str]]:
    if value is not None and not isinstance(value, Mapping):
        raise Invalid.of("identifiers", value, f"{quote(value)} is not a set of identifiers", '{"wikidata": "Q123"}')
    for scheme, identifier in sorted((value or {}).items()):
        if not is_id(scheme) or not _is_identifier(identifier):
            message = f"{quote(identifier)} is not an identifier of the scheme {quote(scheme)}"
            raise Invalid.of(f"identifiers.{scheme}", identifier, message, 'a scheme and a text, {"wikidata": "Q123"}')
        yield scheme, identifier.strip()


def _is_identifier(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MOST_IDENTIFIER and value.strip().isprintable()


def _at(path: str, check: Callable[[Any], T], value: Any) -> T:
    try:
        return check(value)
    except Invalid as error:
        raise Invalid(tuple(problem.within(path) for problem in error.problems)) from None
