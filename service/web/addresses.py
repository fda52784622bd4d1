"""Addresses of pages: each holds the whole state of a view, so that it can be linked, and links carry the reader's time along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from events.errors import Invalid

TIME = ("as_of", "known", "known_at", "clock", "include")
"""The parameters that say at which time a reader looks, in the order in which addresses have them."""
CARRIED = (*TIME, "lang")
DEFAULTS: Mapping[str, str] = {"known": "hindsight", "clock": "public"}
KNOWN = ("hindsight", "then", "at")
"""How `known` may be answered: with hindsight, as known at the end of the day looked at, or as known at `known_at`."""


def link(endpoint: str, **values: Any) -> str:
    """The address of a page at the reader's time; a value of None takes a parameter away."""
    return url_for(endpoint, **{**carried(), **values})


def carried() -> dict[str, str]:
    """The parameters that every link takes along: the reader's time, and a language that the address names."""
    return {name: request.args[name] for name in CARRIED if request.args.get(name, "").strip()}


def here(**values: Any) -> str:
    """The address of this page with other parameters; None takes one away. Pages of a list begin anew."""
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    if request.endpoint is None:  # the page of an address at which there is nothing
        found = {name: value for name, value in {**kept, **values}.items() if value is not None}
        return request.path + (f"?{urlencode(found)}" if found else "")
    return url_for(request.endpoint, **{**(request.view_args or {}), **kept, **values})


def data_onward(cursor: str | None) -> str | None:
    """The address of this page's data (`.json`) that go on from the cursor; None where there is none."""
    if cursor is None:
        return None
    endpoint = (request.endpoint or "").removesuffix("_json").removesuffix("_csv")
    return url_for(f"{endpoint}_json", **{**(request.view_args or {}), **request.args, "cursor": cursor})


def hidden(*without: str) -> Iterator[tuple[str, str]]:
    """The parameters of this page that a form has to carry along, except those that it sets itself."""
    return ((name, value) for name, value in request.args.items(multi=True) if name not in (*without, "cursor"))


def untidy() -> bool:
    """Whether the address says what need not be said: parameters that are empty, or as they would be anyway."""
    given = request.args
    return any(_needless(name, value) for name, value in given.items()) or ("known_at" in given and given.get("known") in KNOWN[:2])


def tidied() -> str:
    """The address without that."""
    known = request.args.get("known")
    kept = {name: value for name, value in request.args.items() if not _needless(name, value)}
    if known in KNOWN[:2]:
        kept.pop("known_at", None)
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})


def _needless(name: str, value: str) -> bool:
    return not value.strip() or DEFAULTS.get(name) == value


def read_query(args: Mapping[str, str], lang: str) -> dict[str, str]:
    """The parameters of a read (see `service.reading`) that a page's parameters stand for; raises `Invalid`."""
    given = {name: value.strip() for name, value in args.items() if value.strip()}
    known = given.get("known", "at" if "known_at" in given else "hindsight")
    if known not in KNOWN:
        raise Invalid.of("known", known, f"{known!r} does not say what is to be known", "one of " + ", ".join(KNOWN))
    if known == "at" and "known_at" not in given:
        raise Invalid.of("known_at", None, "nothing says as known when", "a day or an instant such as 2024-09-25T19:30:00Z")
    found: dict[str, str] = {name: given[name] for name in ("as_of", "clock", "include", "cursor") if name in given}
    if known == "at":
        found["known_at"] = given["known_at"]
    elif known == "then" and "as_of" in given:
        found["known_at"] = given["as_of"]
    return {**found, "lang": given.get("lang", lang)}
