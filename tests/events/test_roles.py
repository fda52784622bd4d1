"""Roles: that every spelling of a role has its one key, and that roles.toml does not contradict itself."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import Invalid
from events.names import is_id, match_key, slug
from events.roles import Role, RoleEntry, known_roles, seats, title

KNOWN = {entry.key for entry in known_roles()}
TITLES = {spelling for entry in known_roles() for spelling in entry.spellings}
SPELLED = {match_key(spelling) for spelling in TITLES}

SPELLINGS = {
    "chief-executive-officer": "CEO|ceo|Chief Executive|最高経営責任者|ＣＥＯ|chief-executive-officer|Chief Executive Officer (CEO)",
    "chief-technology-officer": "CTO|Chief Technology Officer|最高技術責任者|最高技術責任者（CTO）|CTO(最高技術責任者)|技術最高責任者",
    "chief-financial-officer": "CFO|最高財務責任者",
    "chief-operating-officer": "COO|最高執行責任者",
    "chief-information-officer": "CIO",
    "chief-information-security-officer": "CISO|最高情報セキュリティ責任者",
    "chief-research-officer": "CRO|Chief Research Officer|最高研究責任者",
    "chief-revenue-officer": "Chief Revenue Officer|Chief Revenue Officer (CRO)",
    "chief-strategy-officer": "CSO|Chief Strategy Officer (CSO)",
    "chief-scientific-officer": "Chief Scientific Officer|Chief Science Officer (CSO)",
    "chief-product-officer": "CPO",
    "chief-people-officer": "Chief People Officer|Chief People Officer (CPO)",
    "chief-marketing-officer": "CMO",
    "chief-human-resources-officer": "CHRO",
    "chief-legal-officer": "CLO|General Counsel",
    "chief-data-officer": "CDO",
    "chief-scientist": "Chief Scientist|チーフ サイエンティスト|チーフ・サイエンティスト|主任科学者",
    "vice-president": "VP|V.P.|Vice-President|副社長",
    "senior-vice-president": "SVP",
    "executive-vice-president": "EVP",
    "vice-president-of-research": "VP of Research|VP, Research|VP Research|Research VP|Vice President, Research|研究担当副社長",
    "senior-vice-president-of-research": "SVP of Research|SVP Research|研究担当 SVP|研究担当上級副社長|Senior Vice President of Research",
    "head-of-mission-alignment": "Head of Mission Alignment|ミッション調整責任者|ミッション・アライメント責任者",
    "representative-director-and-president": "代表取締役社長|代表取締役 社長|Representative Director & President",
    "president-and-chief-executive-officer": "President & CEO|President and CEO|社長兼CEO",
    "president": "President|社長|取締役社長",
    "chair": "Chair|Chairman|Chairwoman|Chairperson|会長|取締役会長",
    "vice-chair": "Vice Chairman|副会長",
    "senior-managing-director": "専務|専務取締役",
    "managing-director": "常務|Managing Director",
    "executive-officer": "執行役員",
    "director": "Director|board member|取締役",
    "outside-director": "社外取締役",
    "audit-and-supervisory-board-member": "監査役|Audit & Supervisory Board Member",
    "adviser": "Adviser|Advisor|顧問",
    "co-founder": "Co-Founder|cofounder|共同創業者",
    "founder": "Founder|創業者",
    "editor-in-chief": "Editor-in-Chief|編集長",
    "partner": "Partner",
    "treasurer": "Treasurer",
    "secretary": "Secretary",
    "representative": "Representative",
    "member": "Member",
    "constituent": "constituent",
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in SPELLINGS.items() for text in texts.split("|")])
def test_spellings_in_both_languages_are_one_role(key: str, text: str) -> None:
    """Whoever was appointed CTO in English must be able to leave as 最高技術責任者."""
    role = Role.of(f" {text} ")
    assert (role.text, role.key) == (text, key)


UNKNOWN = {
    "Representative for HI-2": "representative-for-hi-2",
    "Senator for CA (class 1)": "senator-for-ca-class-1",
    "Head of R&D": "head-of-r-and-d",
    "Board member (CEO)": "board-member-ceo",
    "Treasurer (acting)": "treasurer-acting",
    "Chief  Vibe\tOfficer": "chief-vibe-officer",
    "リサーチ・リード": "リサーチリード",
    "Président": "président",
    "!!!": "!!!",
}


@pytest.mark.parametrize(("text", "key"), UNKNOWN.items())
def test_an_unknown_role_has_a_key_of_its_own(text: str, key: str) -> None:
    """Roles are free text: a title nobody has listed yet must work, and must not become a known role by accident."""
    assert Role.of(text).key == key
    assert title(key, "en") is None
    assert seats(key) is None


def test_long_roles_that_begin_alike_are_two() -> None:
    """A key that is cut like an id would make one role of two."""
    beginning = "Deputy Assistant Under Secretary for the Coordination of Everything that Has to Be Coordinated in "
    assert Role.of(beginning + "Japan").key != Role.of(beginning + "Korea").key


@given(st.sampled_from(sorted(TITLES)), st.integers(0, 40), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=3))
@settings(max_examples=200)
def test_only_a_spelling_leads_to_a_known_key(listed: str, place: int, added: str) -> None:
    """Something added to a known title makes another role, unless it is a blank or the like."""
    role = Role.of(listed[:place] + added + listed[place:])
    parts = [match_key(part) for part in re.split(r"[()]", unicodedata.normalize("NFKC", role.text))]
    assert role.key not in KNOWN or match_key(role.text) in SPELLED or all(part in SPELLED for part in parts if part)
    assert Role.of(role.text) == role


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "CEO\x00"])
def test_what_is_no_role_is_refused(text: str) -> None:
    """A blank role would open a tenure that nobody can close."""
    with pytest.raises(Invalid, match="is not a role") as refused:
        Role.of(text)
    assert refused.value.problems[0].field == ""


def test_titles_come_in_both_languages() -> None:
    """Pages in Japanese show the Japanese title whichever the source used."""
    assert title("chief-technology-officer", "en") == "Chief Technology Officer"
    assert title("chief-technology-officer", "ja") == "最高技術責任者"
    assert title("chief-technology-officer", "fr") is None


@pytest.mark.parametrize(("key", "expected"), [("chief-executive-officer", 1), ("president", 1), ("chair", 1), ("director", None)])
def test_single_seats(key: str, expected: int | None) -> None:
    """Two certain holders of a single-seat role are shown as a conflict; two directors are not."""
    assert seats(key) == expected


def test_every_spelling_belongs_to_one_role() -> None:
    """With a spelling in two roles, which of them it means would hang on the order of the file."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for entry in known_roles():
        for spelling in entry.spellings:
            bearers[match_key(spelling)].add(entry.key)
    assert {key: roles for key, roles in bearers.items() if len(roles) > 1} == {}


@pytest.mark.parametrize("entry", known_roles(), ids=lambda entry: entry.key)
def test_every_role_is_listed_in_full(entry: RoleEntry) -> None:
    """The pickers and the documentation show key and both titles of every role."""
    assert is_id(entry.key)
    assert slug(entry.en, most=200) == entry.key
    assert not entry.ja.isascii()
    assert entry.seats in (None, 1)
    assert all(Role.of(spelling).key == entry.key for spelling in entry.spellings)
    others = [match_key(spelling) for spelling in entry.spellings[1:]]
    assert len(others) == len(set(others))


def test_there_is_a_useful_number_of_roles() -> None:
    """The list is what makes two languages meet; a handful would not."""
    assert len(known_roles()) >= 75
