"""Entries about one made-up company of 500 people, the same ones every time: to see what the pages make of a large organization.

Everybody has six events: joins, gets a manager, is promoted, and then goes on leave and comes back or leaves for good or stays, says
something, and releases a version of a product.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from events.entities import EntityRegistered, entity_aggregate
from events.entries import Entry, aggregate_id
from events.event import EventRecorded
from events.fields import Kind

COMPANY = "hoshi-works"
PEOPLE = 500
EVENTS = 6
"""How many events a person has."""
TEAMS, PRODUCTS = 60, 24
_GIVEN_NAMES = """
Aya 彩 Kenji 健二 Mei 芽衣 Haruto 陽翔 Yuki 雪 Sora 空 Rin 凛 Daichi 大地 Hana 花 Ren 蓮 Akira 明 Naomi 直美
Takumi 匠 Emi 恵美 Jun 純 Kaori 香織 Shota 翔太 Mio 澪 Riku 陸 Nana 奈々 Goro 五郎 Chika 千佳 Isamu 勇 Tomo 友 Ume 梅
"""
_FAMILY_NAMES = """
Sato 佐藤 Suzuki 鈴木 Takahashi 高橋 Tanaka 田中 Ito 伊藤 Watanabe 渡辺 Yamamoto 山本 Nakamura 中村 Kobayashi 小林 Kato 加藤
Yoshida 吉田 Yamada 山田 Sasaki 佐々木 Yamaguchi 山口 Matsumoto 松本 Inoue 井上 Kimura 木村 Hayashi 林 Shimizu 清水 Mori 森
"""
_GIVEN, _FAMILY = _GIVEN_NAMES.split(), _FAMILY_NAMES.split()
_HEADS = ("CEO", "CTO", "CFO", "COO", "CPO", "General Counsel", "Chief Scientist", "Chief of Staff")
_OPENED = date(2010, 1, 4)


def company() -> list[Entry]:
    """All entries: those about entities first, then the events as they were announced."""
    opened = _noon(_OPENED)
    named = [_entity("organization", COMPANY, {"en": "Hoshi Works", "ja": "星製作所"}, opened)]
    named += [_entity("product", f"product-{number}", {"en": f"Product {number}"}, opened) for number in range(PRODUCTS)]
    named += [_entity("person", _person(number), _names(number), opened) for number in range(PEOPLE)]
    events = [_event(number, turn) for number in range(PEOPLE) for turn in range(EVENTS)]
    return [*named, *sorted(events, key=lambda event: (event.timestamp, event.originator_id))]


def _person(number: int) -> str:
    return f"person-{number}"


def _names(number: int) -> dict[str, str]:
    family, given = divmod(number, len(_GIVEN) // 2)
    return {"en": f"{_GIVEN[2 * given]} {_FAMILY[2 * family]}", "ja": _FAMILY[2 * family + 1] + _GIVEN[2 * given + 1]}


def _entity(kind: Kind, entity: str, names: dict[str, str], at: datetime) -> Entry:
    return EntityRegistered(entity_aggregate(kind, entity), 1, at, None, kind, entity, None, names, [], {}, None)


def _event(number: int, turn: int) -> EventRecorded:
    name, days, fields = list(_turns(number))[turn]
    day = _OPENED + timedelta(days=number * 7919 % 4000 + days)
    when = f"{day:%Y-%m}" if (number + turn) % 5 == 0 else day.isoformat()
    source = {"title": f"Report {number} {turn}", "publisher": f"Wire {number % 20}", "url": f"https://news.example/{number}/{turn}"}
    event_id = aggregate_id("event", COMPANY, str(number), str(turn))
    return EventRecorded(event_id, 1, _noon(day), None, name, fields, when, day.isoformat(), "reported", [source], {}, [], None)


def _turns(number: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The type, the days since joining and the fields of each event of a person."""
    here: dict[str, Any] = {"organization": COMPANY}
    who = {**here, "person": _person(number)}
    yield "appointment", 0, {**who, "role": f"Engineer, team {number % TEAMS}"}
    yield "reporting_line", 5, {**who, "manager": _person(number // 8)} if number else {**who, "manager": None}
    yield "role_change", 400, {**who, "from_role": f"Engineer, team {number % TEAMS}", "to_role": _promoted(number)}
    if number % 3:
        yield "departure", 900 + number, {**who, "reason": "new_opportunity"}
    elif number % 2:
        yield "leave_of_absence", 800, {**who, "reason": "other"}
    else:
        yield "return_from_leave", 900, who
    yield "statement", 450, {"speaker": who["person"], **here, "gist": f"The plan of the year is plan {number}"}
    yield "product_release", 500, {**here, "product": f"product-{number % PRODUCTS}", "version": f"{number // PRODUCTS}.0"}


def _promoted(number: int) -> str:
    return _HEADS[number // 9 % len(_HEADS)] if number % 9 == 0 else f"Head of team {number % TEAMS}"


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
