"""Why a line of a state is as it is: what each event did, by which rule, which claims lost and why.

`why` is `{"steps": [{"event", "rule", "act", "text"}], …}`; of all but vacant roles also `claims`, each with its `outcome`,
and of a holder `certainty`. The rules are those of the fold, by number (0 where it is not one of them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from events.dates import PartialDate
from projections.absences import Expectation, Leave, Line
from projections.claims import Claim, Json, Report, best, day_json, lost_by
from projections.tenure import Tenure

TEXTS: Mapping[str, tuple[str, str]] = {
    "opened": ("begins the tenure", "在任の始まり"),
    "start_claimed": ("is another report of its start", "就任日についての別の報道"),
    "reappointed": ("is a reappointment, and moves nothing", "再任であり、日付は動かない"),
    "seen": ("shows the person in the role", "在任中であることを示す"),
    "opened_by_sighting": ("is the first that shows the person in the role; since when is not told", "在任を示す最初の報道。就任日は不明"),
    "since_claimed": ("tells since when", "就任日を伝える"),
    "closed": ("ends the tenure", "在任の終わり"),
    "end_claimed": ("is another report of its end", "退任日についての別の報道"),
    "made_by_leaving": ("ends a tenure of which no other report tells", "ほかに報道のない在任の終わり"),
    "role_named": ("tells which role was left", "退いた役職を伝える"),
    "late_report": ("is a late, rough report of an earlier end", "以前の退任についての、後からの大まかな報道"),
    "began": ("begins the leave", "休職の始まり"),
    "expected_changed": ("changes the expected return", "復帰の見込みを改める"),
    "leave_reported": ("is another report of the leave", "休職についての別の報道"),
    "over": ("ends the leave", "休職の終わり"),
    "reports": ("says to whom the person reports", "直属の上司を伝える"),
    "manager_left": ("is how the manager left", "上司の退社"),
    "left_vacant": ("leaves the role with nobody in it", "役職が空席になる"),
    "announced": ("announces the product", "製品を発表"),
    "delayed": ("delays the product", "製品を延期"),
    "released": ("releases the product", "製品を公開"),
    "discontinued": ("ends the product", "製品を終了"),
    "status": ("a source of higher standing says otherwise", "より確かな報道が別の日付を伝える"),
    "planned": ("was only planned when it was announced", "発表の時点では予定にすぎない"),
    "publishers": ("fewer publishers say so", "伝える媒体が少ない"),
    "width": ("is less precise", "日付がより大まか"),
    "announced_earlier": ("was announced earlier", "発表がより早い"),
    "event_id": ("nothing else tells them apart, so the greater id wins", "ほかに差がなく、識別子の大きい方が残る"),
    "further_release": ("another report of the release does not move the first one", "最初の公開日は後の報道では動かない"),
    "superseded": ("a later report replaces it", "後の報道に置き換えられた"),
    "between": ("the day lies after the start and before any end", "就任の後で退任の前の日"),
    "before_evidence": ("the start is unknown, and the first report of it is later than the day", "就任日が不明で、最初の報道より前の日"),
    "at_start": ("the day lies within the bounds of the start", "就任日の幅の中の日"),
    "at_end": ("the day lies within the bounds of the end", "退任日の幅の中の日"),
}
"""What an act, a loss or a certainty means, in English and Japanese."""


def step(event: str, act: str, rule: int = 0) -> Json:
    """What one event did."""
    return {"event": event, "rule": rule, "act": act}


def tenure_why(tenure: Tenure) -> Json:
    """What each event did to a tenure, in the order of the fold, and how the claims of its start and end were settled."""
    steps = [step(note.event_id, "late_report" if note.rule == 4 else note.act, note.rule) for note in tenure.notes]
    return {"steps": steps, "claims": [*_claims("since", tenure.starts), *_claims("until", tenure.ends)]}


def _claims(name: str, claims: Sequence[Claim]) -> Iterator[Json]:
    winner = best(claims)
    for claim in sorted(claims, key=lambda claim: claim.strength, reverse=True):
        assert winner is not None
        lost = lost_by(claim, winner)
        yield {
            "field": name, "value": day_json(claim.date), "event": claim.report.event_id, "status": claim.report.status, "rule": 5,
            "outcome": "wins" if claim is winner else "agrees" if lost is None else "loses",
            "reason": "announced_earlier" if lost == "announced" else lost,
        }  # fmt: skip


def leave_why(leave: Leave) -> Json:
    """What each event did to a leave, and what `leave_claims` takes to tell, as of a day, which return was expected."""
    said = leave.expectations
    later = (step(turn.report.event_id, _extended(said[:number], turn)) for number, turn in enumerate(said) if number)
    steps = [step(leave.events[0], "began"), *later, *(step(event, "over") for event in leave.ended_by)]
    return {"steps": steps, "expectations": said}


def _extended(before: Sequence[Expectation], turn: Expectation) -> str:
    """What a further report of a leave did to the return that was expected before."""
    expected = [other.expected_return for other in before if other.expected_return is not None]
    return "leave_reported" if turn.expected_return in (None, *expected[-1:]) else "expected_changed"


def leave_claims(expectations: Sequence[Expectation], day: int) -> list[Json]:
    """The returns that reports expected by the end of the ordinal day, the one that holds first."""
    said = [(turn, turn.expected_return) for turn in expectations if turn.since <= day]
    words = [Word(turn.since, turn.report, expected, expected.text) for turn, expected in said if expected is not None]
    return list(_latest_first("expected_return", words[::-1]))


def line_why(line: Line) -> Json:
    """Which event set a reporting line, and the reports that it won over, each with the `manager` that it named."""
    words = [Word(effect.when.first, report, effect.when, effect.manager) for report, effect in line.told]
    claims = zip(_latest_first("manager", words), line.told, strict=True)
    told = [{**claim, "manager": effect.manager} for claim, (_, effect) in claims]
    return {"steps": [step(event, "reports") for event in line.events], "claims": told}


@dataclass(frozen=True, slots=True)
class Word:
    """What a report said from the ordinal day `since` on, where one report holds whole; `value` tells what agrees."""

    since: int
    report: Report
    date: PartialDate
    value: str | None


def phase_why(steps: Sequence[Json], since: Sequence[Word], expected: Sequence[Word], *, released: bool) -> Json:
    """What each report did to a product, and the days that were told of its phase and of what is expected, those that hold first.

    Of the days on which it was `released` the first one holds, of all others the one told last.
    """
    lost = "further_release" if released else None
    return {"steps": steps, "claims": [*_latest_first("since", since, lost), *_latest_first("expected", expected)]}


def _latest_first(name: str, words: Sequence[Word], lost: str | None = None) -> Iterator[Json]:
    """The words as claims: the first holds, and the others agree or lose, by `lost` where that is given."""
    for word in words:
        holding, agrees = words[0], word.value == words[0].value
        yield {
            "field": name, "value": day_json(word.date), "event": word.report.event_id, "status": word.report.status, "rule": 0,
            "outcome": "wins" if word is holding else "agrees" if agrees else "loses",
            "reason": None if agrees else lost or _replaced_by(word, holding),
        }  # fmt: skip


def _replaced_by(word: Word, holding: Word) -> str:
    if word.since < holding.since:
        return "superseded"
    return "announced_earlier" if word.report.announced < holding.report.announced else "event_id"


Sure = Literal["between", "before_evidence", "at_start", "at_end"]


def certainty_why(reason: Sure) -> Json:
    """Why a holder is as certain as they are."""
    return {"rule": 6, "reason": reason}


def with_texts(whys: Iterable[Json], lang: str) -> None:
    """Put the meaning of each act, loss and certainty beside it, in the language; in place."""
    which = 1 if lang == "ja" else 0
    for why in whys:
        for line in (*why["steps"], *why.get("claims", ()), *([why["certainty"]] if "certainty" in why else ())):
            code = line.get("act") or line.get("reason")
            line["text"] = TEXTS[code][which] if code else None
