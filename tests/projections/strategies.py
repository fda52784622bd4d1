"""What tests of the fold are given: reports told in a few words each, and random ones.

A telling is a verb, a role where the verb takes one (`-` for none) and a date, then any of `since=`, `back=`, `manager=`,
`announced=`, `status=`, `publishers=`, `interim`; the first of several tellings is event `e1`, the next `e2`.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from events.dates import PartialDate
from events.effects import Away, Back, Departs, Effect, Ends, Holds, Observed, ReportsTo
from events.event import STATUSES
from events.moments import Moment
from events.roles import Role
from projections.claims import Report

PEOPLE = ("ann", "bob")
ORGANIZATIONS = ("acme", "bolt")
ROLES = (Role.of("CEO"), Role.of("CTO"), Role.of("adviser"))
DAYS = range(PartialDate.parse("2019-12-01").first, PartialDate.parse("2023-02-01").first)


def day(text: str) -> int:
    """The ordinal of a day."""
    return PartialDate.parse(text).first


def told(*tellings: str, person: str = "ann", organization: str = "acme") -> list[Report]:
    """The tellings as reports, one effect each; announced on the first day of their date unless they say otherwise."""
    return [_report(f"e{number}", telling, person, organization) for number, telling in enumerate(tellings, 1)]


def _report(event_id: str, telling: str, person: str, organization: str) -> Report:
    words = [word for word in telling.split() if "=" not in word]
    said = dict(word.split("=") for word in telling.split() if "=" in word)
    date = PartialDate.parse(words[2 if words[0] in _WITH_ROLE else 1])
    announced = Moment.parse(said.get("announced") or (date.earliest.isoformat() if date.earliest else "2000-01-01"))
    effect = _effect(words, said, date, person, organization)
    return Report(event_id, announced.at, said.get("status", "reported"), int(said.get("publishers", 1)), (effect,))


_WITH_ROLE = ("holds", "seen", "ends", "departs")


def _effect(words: Sequence[str], said: dict[str, str], date: PartialDate, person: str, organization: str) -> Effect:
    role = Role.of(words[1]) if words[0] in _WITH_ROLE and words[1] != "-" else None
    since, back = (PartialDate.parse(said[name]) if name in said else None for name in ("since", "back"))
    who = person, organization
    made: dict[str, Effect] = {
        "away": Away(*who, date, back),
        "back": Back(*who, date),
        "reports": ReportsTo(*who, said.get("manager"), date),
        "departs": Departs(*who, date, role, since),
    }
    if role is not None:
        made |= {
            "holds": Holds(*who, role, date, "interim" in words),
            "seen": Observed(*who, role, date, since),
            "ends": Ends(*who, role, date, since),
        }
    return made[words[0]]


def dates() -> st.SearchStrategy[PartialDate]:
    """Partial dates of every precision within three years, so near to each other that many overlap or are close."""
    year, month, of_month = st.integers(2020, 2022), st.integers(1, 12), st.integers(1, 28)
    days = st.builds("{}-{:02}-{:02}".format, year, month, of_month)
    rough = st.builds("{}-{:02}".format, year, month) | st.builds("{}-{}".format, year, st.sampled_from((21, 24, 33, 36)))
    years = year.map(str) | st.just("2020~")
    intervals = st.tuples(days, days).map(lambda ends: "/".join(sorted(ends))) | days.map("{}/..".format) | days.map("../{}".format)
    return st.one_of(days, days, rough, years, intervals).map(PartialDate.parse)


def effects() -> st.SearchStrategy[Effect]:
    """Effects on one of two persons in one of two organizations, mostly on the roles."""
    people, organizations, roles = st.sampled_from(PEOPLE), st.sampled_from(ORGANIZATIONS), st.sampled_from(ROLES)
    since, role = st.none() | dates(), st.none() | roles
    tenures = (
        st.builds(Holds, people, organizations, roles, dates(), st.booleans()),
        st.builds(Observed, people, organizations, roles, dates(), since),
        st.builds(Ends, people, organizations, roles, dates(), since),
        st.builds(Departs, people, organizations, dates(), role, since),
    )
    absences = (
        st.builds(Away, people, organizations, dates(), since),
        st.builds(Back, people, organizations, dates()),
        st.builds(ReportsTo, people, organizations, st.none() | people, dates()),
    )
    return st.one_of(*tenures, *tenures, *absences)


@st.composite
def report_lists(draw: st.DrawFn, most: int = 12) -> list[Report]:
    """Reports with an id each, of any status that counts."""
    statuses, moments = (
        st.sampled_from(STATUSES[:3]),
        st.dates(min_value=_FROM, max_value=_UNTIL).map(lambda on: Moment.parse(on.isoformat()).at),
    )
    several = st.lists(effects(), min_size=1, max_size=2).map(tuple)
    drawn = draw(st.lists(st.tuples(moments, statuses, st.integers(1, 3), several), max_size=most))
    return [Report(f"e{number}", *rest) for number, rest in enumerate(drawn, 1)]


_FROM, _UNTIL = (Moment.parse(text).day for text in ("2020-01-01", "2022-12-31"))
