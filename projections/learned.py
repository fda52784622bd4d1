"""The moments of knowledge at which the answer about a day changes: when something that matters to it became known.

As with the days, an answer is looked at part by part, and each part only where rows of its own begin or cease to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from sqlalchemy import Connection, select

from events.effects import Founded, Named, Phase
from events.entities import display_name
from events.fields import Kind
from events.moments import BEGINNING
from projections import tables
from projections.claims import Report
from projections.clashes import Clash
from projections.folded import Absence, Held, Reporting
from projections.histories import history_spans, report_spans
from projections.moments import by_key, counts, grouped
from projections.reading import Reading
from projections.state import founding_day, holders, name_on, on_leave, products, reports_to, vacant
from projections.succession import succession_by_moment
from projections.tenures import Flat

T = TypeVar("T")
TFlat = TypeVar("TFlat", Held, Absence, Reporting)
Spanned = tuple[int, int, T]
Value = Callable[[int], object]
Part = tuple[Value, set[int]]
Founding = tuple[Callable[[int], int], set[int]]
Mention = tuple[Kind, str]
KINDS_SHOWN: tuple[Kind, ...] = ("person", "organization")


def organization_moments(connection: Connection, organization: str, reading: Reading) -> dict[int, int]:
    """The instants, in microseconds since 1970, at which the organization's state on the reading's day changed, and in how many parts.

    None is later than the reading's `known_at`; the clock is the reading's.
    """
    rows = history_spans(connection, "organization", organization, reading)
    founded = _founding(connection, organization, reading)
    parts = [*_people(rows, reading.as_of), *_roles(rows, reading.as_of), *_products(connection, organization, reading)]
    parts += _names_shown(connection, rows, reading, ("organization", organization))
    shown = [_after_founding(part, founded, reading.as_of) for part in parts]
    return _counted([*shown, *(part for _, part in _names(connection, "organization", {organization}, reading))], reading)


def person_moments(connection: Connection, person: str, reading: Reading) -> dict[int, int]:
    """The instants at which what is known of a person's roles, leaves and lines on the reading's day changed."""
    spans = history_spans(connection, "person", person, reading)
    rows = list(_existing(connection, spans, reading))
    lines = list(_succession(connection, person, spans, reading))
    names = [part for _, part in _names(connection, "person", {person}, reading)]
    shown = _names_shown(connection, rows, reading, ("person", person), lines)
    return _counted([*_people(rows, reading.as_of), *lines, *names, *shown], reading)


def _succession(connection: Connection, person: str, spans: Sequence[Spanned[Flat]], reading: Reading) -> Iterator[Part]:
    """Who came before and after the person in each role, from the founding of its organization on."""
    mine = [held for _, _, held in _of(spans, Held) if held.start_first <= reading.as_of]
    for turns in succession_by_moment(connection, person, mine, reading):
        founded = _founding(connection, turns.organization, reading)
        yield _after_founding((turns.line, set(turns.bounds)), founded, reading.as_of)


def _counted(parts: Sequence[Part], reading: Reading) -> dict[int, int]:
    found: Counter[int] = Counter()
    for value, bounds in parts:
        for at in sorted(bound for bound in bounds if BEGINNING < bound <= reading.known_at):
            found[at] += value(at) != value(at - 1)
    return {at: changes for at, changes in sorted(found.items()) if changes}


def _after_founding(part: Part, founded: Founding, day: int) -> Part:
    value, bounds = part
    first, turns = founded
    return (lambda at: (value(at) or None) if day >= first(at) else None), bounds | turns


def _existing(connection: Connection, rows: Sequence[Spanned[Flat]], reading: Reading) -> Iterator[Spanned[Flat]]:
    """The rows in the parts of their spans in which the organization was known to exist on the day, or nothing of its founding was."""
    founded = {organization: _founding(connection, organization, reading) for organization in {flat.organization for _, _, flat in rows}}
    for start, until, flat in rows:
        first, turns = founded[flat.organization]
        for begin, end in pairwise(sorted({start, until, *(turn for turn in turns if start < turn < until)})):
            if reading.as_of >= first(begin):
                yield begin, end, flat


def _founding(connection: Connection, organization: str, reading: Reading) -> Founding:
    """By moment the first day of the organization, by what was said of all that it stood for then."""
    told = report_spans(connection, organization, reading, (Founded.__name__,))
    return (lambda at: founding_day(_known(told, at))), _bounds_of(told)


def _people(rows: Sequence[Spanned[Flat]], day: int) -> Iterator[Part]:
    held, leaves, lines = _of(rows, Held), _of(rows, Absence), _of(rows, Reporting)
    for mine in grouped(held, lambda row: (row[2].organization, row[2].person, row[2].role_key)):
        yield _part(mine, lambda known: holders(known, day))
    for away in grouped(leaves, lambda row: (row[2].organization, row[2].person)):
        yield _part(away, lambda known: on_leave(known, day))
    managers = by_key(held, lambda row: (row[2].organization, row[2].person))
    for told in grouped(lines, lambda row: (row[2].organization, row[2].person)):
        above = [row for _, _, line in told for row in managers.get((line.organization, line.manager or ""), ())]
        yield _reporting(told, above, day)


def _reporting(told: Sequence[Spanned[Reporting]], above: Sequence[Spanned[Held]], day: int) -> Part:
    return (lambda at: reports_to(_known(told, at), _known(above, at), day)), _bounds_of(told) | _bounds_of(above)


def _roles(rows: Sequence[Spanned[Flat]], day: int) -> Iterator[Part]:
    for mine in grouped(_of(rows, Held), lambda row: (row[2].organization, row[2].role_key)):
        yield _part(mine, lambda known: vacant(known, day))


def _products(connection: Connection, organization: str, reading: Reading) -> Iterator[Part]:
    """The products, and their names while a line shows them."""
    by_product: dict[str, list[Spanned[Report]]] = {}
    for start, until, told in report_spans(connection, organization, reading, (Phase.__name__,)):
        for product in {effect.product for effect in told.effects if isinstance(effect, Phase)}:
            by_product.setdefault(product, []).append((start, until, told))
    parts = {product: _part(mine, lambda known: products(known, reading.as_of)) for product, mine in by_product.items()}
    yield from parts.values()
    for product, name in _names(connection, "product", set(parts), reading):
        yield _named_while(name[0], parts[product][0]), name[1] | parts[product][1]


def _named_while(name: Value, line: Value) -> Value:
    return lambda at: name(at) if line(at) else None


def _names_shown(
    connection: Connection, rows: Sequence[Spanned[Flat]], reading: Reading, own: Mention, successions: Sequence[Part] = ()
) -> Iterator[Part]:
    """The names of people and organizations, but for the one that is asked about, each while a line shows them."""
    lines: dict[Mention, list[Spanned[Flat]]] = {}
    for start, until, flat in rows:
        for mention in _shown(flat, reading.as_of):
            lines.setdefault(mention, []).append((start, until, flat))
    told = {mention for line, bounds in successions for at in bounds for mention in _in_succession(line(at))}
    for kind in KINDS_SHOWN:
        ids = {entity for found, entity in lines.keys() | told if found == kind and (kind, entity) != own}
        for entity, (value, bounds) in _names(connection, kind, ids, reading):
            yield _while_shown(value, lines.get((kind, entity), ()), successions, (kind, entity)), bounds


def _shown(flat: Flat, day: int) -> Iterator[Mention]:
    if not isinstance(flat, Clash) and counts(flat, day):
        yield "person", flat.person
        yield "organization", flat.organization
        if isinstance(flat, Reporting) and flat.manager is not None:
            yield "person", flat.manager


def _while_shown(value: Value, lines: Sequence[Spanned[Flat]], successions: Sequence[Part], mention: Mention) -> Value:
    def shown(at: int) -> bool:
        return bool(_known(lines, at)) or any(mention in _in_succession(line(at)) for line, _ in successions)

    return lambda at: value(at) if shown(at) else None


def _in_succession(line: object) -> set[Mention]:
    if not isinstance(line, dict):
        return set()
    people: set[Mention] = {("person", other["person"]) for side in ("predecessors", "successors") for other in line[side]}
    return people | {("organization", line["organization"])}


def _names(connection: Connection, kind: Kind, ids: set[str], reading: Reading) -> Iterator[tuple[str, Part]]:
    """The name of each entity; that of an organization as the last renaming by the day gave it, if one did."""
    own = dict(_own_names(connection, kind, ids, reading))
    if kind != "organization":
        yield from own.items()
        return
    for organization in sorted(ids):
        name, bounds = own.get(organization, (lambda _: "", set()))
        given, turns = _part(
            report_spans(connection, organization, reading, (Named.__name__,)), lambda known: name_on(known, reading.as_of)
        )
        yield organization, (_renamed(name, given, reading.lang), bounds | turns)


def _renamed(own: Value, given: Value, lang: str) -> Value:
    def name(at: int) -> object:
        names = given(at)
        return display_name(names, lang, "") if isinstance(names, dict) else own(at)

    return name


def _own_names(connection: Connection, kind: Kind, ids: set[str], reading: Reading) -> Iterator[tuple[str, Part]]:
    names = tables.names.c
    start, until = names[f"{reading.clock}_from"], names[f"{reading.clock}_until"]
    query = select(names.id, start, until, names.lang, names.name).where(names.kind == kind, names.id.in_(ids), names.lang.is_not(None))
    rows = [(row[1], row[2], (row[0], row[3], row[4])) for row in connection.execute(query.order_by(names.id, names.seq))]
    for mine in grouped(rows, lambda row: row[2][0]):
        yield mine[0][2][0], _part(mine, lambda known: display_name({lang: name for _, lang, name in known}, reading.lang, ""))


def _of(rows: Sequence[Spanned[Flat]], cls: type[TFlat]) -> list[Spanned[TFlat]]:
    return [(start, until, flat) for start, until, flat in rows if isinstance(flat, cls)]


def _part(rows: Sequence[Spanned[T]], value: Callable[[list[T]], object]) -> Part:
    return (lambda at: value(_known(rows, at))), _bounds_of(rows)


def _known(rows: Sequence[Spanned[T]], at: int) -> list[T]:
    return [row for start, until, row in rows if start <= at < until]


def _bounds_of(rows: Sequence[Spanned[T]]) -> set[int]:
    return {bound for start, until, _ in rows for bound in (start, until)}
