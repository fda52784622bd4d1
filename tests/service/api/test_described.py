"""The API keeps to its own description: requests that schemathesis makes from the document are answered as the document says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service import create_app
from service.ledger.keys import create, new_secret
from tests.service.api.support import API, NDJSON, departure, get, source
from tests.service.cli.support import EXAMPLE
from tests.service.conftest import ENGINES, Clock, new_database, opened
from tests.support.examples import a_part

SHARE = 10
"""A call is tried with a tenth of a profile's examples, of requests that its schemas allow and of others: there are many calls."""
LOOSE: list[Any] = [positive_data_acceptance]
"""Not asked for: a schema cannot say that a name has to be known, or that a source needs a title or an address."""
REFUSING = 40
"""The part of a profile's examples with which each call is tried by callers who may not: they are refused before anything is read."""
Places = Mapping[str, st.SearchStrategy[Any]]
DAYS = st.sampled_from(["2024-09-24", "2024-09-25", "2025-01-01"])
NAMES = st.sampled_from(["openai", "OpenAI", "mira-murati", "Mira Murati", "gpt-4o", "nobody"])
SENSIBLE: Places = {
    **dict.fromkeys(("as_of", "known_at", "effective", "announced", "since", "expected", "expected_return"), DAYS),
    **dict.fromkeys(("from", "to", "from_known_at", "to_known_at"), DAYS),
    **dict.fromkeys(("person", "organization", "product", "acquirer", "target", "speaker", "into", "id"), NAMES),
    **dict.fromkeys(("reason", "headline", "gist"), st.sampled_from(["other", "A word of explanation."])),
    "key": st.sampled_from(["chief-technology-officer", "CTO", "none"]),
    "name": st.sampled_from(["departure", "appointment", "nothing"]),
    "n": st.sampled_from([1, 2, 99]),
    "q": st.sampled_from(["murati", "社長", "gpt"]),
    "changes": st.just({"role": "CTO"}),
    "add": st.integers(1, 9).map(source),
    "sources": st.integers(1, 9).map(lambda number: [source(number)]),
    "events": st.just([departure()]),
}
"""Values that mean something by the names of members and parameters; what is drawn from a schema alone seldom does."""


@schemathesis.serializer(NDJSON)
def lines(_: Any, value: Any) -> bytes:
    """The lines of an import, which the document has as one text."""
    return str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application on a log with the example, once per engine."""
    home = tmp_path_factory.mktemp("described")
    with new_database(request, request.param, home) as url, opened(url, home, Clock()) as annals:
        found = create_app(annals)
        assert found.test_client().post(f"{API}/events/import", data=EXAMPLE.read_bytes(), content_type=NDJSON).data
        yield found


@st.composite
def sensible(draw: st.DrawFn, cases: st.SearchStrategy[Case[Any]], places: Places, mode: GenerationMode) -> Case[Any]:
    """A case, often with values that mean something in place of what the schema allows too, and of any addresses."""
    case = draw(cases)
    if not draw(st.integers(0, 3)):
        return case
    if mode is GenerationMode.POSITIVE:
        case.headers.clear()
    for values in (case.path_parameters, case.query, case.body) if mode is GenerationMode.POSITIVE else (case.path_parameters,):
        if isinstance(values, dict):
            values.pop("cursor", None)
            values.update((name, draw(places[name])) for name in sorted(places.keys() & values.keys()))
    return case


def modes(operation: APIOperation[Any, Any, Any, Any]) -> list[GenerationMode]:
    """How a call is tried: whatever stands in an import is lines, so nothing can be wrong with that as a whole."""
    return [GenerationMode.POSITIVE] if operation.path.endswith("/import") else list(GenerationMode)


def padded(value: Any) -> bool:
    """Whether a text in it has space around it: that is trimmed first, so it may be longer than its schema allows."""
    if isinstance(value, str):
        return value != value.strip()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(padded, inner))


def wrong(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, places: Places, seen: Counter[str]) -> str:
    """What is wrong with the answers of a call, as schemathesis says it, empty if nothing is; counts those that succeeded in `seen`."""

    @settings(
        max_examples=max(settings().max_examples // SHARE, 1), suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
    )
    @given(case=sensible(operation.as_strategy(generation_mode=mode), places, mode))
    def answered(case: Case[Any]) -> None:
        if mode is GenerationMode.NEGATIVE and padded(case.body):
            return
        response = case.call()
        seen[operation.label] += response.status_code < 300
        case.validate_response(response, excluded_checks=LOOSE)

    try:
        answered()
    except FailureGroup as found:
        return f"{operation.label}: {found.exceptions}"
    except Unsatisfiable:  # a call that takes nothing, or any text, cannot be asked wrongly
        return "" if mode is GenerationMode.NEGATIVE else f"{operation.label}: nothing can be asked of it"
    return ""


def test_the_api_answers_as_its_document_says(app: Any) -> None:
    """Programs are made from the document alone, and break at the first answer that it does not announce."""
    client = app.test_client()
    ids = [item["id"] for item in get(client, "/feed")["items"]]
    articles = [item["id"] for item in get(client, "/articles")["items"]]
    places = {**SENSIBLE, "event_id": st.sampled_from(ids), "article_id": st.sampled_from(articles), "entity": NAMES}
    seen: Counter[str] = Counter()

    made: Any = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app)
    calls = [operation.ok() for operation in made.get_all_operations()]
    found = [wrong(call, mode, places, seen) for call in calls for mode in modes(call)]

    assert not list(filter(None, found)), "\n\n".join(filter(None, found))
    assert len(+seen) > len(calls) / 3, sorted({call.label for call in calls} - (+seen).keys())


@pytest.fixture(scope="module", params=ENGINES)
def locked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """The application on a log that has keys and is open to nobody without one, and the secret of a key that may read; once per engine."""
    home, secret = tmp_path_factory.mktemp("locked"), new_secret()
    with new_database(request, request.param, home) as url, opened(url, home, Clock(), public_read="no", rate_limit="no") as annals:
        annals.write(lambda unit: create(unit, "reader", "read", secret))
        yield create_app(annals), secret


def answers(operation: APIOperation[Any, Any, Any, Any], headers: Mapping[str, str]) -> set[int]:
    """The statuses with which a call is answered to a caller with those headers alone; each answer must be as the document says."""
    found: set[int] = set()

    @settings(max_examples=a_part(REFUSING), suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def asked(case: Case[Any]) -> None:
        case.headers.pop("Authorization", None)
        case.headers.update(headers)
        response = case.call()
        found.add(response.status_code)
        case.validate_response(response, excluded_checks=LOOSE)

    asked()
    return found


def test_who_may_not_is_refused_as_the_document_says(locked: tuple[Any, str]) -> None:
    """A program that has no key, or one that is not enough, has to learn that from any call that it tries first."""
    app, secret = locked
    may_read = {"Authorization": f"Bearer {secret}"}
    made: Any = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app, headers=may_read)
    calls = [operation.ok() for operation in made.get_all_operations()]
    beyond = [call for call in calls if call.method.upper() != "GET" or call.path.startswith(f"{API}/keys")]

    assert {call.label: found for call in calls if (found := answers(call, {})) != {401}} == {}
    assert {call.label: found for call in beyond if (found := answers(call, may_read)) != {403}} == {}
    assert len(calls) > 50 and len(beyond) > 20
