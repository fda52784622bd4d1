"""Random small worlds for hypothesis: a few people, organizations and roles, and dates so near each other that the rules collide."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

Step = dict[str, Any]
"""`do` is post, again, or what is said later; `wait` the hours since the step before; `of` counts the events posted so far."""
Asked = dict[str, Any]

PEOPLE = ("ann", "bob", "eve")
MANAGER = "kay"
ORGANIZATIONS = ("acme", "zeta")
PRODUCT = "pod"
ROLES = ("CEO", "CTO", "Adviser")
BEGIN = datetime(2024, 1, 10, tzinfo=UTC)

DAYS = ("2024-01-01", "2024-01-15", "2024-01-31", "2024-02-01", "2024-03-01", "2024-04-20", "2024-05-02")
ROUGH = ("2024-01", "2024-02", "2024-02~", "2024-03?", "2024-33", "2024-21", "2024", "2024-01/2024-03", "2024-01-15/2024-02-01")
FAR = ("2019-06-01", "2019", "2023-24", "2023-10", "2024-09-01", "2025-01%")
OPEN = ("../2024-02-01", "2024-02-01/..")
MOMENTS = (
    "2019-06-01", "2023-12-01", "2024-01-01", "2024-01-15", "2024-01-20T12:00:00Z", "2024-02-01", "2024-02-01T09:00:00+09:00",
    "2024-03-01", "2024-05-02", "2024-08-01", "2025-06-01",
)  # fmt: skip
PUBLISHERS = ("Wire A", "Wire B", "Blog")
STATUSES = ("confirmed", "reported", "reported", "rumoured", "denied")

days = st.one_of(*map(st.sampled_from, (DAYS, DAYS, ROUGH, FAR, OPEN)))
announced = st.one_of(st.none(), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS))
people = st.sampled_from(PEOPLE[:1] * 3 + PEOPLE)
everybody = st.one_of(people, people, people, st.just(MANAGER))
organizations = st.sampled_from(ORGANIZATIONS[:1] * 4 + ORGANIZATIONS)
roles = st.sampled_from(ROLES[:1] * 2 + ROLES)
hours = st.sampled_from((0, 0, 1, 24, 24 * 20))
sources = st.builds(
    lambda publisher, published_at: {"title": "t", "publisher": publisher, **({"published_at": published_at} if published_at else {})},
    st.sampled_from(PUBLISHERS),
    st.one_of(st.none(), st.none(), st.sampled_from(MOMENTS)),
)

_TENURE = {"person": everybody, "organization": organizations}
_ROLE = {**_TENURE, "role": roles}
_PRODUCT = {"organization": organizations, "product": st.just(PRODUCT)}
_TYPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "appointment": (_ROLE, {"interim": st.booleans(), "from_role": roles}),
    "departure": (_TENURE, {"role": roles, "since": days}),
    "step_down": (_ROLE, {"since": days}),
    "role_change": ({**_TENURE, "to_role": roles}, {"from_role": roles}),
    "incumbency": (_ROLE, {"since": days}),
    "leave_of_absence": (_TENURE, {"expected_return": days}),
    "return_from_leave": (_TENURE, {}),
    "reporting_line": ({**_TENURE, "manager": st.sampled_from((*PEOPLE, MANAGER, None))}, {}),
    "product_announcement": (_PRODUCT, {"expected": days}),
    "product_delay": (_PRODUCT, {"expected": days}),
    "product_release": (_PRODUCT, {"version": st.sampled_from(("1", "2"))}),
    "product_discontinuation": (_PRODUCT, {}),
    "founding": ({"organization": organizations}, {}),
    "renaming": ({"organization": organizations, "new_name": st.sampled_from(("Beta", "Gamma"))}, {}),
}
_TENURE_TYPES = ("appointment", "appointment", "departure", "departure", "step_down", "incumbency", "role_change")


def _fields(name: str) -> st.SearchStrategy[Step]:
    required, optional = _TYPES[name]
    common = {"effective": days, "type": st.just(name)}
    return st.fixed_dictionaries({**common, **required}, optional=optional)


def _without_none(made: Step) -> Step:
    return {name: value for name, value in made.items() if value is not None or name == "manager"}


_kinds = st.one_of(st.sampled_from(_TENURE_TYPES), st.sampled_from(_TENURE_TYPES), st.sampled_from(sorted(_TYPES)))
_report = st.fixed_dictionaries(
    {"announced": announced, "status": st.sampled_from(STATUSES), "sources": st.lists(sources, min_size=1, max_size=2)}
).map(_without_none)
posts = st.builds(lambda fields, report: {"do": "post", "event": {**fields, **report}}, _kinds.flatmap(_fields), _report)

_changes = st.one_of(
    st.fixed_dictionaries({"effective": days}),
    st.fixed_dictionaries({"person": people}),
    st.fixed_dictionaries({"role": roles}),
    st.fixed_dictionaries({"since": st.one_of(st.none(), days)}),
    st.fixed_dictionaries({"organization": organizations}),
    st.fixed_dictionaries({"announced": st.sampled_from(MOMENTS)}),
)
_whose = {"of": st.integers(0, 11), "announced": announced}
later = st.one_of(
    st.fixed_dictionaries({"do": st.just("again"), "of": st.integers(0, 11), "report": _report, "since": st.one_of(st.none(), days)}),
    st.fixed_dictionaries({"do": st.just("correct"), **_whose, "changes": _changes}),
    st.fixed_dictionaries({"do": st.just("correct"), **_whose, "changes": _changes}),
    st.fixed_dictionaries({"do": st.just("retract"), **_whose}),
    st.fixed_dictionaries({"do": st.just("restore"), **_whose}),
    st.fixed_dictionaries({"do": st.just("status"), **_whose, "to": st.sampled_from(STATUSES)}),
    st.fixed_dictionaries({"do": st.just("source"), **_whose, "add": sources}),
    st.fixed_dictionaries({"do": st.just("unsource"), **_whose, "n": st.integers(1, 2)}),
    st.fixed_dictionaries({"do": st.just("merge"), "who": people, "into": people, "announced": announced}),
    st.fixed_dictionaries({"do": st.just("unmerge"), "who": people, "announced": announced}),
    st.fixed_dictionaries({"do": st.just("merge_organizations"), "announced": announced}),
)


def _timed(step: Step, wait: int) -> Step:
    return {**step, "wait": wait}


worlds: st.SearchStrategy[list[Step]] = st.builds(
    lambda told, said: [*told, *said],
    st.lists(st.builds(_timed, posts, hours), min_size=1, max_size=9),
    st.lists(st.builds(_timed, st.one_of(later, later, posts), hours), max_size=7),
)
"""Steps in the order in which they are recorded."""


def explicit(steps: list[Step]) -> list[Step]:
    """The same with an `announced` in every post that has none: without it, when a post was recorded is when it was announced."""
    told_of = {"post": "event", "again": "report"}
    names = [told_of.get(step["do"]) for step in steps]
    return [{**step, name: {"announced": MOMENTS[6], **step[name]}} if name else step for step, name in zip(steps, names, strict=True)]


_AS_OF = tuple(
    date.fromisoformat(day)
    for day in (
        "2019-05-31", "2019-07-01", "2023-11-15", "2023-12-31", "2024-01-01", "2024-01-14", "2024-01-15", "2024-01-20", "2024-01-31",
        "2024-02-01", "2024-02-15", "2024-03-01", "2024-03-20", "2024-04-20", "2024-05-02", "2024-07-01", "2024-12-31", "2025-03-01",
    )
)  # fmt: skip
questions: st.SearchStrategy[Asked] = st.fixed_dictionaries(
    {
        "organization": st.sampled_from(ORGANIZATIONS[:1] * 3 + ORGANIZATIONS),
        "person": everybody,
        "as_of": st.sampled_from(_AS_OF),
        "known_at": st.one_of(st.none(), st.sampled_from(MOMENTS[:-1]), st.integers(0, 24 * 90)),
        "clock": st.sampled_from(("public", "recorded")),
        "rumoured": st.booleans(),
    }
)
"""`known_at` is a moment, the hours after the beginning, or None for now."""
