"""The state of an organization at the end of a day: a pure function of folded histories and a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from events.effects import Founded, Named, Phase
from projections.claims import Claim, Json, Report, best, day_json
from projections.explaining import Sure, Word, certainty_why, leave_claims, phase_why, step
from projections.folded import Absence, Held, Histories, Reporting

Certainty = Literal["certain", "presumed", "possible"]
_CERTAINTY: tuple[Certainty, ...] = ("possible", "presumed", "certain")
_PHASES = ("announced", "delayed", "released", "discontinued")
_AWAITED = ("announced", "delayed")


def holds(held: Held, day: int) -> bool:
    """Whether the tenure holds at the end of the ordinal day: whoever leaves on it no longer does."""
    return held.start_first <= day < held.end_last


def certainty(held: Held, day: int) -> Certainty:
    """How sure it is that a tenure that holds does."""
    if day >= held.start_last and day < held.end_first:
        return "certain"
    return "presumed" if not held.start_known and day < held.start_last else "possible"


def founding_day(reports: Iterable[Report]) -> int:
    """The first day on which the organization may have existed; the first of all days if nobody says."""
    claims = [Claim(effect.when, report) for report in reports for effect in report.effects if isinstance(effect, Founded)]
    claim = best(claims)
    return claim.date.first if claim else 0


def holders(tenures: Iterable[Held], day: int) -> list[Json]:
    """Who holds which role: one line for each person and role, with the best certainty, sorted by role and person."""
    ranked = sorted((held for held in tenures if holds(held, day)), key=lambda held: (_CERTAINTY.index(certainty(held, day)), *_age(held)))
    best = {(held.role_key or "", held.person): held for held in ranked}
    return [_holder(held, certainty(held, day), day) for _, held in sorted(best.items(), key=lambda item: item[0])]


def _age(held: Held) -> tuple[int, int, int]:
    """Sorts tenures of one role by age, whatever their order."""
    return held.end_last, held.start_first, held.start_last


def is_interim(held: Held, day: int) -> bool:
    """Whether the role is held in the interim, by what was last said of it by the end of the ordinal day."""
    turns = [interim for since, interim in held.body["interims"] if since <= day]
    return bool(turns and turns[-1])


def _holder(held: Held, sure: Certainty, day: int) -> Json:
    why = {**held.body["why"], "certainty": certainty_why(_reason(held, day))} if "why" in held.body else None
    return {
        "role": held.body["role"],
        "role_key": held.role_key,
        "person": held.person,
        "certainty": sure,
        "interim": is_interim(held, day),
        "since": held.body["since"],
        "until": held.body["until"],
        "events": held.body["events"],
        "disputed": held.body["disputed"],
        **({"why": why} if why else {}),
    }


def _reason(held: Held, day: int) -> Sure:
    """Why a tenure that holds is as certain as it is."""
    match certainty(held, day):
        case "certain":
            return "between"
        case "presumed":
            return "before_evidence"
    return "at_end" if day >= held.end_first else "at_start"


def vacant(tenures: Sequence[Held], day: int) -> list[Json]:
    """Roles that somebody left and that nobody, of whatever certainty, holds; `since` is the latest leaving."""
    held_now = {held.role_key for held in tenures if holds(held, day)}
    left = [held for held in tenures if held.role_key is not None and held.end_last <= day and held.role_key not in held_now]
    last = {held.role_key: held for held in sorted(left, key=lambda held: (*_age(held), held.person))}
    return [
        {"role": held.body["role"], "role_key": key, "since": held.body["until"], "events": held.body["events"], **_vacated(held)}
        for key, held in sorted(last.items(), key=lambda item: str(item[0]))
    ]


def _vacated(held: Held) -> Json:
    if "why" not in held.body:
        return {}
    left = [step(event, "left_vacant") for event in held.body["ended_by"]]
    return {"why": {**held.body["why"], "steps": [*held.body["why"]["steps"], *left]}}


def on_leave(leaves: Iterable[Absence], day: int) -> list[Json]:
    """Who is on leave, with the return expected as of the day and whether it is overdue."""
    found = []
    for leave in leaves:
        if leave.first <= day < leave.until:
            said = [turn for turn in leave.body["expectations"] if turn[0] <= day and turn[1] is not None]
            _, expected, last = said[-1] if said else (day, None, None)
            found.append({
                "person": leave.person,
                "since": leave.body["since"],
                "expected_return": expected,
                "return_not_reported": last is not None and day > last,
                "events": leave.body["events"],
                **_why_away(leave, day),
            })  # fmt: skip
    return found


def _why_away(leave: Absence, day: int) -> Json:
    if "why" not in leave.body:
        return {}
    why = leave.body["why"]
    return {"why": {"steps": why["steps"], "claims": leave_claims(why["expectations"], day)}}


def reports_to(lines: Iterable[Reporting], tenures: Sequence[Held], day: int) -> list[Json]:
    """Who reports to whom; a manager who holds no role there and has departed since the last one has left."""
    former: dict[str, Held] = {}
    for held in sorted(tenures, key=_age):
        if held.end_last <= day:
            former[held.person] = held
    current = {held.person for held in tenures if holds(held, day)}
    gone = {person for person, held in former.items() if held.body["left"] is not None and held.body["left"] <= day} - current
    return [
        {
            "person": line.person,
            "manager": line.manager,
            "manager_left": line.manager in gone,
            "since": line.body["since"],
            "events": line.body["events"],
            **_why_reports(line, former if line.manager in gone else {}),
        }
        for line in lines
        if line.first <= day < line.until and line.manager is not None
    ]


def _why_reports(line: Reporting, former: Mapping[str, Held]) -> Json:
    if "why" not in line.body:
        return {}
    left = former[line.manager].body["ended_by"] if line.manager is not None and line.manager in former else []
    why = line.body["why"]
    return {"why": {**why, "steps": [*why["steps"], *(step(event, "manager_left") for event in left)]}}


@dataclass(frozen=True, slots=True)
class _Turn:
    """A product's entering a phase, in the order in which phases follow."""

    effect: Phase
    report: Report

    @property
    def event_id(self) -> str:
        """The event that tells of it."""
        return self.report.event_id

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Sorts turns, the latest last."""
        return self.effect.when.first, _PHASES.index(self.effect.phase), self.report.announced, self.report.event_id


def products(reports: Iterable[Report], day: int, *, explain: bool = False) -> list[Json]:
    """The products with their phase, the day since which, what is expected, and the versions released so far."""
    turns: dict[str, list[_Turn]] = {}
    for report in reports:
        for effect in report.effects:
            if isinstance(effect, Phase) and effect.when.first <= day:
                turns.setdefault(effect.product, []).append(_Turn(effect, report))
    lines = []
    for product, found in sorted(turns.items()):
        ordered = sorted(found, key=lambda turn: turn.order)
        lines.append({**_product(product, ordered), **({"why": _why_in_phase(ordered)} if explain else {})})
    return lines


def _why_in_phase(turns: Sequence[_Turn]) -> Json:
    """The steps of a product, and the claims of the day of its phase, of the same version, and of what is expected."""
    entered, phase = _entered(turns), turns[-1].effect.phase
    rivals = [turn for turn in _in_phase(turns) if turn is not entered and turn.effect.version == entered.effect.version]
    since = [Word(turn.effect.when.first, turn.report, turn.effect.when, turn.effect.when.text) for turn in (entered, *rivals)]
    told = [(turn, turn.effect.expected) for turn in reversed(turns) if phase in _AWAITED]
    expected = [Word(turn.effect.when.first, turn.report, day, day.text) for turn, day in told if day is not None]
    return phase_why([step(turn.event_id, turn.effect.phase) for turn in turns], since, expected, released=phase == "released")


def _product(product: str, turns: Sequence[_Turn]) -> Json:
    latest, entered = turns[-1], _entered(turns)
    promised = [turn for turn in turns if turn.effect.expected is not None]
    released = [turn for turn in turns if turn.effect.phase == "released"]
    return {
        "product": product,
        "organization": latest.effect.organization,
        "phase": latest.effect.phase,
        "since": day_json(entered.effect.when),
        "expected": day_json(promised[-1].effect.expected) if promised and latest.effect.phase in _AWAITED else None,
        "versions": [
            {"version": turn.effect.version, "released": day_json(turn.effect.when), "event": turn.event_id}
            for turn in released
            if turn.effect.version is not None
        ],
        "events": [turn.event_id for turn in turns if turn.effect.version is None or turn in (entered, latest)],
    }


def _entered(turns: Sequence[_Turn]) -> _Turn:
    """What began the phase: a further version does not move a release, being given up meanwhile does."""
    return _in_phase(turns)[-1 if turns[-1].effect.phase == "released" else 0]


def _in_phase(turns: Sequence[_Turn]) -> list[_Turn]:
    """The turns to the phase that holds, since it was last given up, the latest first."""
    phase, backwards = turns[-1].effect.phase, list(reversed(turns))
    given_up = phase == "discontinued"
    return [
        turn for turn in takewhile(lambda turn: given_up or turn.effect.phase != "discontinued", backwards) if turn.effect.phase == phase
    ]


def name_on(reports: Iterable[Report], day: int) -> dict[str, str] | None:
    """The name that the latest renaming by the day gave the organization, a text per language; None if none did."""
    renamed = [
        (effect.when.first, report.announced, report.event_id, effect.name)
        for report in reports
        for effect in report.effects
        if isinstance(effect, Named) and effect.when.first <= day
    ]
    return dict(max(renamed)[3]) if renamed else None


def state(folded: Histories, reports: Sequence[Report], day: int, *, explain: bool = False) -> Json:
    """Holders, leaves, reporting lines, vacant roles and products of one organization at the end of a day.

    To `explain` it, products have their `why`; the other lines have it where the histories do.
    """
    exists = day >= founding_day(reports)
    return {
        "holders": holders(folded.tenures, day) if exists else [],
        "on_leave": on_leave(folded.leaves, day) if exists else [],
        "reports": reports_to(folded.lines, folded.tenures, day) if exists else [],
        "vacant": vacant(folded.tenures, day) if exists else [],
        "products": products(reports, day, explain=explain) if exists else [],
    }
