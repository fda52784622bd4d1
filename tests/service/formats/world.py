"""Random histories of a small world, as lines of an import: events, what is said of them later, and merges."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
Fields = dict[str, st.SearchStrategy[Any]]
PEOPLE = ("Ann", "Bob", "Cid")
IDS = ("ann", "bob", "cid")
dates = st.sampled_from(["2020-01-10", "2020-04", "2020-07-15", "2021-23", "2021", "2021-06-01/2021-09-30", "2022-01-31", "../2021-01-01"])
moments = st.sampled_from(["2020-01-15", "2020-05-01", "2020-10-03T12:00:00Z", "2021-04-01", "2022-07-01", "2031-01-01"])
statuses = st.sampled_from(["confirmed", "reported", "rumoured", "denied"])
sources = st.fixed_dictionaries(
    {"title": st.sampled_from(["Memo", "Post", "Report"])},
    optional={"publisher": st.sampled_from(["X", "Y"]), "published_at": moments, "locator": st.sampled_from(["p. 1", "p. 2"])},
)
people, organizations, roles = st.sampled_from(PEOPLE), st.sampled_from(["Acme", "Bolt"]), st.sampled_from(["CEO", "CTO"])
who: Fields = {"person": people, "organization": organizations}
common: Fields = {"effective": dates, "status": statuses, "sources": st.lists(sources, min_size=1, max_size=2)}
TYPES: dict[str, tuple[Fields, Fields]] = {
    "appointment": ({**who, "role": roles}, {"interim": st.booleans(), "predecessor": people}),
    "incumbency": ({**who, "role": roles}, {"since": dates}),
    "step_down": ({**who, "role": roles}, {"since": dates, "successor": people}),
    "departure": (who, {"role": roles, "reason": st.sampled_from(["retired", "unknown"])}),
    "leave_of_absence": (who, {"expected_return": dates}),
    "return_from_leave": (who, {}),
    "reporting_line": ({**who, "manager": st.none() | people}, {}),
}
anew: Fields = {"distinct": st.booleans()}
posts = st.one_of([
    st.fixed_dictionaries({"type": st.just(name), **required, **common}, optional={**optional, "announced": moments, **anew})
    for name, (required, optional) in TYPES.items()
])  # fmt: skip
changes = st.one_of(
    st.fixed_dictionaries({"effective": dates}),
    st.fixed_dictionaries({"announced": moments}),
    st.fixed_dictionaries({"person": people}),
    st.fixed_dictionaries({"tags": st.just(["z"])}),
)
why: Fields = {"reason": st.just("so")}
kept = {"person": st.just("person")}


def said(number: int) -> st.SearchStrategy[Json]:
    """Something said later about one of the first `number` events."""
    about = st.integers(0, number).map("e{}".format)
    own = {"announced": moments}
    return st.one_of(
        st.fixed_dictionaries({"correct": about, "changes": changes, **why}, optional=own),
        st.fixed_dictionaries({"retract": about, **why}, optional=own),
        st.fixed_dictionaries({"restore": about}, optional=own),
        st.fixed_dictionaries({"status": about, "to": statuses}, optional=own),
        st.fixed_dictionaries({"source": about, "add": sources}, optional=own),
        st.fixed_dictionaries({"source": about, "remove": st.integers(1, 3)}, optional=own),
        st.fixed_dictionaries({"join": about, "into": about}, optional=own),
        st.fixed_dictionaries({"part": about, **why}, optional=own),
    )


ids = st.sampled_from(IDS)
keeping = st.one_of(
    st.fixed_dictionaries({"merge": st.just("person"), "loser": ids, "winner": ids}, optional={"announced": moments}),
    st.fixed_dictionaries({"unmerge": st.just("person"), "loser": ids}, optional={"announced": moments}),
    st.fixed_dictionaries({"names": st.just("person"), "id": ids, "aliases": st.just(["Kid"]), "distinct": st.just(True)}),
)


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> list[Json]:
    """Lines in the order of their recording; some of them make no sense and will be refused."""
    lines: list[Json] = []
    for number in range(draw(st.integers(1, most))):
        line = draw(st.one_of(posts, said(number), said(number), keeping) if number else posts)
        lines.append({**line, "ref": f"e{number}"} if "type" in line and draw(st.booleans()) else line)
    return lines
