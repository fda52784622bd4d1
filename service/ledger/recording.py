"""Recording what a post says: as a new event, or as a further report of one that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from events.articles import ArticleRegistered, article_id, article_of
from events.effects import Named
from events.errors import AnnalsError, Conflict
from events.event import EventCorroborated, EventRecorded, EventRetracted, Posted, Version
from events.moments import Moment, rfc3339
from events.names import match_key
from events.posting import Post, stored_fields
from events.refs import EntityRef
from events.submission import RefClaimed, ref_id
from events.types import Facts
from service.ledger.naming import Naming, Registered, bearers_of, call, winner_of
from service.ledger.slots import chain, content, current, hold, identifying, identities, logged, moment_of, standing_for, with_ids
from service.ledger.unit import Unit

Outcome = Literal[
    "recorded", "corroborated", "corrected", "retracted", "restored", "status_changed", "source_added", "source_removed", "joined",
    "parted", "unchanged",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a post or a later entry, and the entities that came into being with it."""

    unit: Unit = field(repr=False, compare=False)
    event_id: UUID
    outcome: Outcome
    registered: tuple[Registered, ...] = ()

    @property
    def version(self) -> Version:
        """The event as it is now, with its `announced` resolved."""
        version = current(self.unit, self.event_id)
        assert version is not None
        return version


def record(unit: Unit, post: Post, *, caller: str | None = None, strict: bool = False, distinct: bool = False) -> Recorded:
    """Record a post, or add what it brings to the event that it tells of again.

    `caller` owns the post's `ref`. `strict` refuses unknown names; `distinct` records anew what was retracted. Raises
    `Conflict` for what was retracted and for a `ref` that stands for another event, `Ambiguous` and `Invalid` for names.
    """
    naming = Naming(unit, strict=strict)
    fields = stored_fields(post.type, post.fields, naming.resolve, naming.read_as)
    found = chain(unit, post.type, fields, post.effective.text)
    if found.live is None and found.retracted is not None and not distinct:
        raise _retracted(unit, found.retracted)
    fields = _of_event(unit, post, fields, found.live, naming)
    event_id = found.live or found.free
    if post.ref is not None:
        _claim_ref(unit, caller, post.ref, event_id)
    entry = unit.draft(EventRecorded if found.live is None else EventCorroborated, event_id, **_content(post, fields))
    registered = naming.write(moment_of(unit, entry), event_id) if naming.brings else ()
    outcome = _outcome(unit, entry)
    if outcome != "unchanged":
        _claim_new_names(unit, post, fields, entry)
        unit.put(entry)
        register_articles(unit, post.sources)
    if outcome == "recorded":
        hold(unit, post.type, event_id, identities(unit, post.type, fields, post.effective.text)[1:])
    return Recorded(unit, event_id, outcome, registered)


def _of_event(unit: Unit, post: Post, fields: dict[str, Any], event_id: UUID | None, naming: Naming) -> dict[str, Any]:
    """The fields of a post: in a report of an event that is there a name means whom that is about, where merges made them the same."""
    version = current(unit, event_id) if event_id is not None else None
    if version is None:
        return fields
    own = identifying(post.type, version.fields)
    return with_ids(post.type, fields, {one: naming.means(one, own)[1] for one in identifying(post.type, fields)})


def _claim_new_names(unit: Unit, post: Post, fields: Mapping[str, Any], entry: Posted) -> None:
    """Have an organization found by the name that it is given, from when that is public, unless somebody else bears it."""
    for effect in post.type.effects(Facts(fields, post.effective)):
        if isinstance(effect, Named):
            own = {effect.organization, winner_of(unit, "organization", effect.organization)}
            free = tuple(name for _, name in effect.name if own.issuperset(bearers_of(unit, "organization", match_key(name))))
            ref = EntityRef(("organization",), aliases=free)
            call(unit, "organization", effect.organization, ref, moment_of(unit, entry), entry.originator_id)


def likely_id(unit: Unit, post: Post) -> UUID | None:
    """The id under which the post will be looked for first, if its names are to mean then what they mean now."""
    try:
        naming = Naming(unit)
        fields = stored_fields(post.type, post.fields, naming.resolve, naming.read_as)
    except AnnalsError:
        return None
    return post.type.event_id(post.type.identity_text(fields, post.effective.text))


def register_articles(unit: Unit, sources: Iterable[Mapping[str, Any]]) -> None:
    """Register the articles that the sources cite, where no event has cited them yet."""
    for source in sources:
        aggregate = article_id(source)
        if not unit.entries(aggregate):
            unit.add(ArticleRegistered, aggregate, article=article_of(source))


def _content(post: Post, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": post.type.name,
        "fields": fields,
        "effective": post.effective.text,
        "announced": post.announced.text if post.announced else None,
        "status": post.status,
        "sources": [dict(source) for source in post.sources],
        "summary": dict(post.summary),
        "tags": list(post.tags),
        "ref": post.ref,
    }


def _outcome(unit: Unit, entry: Posted) -> Outcome:
    """What the report makes of the event: a further one that says nothing new leaves it unchanged."""
    before = current(unit, entry.originator_id)
    if before is None:
        return "recorded"
    if entry.announced is not None and Moment.parse(entry.announced).at < Moment.parse(before.announced).at:
        return "corroborated"
    after = content(unit, entry.originator_id, entry)
    same = replace(after, number=before.number, ref=before.ref, announced=before.announced) == before
    return "unchanged" if same else "corroborated"


def _retracted(unit: Unit, event_id: UUID) -> AnnalsError:
    retraction = next(entry for entry in reversed(unit.entries(event_id)) if isinstance(entry, EventRetracted))
    when = retraction.announced or rfc3339(logged([retraction])[0].recorded_at)
    message = f"this event was recorded as {event_id} and retracted on {when}: {retraction.reason or 'no reason was given'}"
    expected = "restore that event, or post with distinct=true to record another one"
    return Conflict.of("", None, message, expected, event=str(event_id), reason=retraction.reason, retracted_at=when)


def _claim_ref(unit: Unit, caller: str | None, ref: str, event_id: UUID) -> None:
    held = unit.entries(ref_id(caller, ref))
    if not held:
        unit.add(RefClaimed, ref_id(caller, ref), ref=ref, event=event_id)
    elif isinstance(held[0], RefClaimed) and standing_for(unit, held[0].event) != event_id:
        message = f"the ref {ref!r} already stands for the event {held[0].event}, which is another than this one"
        raise Conflict.of("ref", ref, message, "another ref, or a correction of that event", event=str(held[0].event))
