"""Moments: points on the clocks from which something counts, exact to the microsecond."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from events.dates import as_text, check_order, quote
from events.errors import Invalid

BEGINNING: int = -(2**62)
FOREVER: int = 2**62

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND
_EXAMPLES = "'2024-09-25' or '2024-09-25T19:30:00Z'"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Python reads more than RFC 3339 allows (week dates, basic format, 24:00, +09:75), so the form is checked first.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}:([0-9]{2})(?:\.[0-9]+)?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)


class InvalidMoment(Invalid):
    """The text is no moment. Its problem has an empty field, for the caller to put a prefix to."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point from which something counts: an instant, or a day, which counts from its start (UTC).

    `text` is canonical: `2024-09-25`, or RFC 3339 in UTC such as `2024-09-25T19:30:00Z`. `at` is in microseconds
    since 1970-01-01T00:00:00Z and negative before it.
    """

    text: str
    at: int
    is_day: bool

    @classmethod
    def parse(cls, text: object) -> Moment:
        """The moment that `text` writes: a day, or an instant with its offset (RFC 3339 section 5.6).

        Digits beyond the microsecond are dropped. Raises InvalidMoment for any other text, for leap seconds, and
        for what lies outside the years 0001 to 9999 in UTC.
        """
        try:
            return _parsed(as_text(text))
        except ValueError as why:
            message = f"{quote(text)} is not a moment: {why}; write for example {_EXAMPLES}"
            raise InvalidMoment.of("", text, message, f"a day or an instant such as {_EXAMPLES}") from None

    @property
    def end(self) -> int:
        """The last microsecond of it: of its UTC day if it is a day, else the instant itself."""
        return self.at + _DAY - 1 if self.is_day else self.at

    @property
    def day(self) -> date:
        """The UTC day on which it lies."""
        return date.fromordinal(day_ordinal(self.at))


def counts_from(announced: str | None) -> int:
    """The microseconds since 1970 from which something counts in public; without `announced` it always did."""
    return BEGINNING if announced is None else Moment.parse(announced).at


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of an aware datetime; raises ValueError for a naive one."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no offset from UTC")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(at: int) -> datetime:
    """The aware UTC datetime of `at` microseconds; raises OverflowError outside the years 0001 to 9999."""
    return _EPOCH + timedelta(microseconds=at)


def rfc3339(at: int) -> str:
    """The instant as RFC 3339 in UTC, with six digits of a second where they are not zero; raises OverflowError."""
    return from_micros(at).replace(tzinfo=None).isoformat() + "Z"


def day_ordinal(at: int) -> int:
    """The proleptic Gregorian ordinal (`date.toordinal`) of the UTC day on which `at` microseconds lie."""
    return at // _DAY + _EPOCH_ORDINAL


def _parsed(text: str) -> Moment:
    check_order(text)
    if _DATE.fullmatch(text):
        days = date.fromisoformat(text).toordinal() - _EPOCH_ORDINAL
        return Moment(text, days * _DAY, is_day=True)
    at = _instant(text)
    try:
        return Moment(rfc3339(at), at, is_day=False)
    except OverflowError:
        raise ValueError("in UTC it lies outside the years 0001 to 9999") from None


def _instant(text: str) -> int:
    match = _INSTANT.fullmatch(text)
    if not match:
        raise ValueError("it is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ss with an offset")
    second, offset = match.groups()
    if not offset:
        raise ValueError("an instant needs its offset from UTC, such as Z or +09:00")
    if second == "60":
        raise ValueError("leap seconds are not kept, so give second 59")
    return to_micros(datetime.fromisoformat(text.upper()))
