"""People, organizations and products: found, shown with their standing and history, and kept; the same calls for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Response
from marshmallow import Schema, fields
from sqlalchemy import Connection

from events.entities import display_name
from events.errors import AnnalsError, NotFound
from events.fields import Flag, MomentText, Text
from events.refs import KINDS, PLURAL, EntityRef, Kind
from projections.cursors import Page
from projections.entities import card as card_of
from projections.entities import find, names_for
from projections.feed import FeedQuery, feed
from projections.reading import Reading
from projections.standing import echo, organization_history, organization_state, person_history, person_standing, product_standing
from projections.succession import person_succession
from service.api.answers import Json, Look, answer, look, next_page, page, standing_id
from service.api.calls import Feature, PageQuery
from service.api.lifecycle import Reasoned
from service.api.writes import submit
from service.http import current_annals
from service.ledger.entities import Kept, add_identifiers, add_names, create, given_ref, merge, unmerge
from service.ledger.submissions import Answer
from service.ledger.unit import Unit

NAMES = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
NAME = 'A name, or one per language: `{"en": …, "ja": …}`.'
ANNOUNCED = "When this became public, if it was news; without it, it is clerical."


class FindQuery(PageQuery):
    """Whom or what to find."""

    q = Text(most=200, metadata={"description": "A name in any language however it is spelt, the beginnings of its words, or an id."})


class DistinctQuery(Schema):
    """Whether names may be shared."""

    distinct = Flag(load_default=False, metadata={"description": "Allow a name that another one bears."})


class Names(Schema):
    """Names and aliases."""

    name = fields.Raw(metadata={**NAMES, "description": NAME})
    aliases = fields.Raw(metadata={"type": "array", "items": {"type": "string"}, "description": "Other names that it is found by."})
    announced = MomentText(metadata={"description": ANNOUNCED})


class NewEntity(Names):
    """A new person, organization or product."""

    name = fields.Raw(required=True, metadata={**NAMES, "description": NAME})
    identifiers = fields.Raw(metadata={"type": "object", "additionalProperties": {"type": "string"}, "description": "Such as Wikidata's."})
    id = Text(most=200, metadata={"description": "The id that it is to have, such as mira-murati; else one is made from the name."})


class Identifiers(Schema):
    """Identifiers in other catalogues."""

    identifiers = fields.Raw(required=True, metadata={"type": "object", "additionalProperties": {"type": "string"}})
    announced = MomentText(metadata={"description": ANNOUNCED})


class Merge(Reasoned):
    """Into whom or what."""

    winner = Text(data_key="into", most=200, required=True, metadata={"description": "The id under which both are read from now on."})


def make_feature(kind: Kind) -> Feature:
    """The calls about entities of that kind."""
    feature = Feature(kind, f"{PLURAL[kind].capitalize()}: found, shown with their standing and history, and kept.")
    _declare_reads(feature, kind, f"/{PLURAL[kind]}")
    _declare_writes(feature, kind, f"/{PLURAL[kind]}")
    return feature


def _declare_reads(feature: Feature, kind: Kind, root: str) -> None:
    @feature.read(root, "EntityPage", FindQuery)
    @_described(f"Find {PLURAL[kind]}.")
    def found(query: dict[str, Any]) -> Response:
        with look(query) as seen:
            items = find(seen.connection, kind, seen.reading, query.get("q"), query["limit"], query.get("cursor"), seen.ceiling)
            return page(items, seen, query)

    @feature.read(f"{root}/<entity>", f"{kind.capitalize()}Card", mementos=kind)
    @_described(f"Read the card of one of the {PLURAL[kind]}: names, identifiers, and how it stands at the end of the day.")
    def card(query: dict[str, Any], entity: str) -> Response:
        with look(query) as seen:
            about = card_of(seen.connection, kind, standing_id(seen, kind, entity), seen.reading)
            return answer({**about, **echo(seen.reading), **_STANDING[kind](seen.connection, about["id"], seen.reading)}, seen)

    @feature.read(f"{root}/<entity>/history", f"{kind.capitalize()}History", PageQuery, mementos=kind)
    @_described(f"Read the history of one of the {PLURAL[kind]}: what began by the day, and its events.")
    def history(query: dict[str, Any], entity: str) -> Response:
        with look(query) as seen:
            return answer(_history(seen, kind, standing_id(seen, kind, entity), query), seen)


def _declare_writes(feature: Feature, kind: Kind, root: str) -> None:
    kept = {200: "Written"}

    @feature.write(root, {201: "Written", 200: "Written"}, body=NewEntity, query=DistinctQuery, problems=(409,))
    @_described(f"Register one of the {PLURAL[kind]}. A name that another one bears is refused (409) unless `distinct` is set.")
    def post(query: dict[str, Any], body: dict[str, Any]) -> Response:
        ref, more = _ref(body, kind), {"entity_id": body.get("id"), "announced": body.get("announced"), **query}
        return submit(lambda unit: _answer(create(unit, kind, ref, **more)))

    @feature.write(f"{root}/<entity>/names", kept, body=Names, query=DistinctQuery, problems=(409,))
    @_described("Give it further names or aliases. A name takes the place of that in its language, which stays as an alias.")
    def names(query: dict[str, Any], body: dict[str, Any], entity: str) -> Response:
        ref, announced = _ref(body, kind), body.get("announced")
        return submit(lambda unit: _answer(add_names(unit, kind, entity, ref, announced=announced, **query)))

    @feature.write(f"{root}/<entity>/identifiers", kept, body=Identifiers)
    @_described("Give it identifiers in other catalogues, one a scheme.")
    def identifiers(body: dict[str, Any], entity: str) -> Response:
        ref, announced = _ref(body, kind), body.get("announced")
        return submit(lambda unit: _answer(add_identifiers(unit, kind, entity, ref, announced=announced)))

    @feature.write(f"{root}/<entity>/merge", kept, body=Merge, problems=(409,))
    @_described("Merge it into another one that is the same. Its id stays alive and leads there (308); what was posted stays.")
    def post_merge(body: dict[str, Any], entity: str) -> Response:
        def command(unit: Unit) -> Answer:
            with _named_as_here({"loser": "entity", "winner": "into"}):
                return _answer(merge(unit, kind, entity, **body))

        return submit(command)

    @feature.write(f"{root}/<entity>/unmerge", kept, body=Reasoned)
    @_described("Undo its merge: it stands for itself again.")
    def post_unmerge(body: dict[str, Any], entity: str) -> Response:
        return submit(lambda unit: _answer(unmerge(unit, kind, entity, **body)))


@contextmanager
def _named_as_here(fields: Mapping[str, str]) -> Iterator[None]:
    """Have errors name the fields as this call does."""
    try:
        yield
    except AnnalsError as error:
        problems = (replace(problem, field=fields.get(problem.field, problem.field)) for problem in error.problems)
        raise type(error)(tuple(problems), error.extra) from None


def _described(summary: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Give a view that is made for each kind the summary that the document shows."""

    def describe(view: Callable[..., Response]) -> Callable[..., Response]:
        view.__doc__ = summary.replace(". ", ".\n\n", 1)
        return view

    return describe


def _history(seen: Look, kind: Kind, entity: str, query: dict[str, Any]) -> Json:
    about = names_for(seen.connection, [(kind, entity)], seen.reading)[kind, entity]
    wanted = FeedQuery(query["limit"], query.get("cursor"), as_of=seen.reading.as_of if "as_of" in query else None)
    try:
        events = feed(seen.connection, wanted.about(kind, entity), seen.reading, seen.ceiling)
    except NotFound:  # it was not known at the reading, so no event was either
        events = Page([], None)
    following = {"items": events.items, "next": next_page(events, query, "feed.read_feed")}
    return {
        kind: {"id": entity, "name": about["name"]},
        **echo(seen.reading),
        **_HISTORY[kind](seen.connection, entity, seen.reading),
        "events": following,
    }


def _organization_standing(connection: Connection, organization: str, reading: Reading) -> Json:
    state = organization_state(connection, organization, reading)
    return {"standing": {part: state[part] for part in ("holders", "on_leave", "reports", "vacant", "products")}}


def _person_standing(connection: Connection, person: str, reading: Reading) -> Json:
    return {"standing": person_standing(connection, person, reading), "succession": person_succession(connection, person, reading)}


_STANDING: dict[Kind, Callable[[Connection, str, Reading], Json]] = {
    "person": _person_standing,
    "organization": _organization_standing,
    "product": product_standing,
}
_HISTORY: dict[Kind, Callable[[Connection, str, Reading], Json]] = {
    "person": person_history,
    "organization": organization_history,
    "product": product_standing,
}


def _ref(body: dict[str, Any], kind: Kind) -> EntityRef:
    return given_ref(kind, *(body.get(member) for member in ("name", "aliases", "identifiers")))


def _answer(kept: Kept) -> Answer:
    entity = kept.entity
    body = {
        "kind": kept.kind,
        "id": kept.id,
        "name": display_name(entity.names, current_annals().settings.lang, kept.id),
        "names": dict(entity.names),
        "aliases": list(entity.aliases),
        "identifiers": dict(entity.identifiers),
        "merged_into": entity.merged_into,
        "merged": list(entity.absorbed),
        "outcome": kept.outcome,
    }
    return Answer(201 if kept.outcome == "registered" else 200, body)


FEATURES = tuple(make_feature(kind) for kind in KINDS)
