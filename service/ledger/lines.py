"""What a line of an import may say: an event, something later about one, or the keeping of an entity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from marshmallow import Schema, fields
from marshmallow.fields import Field, Raw

from events.articles import article_id
from events.dates import quote
from events.entities import entity_aggregate, name_aggregate
from events.errors import AnnalsError, Invalid
from events.fields import Choice, Count, Flag, MomentText, Text
from events.names import is_id, match_key
from events.posting import Post, load, load_post
from events.refs import KINDS, EntityRef, Kind
from events.submission import ref_id
from service.jsontext import read_json
from service.ledger.entities import Kept, add_identifiers, add_names, call_by, create, given_ref, merge, unmerge
from service.ledger.joining import join, part
from service.ledger.lifecycle import Target, add_source, change_status, correct, remove_source, restore, retract
from service.ledger.naming import names_in
from service.ledger.recording import Recorded, record
from service.ledger.unit import Unit
from service.settings import MOST_LINE_BYTES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a line other than an event says, and who says it."""

    data: Mapping[str, Any]
    caller: str | None
    strict: bool

    def target(self, verb: str) -> Target:
        """The event that the line is about."""
        return Target(self.data[verb], self.caller)

    @property
    def why(self) -> Json:
        """The `reason` and `announced` that any such line may have."""
        return {"reason": self.data.get("reason"), "announced": self.data.get("announced")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was read: its number from 1, what it does in a unit, the aggregates that it will surely look at, and its post."""

    number: int
    act: Callable[[Unit], Json]
    reads: tuple[UUID, ...] = ()
    post: Post | None = None


def read_line(number: int, content: bytes, *, caller: str | None, strict: bool) -> Line:
    """The line, understood as far as it can be without the log; one that cannot be raises when it acts."""
    try:
        data = _json(content)
        if "type" in data or not (verb := next((verb for verb in VERBS if verb in data), "")):
            post, distinct = load_post({name: data[name] for name in data if name != "distinct"}), _distinct(data)
            how: Json = {"caller": caller, "strict": strict, "distinct": distinct}
            return Line(number, lambda unit: _recorded(record(unit, post, **how)), tuple(_reads(post, caller)), post)
        schema, act = VERBS[verb]
        said = Said(load(schema, data), caller, strict)
        return Line(number, lambda unit: act(unit, said))
    except AnnalsError as error:
        refused = error
        return Line(number, lambda _: _raise(refused))


def _raise(error: AnnalsError) -> NoReturn:
    raise error


def _json(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_LINE_BYTES:
        message = f"the line has {len(content)} bytes, at most {MOST_LINE_BYTES} are read"
        raise Invalid.of("", None, message, f"a line of at most {MOST_LINE_BYTES} bytes")
    data = read_json(content, "the line")
    if not isinstance(data, Mapping):
        raise Invalid.of("", data, "the line is no JSON object", '{"type": "departure", "person": …}')
    return data


def _distinct(data: Mapping[str, Any]) -> bool:
    """Whether a post is to be another event than the retracted one that it equals."""
    given = data.get("distinct", False)
    if not isinstance(given, bool):
        raise Invalid.of("distinct", given, f"{quote(given)} is not true or false", "true or false")
    return given


def _reads(post: Post, caller: str | None) -> Iterator[UUID]:
    if post.ref is not None:
        yield ref_id(caller, post.ref)
    for source in post.sources:
        yield article_id(source)
    for value in post.fields.values():
        for ref in value if isinstance(value, list) else (value,):
            if isinstance(ref, EntityRef):
                yield from _reads_of(ref)


def _reads_of(ref: EntityRef) -> Iterator[UUID]:
    for kind in ref.kinds:
        if ref.text is not None and is_id(ref.text):
            yield entity_aggregate(kind, ref.text)
        for name in names_in(ref):
            yield name_aggregate(kind, match_key(name))


def _recorded(done: Recorded) -> Json:
    outcome: Json = {"id": str(done.event_id), "outcome": done.outcome}
    if done.registered:
        outcome["registered"] = [{"kind": new.kind, "id": new.id, "name": new.name} for new in done.registered]
    return outcome


def _kept(done: Kept) -> Json:
    return {"id": done.id, "outcome": done.outcome}


def _correct(unit: Unit, said: Said) -> Json:
    return _recorded(correct(unit, said.target("correct"), said.data["changes"], **said.why, strict=said.strict))


def _retract(unit: Unit, said: Said) -> Json:
    return _recorded(retract(unit, said.target("retract"), **said.why))


def _restore(unit: Unit, said: Said) -> Json:
    return _recorded(restore(unit, said.target("restore"), **said.why))


def _status(unit: Unit, said: Said) -> Json:
    return _recorded(change_status(unit, said.target("status"), said.data["to"], **said.why))


def _source(unit: Unit, said: Said) -> Json:
    if ("add" in said.data) == ("remove" in said.data):
        raise Invalid.of("add", None, "a source is either to `add` or, by its number, to `remove`", "one of the two")
    if "remove" in said.data:
        return _recorded(remove_source(unit, said.target("source"), said.data["remove"], **said.why))
    return _recorded(add_source(unit, said.target("source"), said.data["add"], **said.why))


def _join(unit: Unit, said: Said) -> Json:
    return _recorded(join(unit, said.target("join"), said.data["into"], **said.why))


def _part(unit: Unit, said: Said) -> Json:
    return _recorded(part(unit, said.target("part"), **said.why))


def _entity(unit: Unit, said: Said) -> Json:
    kind, announced, event = said.data["entity"], said.data.get("announced"), said.data.get("event")
    return _kept(create(unit, kind, _ref(kind, said), entity_id=said.data.get("id"), announced=announced, event=event))


def _names(unit: Unit, said: Said) -> Json:
    kind, entity, ref = said.data["names"], said.data["id"], _ref(said.data["names"], said)
    announced, distinct, event = said.data.get("announced"), said.data.get("distinct", False), said.data.get("event")
    if event is not None:
        return _kept(call_by(unit, kind, entity, ref, event, announced=announced))
    named = add_names(unit, kind, entity, ref, distinct=distinct, announced=announced)
    identified = add_identifiers(unit, kind, entity, ref, announced=announced)
    return _kept(identified if named.outcome == "unchanged" else named)


def _merge(unit: Unit, said: Said) -> Json:
    return _kept(merge(unit, said.data["merge"], said.data["loser"], said.data["winner"], **said.why))


def _unmerge(unit: Unit, said: Said) -> Json:
    return _kept(unmerge(unit, said.data["unmerge"], said.data["loser"], **said.why))


def _ref(kind: Kind, said: Said) -> EntityRef:
    return given_ref(kind, *(said.data.get(member) for member in ("name", "aliases", "identifiers")))


def _schema(**members: Field[Any]) -> Schema:
    return Schema.from_dict({**members, "announced": MomentText()}, name="Line")()


_ID, _JSON, _OPTIONAL, _REASON = Text(most=200, required=True), Raw(required=True), Raw(), Text(most=2000)
_EVENT = fields.UUID()
_KIND = Choice({kind: (kind, kind) for kind in KINDS}, required=True)
VERBS: Mapping[str, tuple[Schema, Callable[[Unit, Said], Json]]] = {
    "correct": (_schema(correct=_ID, changes=_JSON, reason=_REASON), _correct),
    "retract": (_schema(retract=_ID, reason=_REASON), _retract),
    "restore": (_schema(restore=_ID, reason=_REASON), _restore),
    "status": (_schema(status=_ID, to=Text(required=True), reason=_REASON), _status),
    "source": (_schema(source=_ID, add=_OPTIONAL, remove=Count(), reason=_REASON), _source),
    "join": (_schema(join=_ID, into=_ID, reason=_REASON), _join),
    "part": (_schema(part=_ID, reason=_REASON), _part),
    "entity": (
        _schema(entity=_KIND, id=Text(most=200), name=_JSON, aliases=_OPTIONAL, identifiers=_OPTIONAL, event=_EVENT),
        _entity,
    ),
    "names": (
        _schema(names=_KIND, id=_ID, name=_OPTIONAL, aliases=_OPTIONAL, identifiers=_OPTIONAL, distinct=Flag(), event=_EVENT),
        _names,
    ),
    "merge": (_schema(merge=_KIND, loser=_ID, winner=_ID, reason=_REASON), _merge),
    "unmerge": (_schema(unmerge=_KIND, loser=_ID, reason=_REASON), _unmerge),
}
"""The lines that are no events, each known by its first member; all of them as an export writes them."""
