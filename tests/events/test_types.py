"""The catalogue of event types: what every type must bring, and what each says of the world."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from events import types
from events.dates import PartialDate
from events.effects import Away, Back, Departs, Effect, Ends, Founded, Holds, Named, Observed, Phase, ReportsTo, Succeeds
from events.errors import Invalid, Problem
from events.fields import EntityRef, Language, problems
from events.names import slug
from events.roles import Role
from events.types import EventType, Facts, as_list, entity_field, event_type, event_types

# Every type with its fields; * marks those that are required.
CATALOGUE = """
appointment: person* organization* role* predecessor interim from_role
departure: person* organization* role since reason successor destination
step_down: person* organization* role* since reason successor
role_change: person* organization* from_role to_role*
incumbency: person* organization* role* since
leave_of_absence: person* organization* expected_return reason
return_from_leave: person* organization*
reporting_line: person* organization* manager*
product_announcement: organization* product* expected
product_release: organization* product* version audience
product_delay: organization* product* expected reason
product_discontinuation: organization* product*
founding: organization* founders
renaming: organization* new_name*
funding_round: organization* round amount currency investors
acquisition: acquirer* target* amount currency
partnership: organizations*
layoff: organization* headcount share
team_change: organization* team* change* lead
legal_action: parties* court outcome
bankruptcy: organization person
statement: speaker* gist* organization medium about in_reply_to
other: headline* people organizations products
"""
DETAIL = {"reason", "successor", "predecessor", "since", "amount", "currency", "expected", "expected_return", "outcome", "audience"}
COMMON = {"type", "effective", "announced", "status", "sources", "summary", "tags", "ref"}
DAY = PartialDate.parse("2024-09-25")
CTO, CEO = Role.of("CTO"), Role.of("CEO")
TYPES = list(event_types().values())
every_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.name))


def own(example: Mapping[str, Any]) -> dict[str, Any]:
    """A type's own fields of an example."""
    return {name: value for name, value in example.items() if name != "effective"}


def required_only(kind: EventType) -> dict[str, Any]:
    """The example's fields that cannot be left out."""
    kept = {name: value for name, value in own(kind.example).items() if kind.fields[name].required}
    return kept or own(kind.example)


def stored(kind: EventType, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the log keeps them: as JSON, with an id for every entity."""
    dumped: dict[str, Any] = kind.schema().dump(kind.schema().load(dict(given)))
    return {name: resolved(kind, name, value) for name, value in dumped.items()}


def resolved(kind: EventType, name: str, value: Any) -> Any:
    """A dumped value with ids in place of references."""
    if isinstance(value, list):
        return [resolved(kind, name, item) for item in value]
    if not isinstance(value, EntityRef):
        return value
    field = entity_field(kind.fields[name])
    found = slug(value.label)
    return {"kind": value.kinds[0], "id": found} if field and len(field.kinds) > 1 else found


def refused(kind: str, given: Mapping[str, Any], **options: Any) -> Problem:
    """The one problem with these fields."""
    with pytest.raises(ValidationError) as caught:
        event_type(kind).schema().load(dict(given), **options)
    (problem,) = problems(caught.value, given)
    return problem


def effects_of(kind: str, fields: Mapping[str, Any]) -> list[Effect]:
    """What an event of that kind does on the day."""
    return list(event_type(kind).effects(Facts(fields, DAY)))


def test_the_catalogue_is_whole() -> None:
    """Clients rely on every type and field by name, so that none may go or change by accident."""
    listed = dict(line.split(": ") for line in CATALOGUE.strip().splitlines())
    found = {kind.name: " ".join(name + "*" * field.required for name, field in kind.fields.items()) for kind in TYPES}
    assert found == dict(sorted(listed.items()))


@every_type
def test_a_type_is_called_as_its_module(kind: EventType) -> None:
    """Whoever looks for a type must find its file by its name."""
    module = sys.modules[f"events.types.{kind.name}"]
    assert (module.TYPE, kind.schema) == (kind, module.Fields)


@every_type
def test_a_type_describes_itself(kind: EventType) -> None:
    """Catalogue, forms and pages show these words in both languages."""
    assert all(text.strip() for text in (*kind.label, *kind.headline, kind.icon))
    assert not kind.label[1].isascii()
    module = sys.modules[kind.schema.__module__]
    assert all((module.__doc__, kind.schema.__doc__, kind.effects.__doc__))


def test_no_two_types_look_alike() -> None:
    """A reader tells types apart by label and icon."""
    assert len({kind.icon for kind in TYPES}) == len({kind.label for kind in TYPES}) == len(TYPES)
    assert {kind.group for kind in TYPES} == {"people", "products", "company", "words"}


@every_type
def test_identity_is_made_of_fields_and_not_of_detail(kind: EventType) -> None:
    """Two sources differ in detail about one event; were detail part of its identity, it would be recorded twice."""
    assert kind.identity
    assert set(kind.identity) <= set(kind.fields)
    assert not set(kind.identity) & DETAIL
    assert not set(kind.fields) & COMMON


@every_type
def test_the_example_is_valid_and_can_be_stored(kind: EventType) -> None:
    """The example is what a newcomer posts first, and what is stored must read as itself for ever."""
    kept = stored(kind, own(kind.example))
    assert PartialDate.parse(kind.example["effective"]).text == kind.example["effective"]
    assert set(kept) == set(own(kind.example))
    assert stored(kind, json.loads(json.dumps(kept))) == kept


@every_type
def test_the_example_fits_the_published_schema(kind: EventType) -> None:
    """Clients check their events against the JSON Schema before they post them, as given and as stored."""
    spec = APISpec("events", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=lambda _: kind.name)])
    spec.components.schema(kind.name, schema=kind.schema)
    schema = {**spec.to_dict()["components"]["schemas"][kind.name], "additionalProperties": False}
    Draft202012Validator.check_schema(schema)
    for fields in (own(kind.example), stored(kind, own(kind.example)), required_only(kind)):
        assert not [error.message for error in Draft202012Validator(schema).iter_errors(fields)]
    assert all(part for part in schema["properties"].values())


@every_type
def test_effects_are_of_the_algebra(kind: EventType) -> None:
    """The fold knows these effects and nothing else, with all fields of the example and with the required ones alone."""
    for fields in (own(kind.example), required_only(kind)):
        assert all(isinstance(effect, Effect) for effect in kind.effects(Facts(stored(kind, fields), DAY)))


@every_type
def test_every_entity_of_an_event_is_found(kind: EventType) -> None:
    """What is not found here appears on nobody's page and is not renamed by a merge."""
    kept = stored(kind, own(kind.example))
    expected = [name for name, field in kind.fields.items() if entity_field(field) for _ in as_list(kept.get(name))]
    assert [name for name, _, _ in kind.entities(kept)] == expected


P, CO, X = "mira", "openai", "xai"
PO = {"person": P, "organization": CO}
GPT = {"organization": CO, "product": "gpt"}


@pytest.mark.parametrize(
    ("kind", "fields", "effects"),
    [
        ("appointment", {**PO, "role": "CTO"}, [Holds(P, CO, CTO, DAY)]),
        (
            "appointment",
            {**PO, "role": "CTO", "interim": True, "from_role": "CEO", "predecessor": "greg"},
            [Holds(P, CO, CTO, DAY, True), Ends(P, CO, CEO, DAY), Succeeds(CO, CTO, "greg", P)],
        ),
        ("departure", PO, [Departs(P, CO, DAY)]),
        ("departure", {**PO, "successor": "mark", "destination": X}, [Departs(P, CO, DAY)]),
        (
            "departure",
            {**PO, "role": "CTO", "since": "2018", "successor": "mark"},
            [Departs(P, CO, DAY, CTO, PartialDate.parse("2018")), Succeeds(CO, CTO, P, "mark")],
        ),
        ("step_down", {**PO, "role": "CTO"}, [Ends(P, CO, CTO, DAY)]),
        (
            "step_down",
            {**PO, "role": "CTO", "since": "2018", "successor": "mark"},
            [Ends(P, CO, CTO, DAY, PartialDate.parse("2018")), Succeeds(CO, CTO, P, "mark")],
        ),
        ("role_change", {**PO, "to_role": "CEO"}, [Holds(P, CO, CEO, DAY)]),
        ("role_change", {**PO, "from_role": "CTO", "to_role": "CEO"}, [Ends(P, CO, CTO, DAY), Holds(P, CO, CEO, DAY)]),
        ("incumbency", {**PO, "role": "CTO"}, [Observed(P, CO, CTO, DAY)]),
        ("incumbency", {**PO, "role": "CTO", "since": "2018"}, [Observed(P, CO, CTO, DAY, PartialDate.parse("2018"))]),
        ("leave_of_absence", {**PO, "reason": "illness"}, [Away(P, CO, DAY)]),
        ("leave_of_absence", {**PO, "expected_return": "2024-12~"}, [Away(P, CO, DAY, PartialDate.parse("2024-12~"))]),
        ("return_from_leave", PO, [Back(P, CO, DAY)]),
        ("reporting_line", {**PO, "manager": "sam"}, [ReportsTo(P, CO, "sam", DAY)]),
        ("reporting_line", {**PO, "manager": None}, [ReportsTo(P, CO, None, DAY)]),
        ("product_announcement", {**GPT, "expected": "2025"}, [Phase("gpt", CO, "announced", DAY, PartialDate.parse("2025"))]),
        ("product_delay", {**GPT, "expected": "2025"}, [Phase("gpt", CO, "delayed", DAY, PartialDate.parse("2025"))]),
        ("product_release", {**GPT, "version": "5"}, [Phase("gpt", CO, "released", DAY, None, "5")]),
        ("product_release", GPT, [Phase("gpt", CO, "released", DAY)]),
        ("product_discontinuation", GPT, [Phase("gpt", CO, "discontinued", DAY)]),
        ("founding", {"organization": CO, "founders": [{"kind": "person", "id": "sam"}]}, [Founded(CO, DAY)]),
        ("renaming", {"organization": CO, "new_name": {"ja": "新", "en": "New"}}, [Named(CO, (("en", "New"), ("ja", "新")), DAY)]),
        ("bankruptcy", {"organization": CO}, []),
    ],
)
def test_what_a_type_does_to_the_world(kind: str, fields: dict[str, Any], effects: list[Effect]) -> None:
    """State follows from these effects alone, so each must say all that its event says and nothing more."""
    assert effects_of(kind, fields) == effects


@pytest.mark.parametrize(
    ("kind", "fields", "entities"),
    [
        ("reporting_line", {**PO, "manager": None}, [("person", "person", P), ("organization", "organization", CO)]),
        ("acquisition", {"acquirer": CO, "target": X}, [("acquirer", "organization", CO), ("target", "organization", X)]),
        ("partnership", {"organizations": [CO, X]}, [("organizations", "organization", CO), ("organizations", "organization", X)]),
        (
            "legal_action",
            {"parties": [{"kind": "person", "id": "elon"}, {"kind": "organization", "id": CO}], "court": "c"},
            [("parties", "person", "elon"), ("parties", "organization", CO)],
        ),
        (
            "statement",
            {"speaker": {"kind": "organization", "id": CO}, "gist": "g", "about": [{"kind": "product", "id": "gpt"}]},
            [("speaker", "organization", CO), ("about", "product", "gpt")],
        ),
        ("other", {"headline": "h", "products": ["gpt"]}, [("products", "product", "gpt")]),
    ],
)
def test_entities_are_read_from_every_stored_form(kind: str, fields: dict[str, Any], entities: list[tuple[str, str, str]]) -> None:
    """One kind or several, alone, in a list or null: an entity must be found in all of them."""
    assert list(event_type(kind).entities(fields)) == entities


def test_an_entity_of_several_kinds_is_read_by_its_id() -> None:
    """Effects take ids, in whichever form the field is stored."""
    facts = Facts({"speaker": {"kind": "person", "id": P}, "organization": CO, "about": None}, DAY)
    assert [facts["speaker"], facts.entity("organization"), facts.entity("about"), facts.role()] == [P, CO, None, None]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("appointment", {**PO, "role": "CTO"}, {**PO, "role": "Chief Technology Officer", "interim": True}),
        ("partnership", {"organizations": [CO, X]}, {"organizations": [X, CO, X]}),
        (
            "statement",
            {"speaker": {"kind": "person", "id": P}, "gist": "I leave."},
            {"speaker": {"id": P, "kind": "person"}, "gist": "I  leave"},
        ),
        (
            "funding_round",
            {"organization": CO, "round": "Series A"},
            {"organization": CO, "round": "series a", "amount": "5", "currency": "USD"},
        ),
        ("product_release", {**GPT, "version": "1.0-RC1"}, {**GPT, "version": "1.0-rc1", "audience": "all"}),
        ("bankruptcy", {"organization": CO}, {"organization": CO, "person": None}),
    ],
)
def test_two_reports_of_one_event_are_one_event(kind: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Sources spell and detail differently what is the same; it must not be counted twice."""
    assert event_type(kind).identity_text(one, "2024") == event_type(kind).identity_text(other, "2024")


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("departure", {**PO, "role": "CTO"}, PO),
        ("reporting_line", {**PO, "manager": "sam"}, {**PO, "manager": None}),
        ("product_release", {**GPT, "version": "1.1-1"}, {**GPT, "version": "1.11"}),
        ("team_change", {"organization": CO, "team": "A", "change": "formed"}, {"organization": CO, "team": "A", "change": "dissolved"}),
        ("legal_action", {"parties": [{"kind": "person", "id": P}]}, {"parties": [{"kind": "organization", "id": P}]}),
        ("acquisition", {"acquirer": CO, "target": X}, {"acquirer": X, "target": CO}),
    ],
)
def test_two_events_stay_two(kind: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """An event taken for another is lost."""
    assert event_type(kind).identity_text(one, "2024") != event_type(kind).identity_text(other, "2024")


def test_the_day_and_the_type_are_part_of_the_identity() -> None:
    """Leaving twice is two events, and so is leaving and coming."""
    texts = {event_type(kind).identity_text(PO, day) for kind in ("departure", "return_from_leave") for day in ("2023", "2024")}
    assert len(texts) == 4


def test_an_event_id_follows_from_the_identity() -> None:
    """Two writers of one event must come to one id; a number sets apart what was moved away by a correction."""
    kind = event_type("departure")
    first, again, second = kind.event_id("x"), kind.event_id("x", 1), kind.event_id("x", 2)
    assert (first, isinstance(first, UUID)) == (again, True)
    assert second not in (first, kind.event_id("y"))


@pytest.mark.parametrize(
    ("kind", "fields", "field", "said"),
    [
        ("bankruptcy", {}, "organization", "an `organization` or a `person` is required"),
        ("bankruptcy", {"organization": "FTX", "person": {"name": "Sam"}}, "person", "`organization` 'FTX' or of the `person` 'Sam', not"),
        ("partnership", {"organizations": ["A", "A"]}, "organizations", "['A', 'A'] is not a list of 2 to 100 different"),
        ("legal_action", {"parties": []}, "parties", "[] is not a list of 1"),
        ("funding_round", {"organization": "A", "amount": 5}, "currency", "the `amount` '5' needs"),
        ("acquisition", {"acquirer": "A", "target": "B", "currency": "USD"}, "amount", "the `currency` 'USD' needs"),
        ("reporting_line", {"person": "A", "organization": "B"}, "manager", "`manager`: required, and null where"),
        ("layoff", {"organization": "A", "share": "50%"}, "share", "'50%' is not a percentage"),
        ("step_down", {"person": "A", "organization": "B"}, "role", "`role` is required"),
        ("team_change", {"organization": "A", "team": "T", "change": "split"}, "change", "'split' is not one of formed, merged, dissolved"),
        ("leave_of_absence", {**PO, "reason": "bored"}, "reason", "'bored' is not one of death, illness"),
    ],
)
def test_what_a_type_does_not_take(kind: str, fields: dict[str, Any], field: str, said: str) -> None:
    """Half a fact is worse than none, and the answer must say which half is missing."""
    problem = refused(kind, fields)
    assert problem.field == field
    assert said in problem.message


@pytest.mark.parametrize("kind", ["bankruptcy", "funding_round", "acquisition"])
def test_a_correction_need_not_repeat_the_event(kind: str) -> None:
    """A correction sends changed fields alone, and rules about the whole must let it."""
    change = {"amount": "7"} if "amount" in event_type(kind).fields else {}
    assert event_type(kind).schema().load(change, partial=True) is not None


def test_reporting_to_nobody_survives_storing() -> None:
    """Null says that there is no manager; left out, it would say nothing."""
    assert stored(event_type("reporting_line"), {**PO, "manager": None}) == {**PO, "manager": None}


def test_one_subject_needs_no_list() -> None:
    """Most statements are about one thing."""
    kept = stored(event_type("statement"), {"speaker": "Sam", "gist": "g", "about": {"kind": "product", "name": "o1"}})
    assert kept["about"] == [{"kind": "product", "id": "o1"}]


@pytest.mark.parametrize(
    ("name", "said"),
    [("departur", "did you mean 'departure'?"), ("zzz", "'zzz' is not a type of event"), (None, "None is not"), (["x"], "['x'] is not")],
)
def test_an_unknown_type_is_answered_with_the_known_ones(name: Any, said: str) -> None:
    """A typing error in the type is the first that a newcomer makes."""
    with pytest.raises(Invalid) as caught:
        event_type(name)
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("type", name)
    assert said in problem.message
    assert "appointment, bankruptcy" in problem.expected


SIGHTING = '''
"""A sighting."""
from marshmallow import Schema
from events.fields import Entity, Language
from events.types import EventType

class Fields(Schema):
    """What a sighting says."""
    person = Entity("person", required=True)
    language = Language()

TYPE = EventType("sighting", "words", "eye", ("Sighting", "目撃"), Fields, ("person", "language"), ("{person}", "{person}"),
    {"person": "A", "effective": "2024"})
'''


@pytest.fixture
def dropped_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A module put into the package, and taken out again."""
    (tmp_path / "sighting.py").write_text(SIGHTING, encoding="utf-8")
    monkeypatch.setattr(types, "__path__", [*types.__path__, str(tmp_path)])
    event_types.cache_clear()
    yield
    sys.modules.pop("events.types.sighting", None)
    vars(types).pop("sighting", None)
    event_types.cache_clear()


@pytest.mark.usefixtures("dropped_in")
def test_adding_a_type_is_adding_a_module() -> None:
    """Whoever adds a type must not have to find the other places that list types, for there are none."""
    kind = event_type("sighting")
    assert set(event_types()) == {known.name for known in TYPES} | {"sighting"}
    assert isinstance(kind.fields["language"], Language)
    assert list(kind.effects(Facts({"person": P}, DAY))) == []
    assert kind.identity_text({"person": P, "language": "ja"}, "2024") == '["sighting","2024","mira","ja"]'


def test_the_catalogue_is_sorted_and_read_once() -> None:
    """Lists that show it must not change their order from one start to the next."""
    assert list(event_types()) == sorted(event_types())
    assert event_types() is event_types()
