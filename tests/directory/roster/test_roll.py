"""The roll turned page by page, and members found by what is typed: the same people however they are looked for."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, identity, member, party_tree, party_viewer

from genmai.directory.roster.queries import members, membership_sql, roll
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.kernel.viewer import NOBODY, Viewer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
ALL = Asked(TODAY, TODAY)
NAMES = ("张伟", "张伟明", "赵雯", "王伟", "李张", "吴海", "欧阳伟", "吾买尔·海", "魏_寒", "王慧")


@pytest.fixture
def tree() -> PartyTree:
    """Ten members spread over the two northern branches, one in the south."""
    made = party_tree()
    for n, name in enumerate(NAMES):
        member(name, made.n1 if n % 3 else made.n2, n + 1, phone=f"1380000{n:04d}")
    member("南方", made.s1, 40, phone="13900000003")
    return made


@pytest.fixture
def viewer(tree: PartyTree) -> Viewer:
    return party_viewer("bei", "party_office", tree.north)


def walked(viewer: Viewer, size: int, *, back: bool = False) -> list[list[str]]:
    """The names page by page: forwards, or from the last page back."""
    pages, place = [], None
    if back:
        place = roll.leaf(viewer, asked=ALL, limit=100).last
        assert place is not None
        place = roll.Place(place.branch, place.stage, place.row + 1)
    while True:
        one = roll.leaf(viewer, asked=ALL, **{"before" if back else "after": place}, limit=size)
        pages.append([row.name for row in one.rows])
        more, place = (one.before, one.first) if back else (one.behind, one.last)
        if not more:
            return pages


@pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
def test_every_member_stands_on_one_page_forwards_and_back(viewer: Viewer, size: int) -> None:
    whole = [row.name for row in members.members(viewer, asked=ALL)[0]]
    forth, back = walked(viewer, size), walked(viewer, size, back=True)
    assert [name for page in forth for name in page] == whole
    assert [name for page in reversed(back) for name in page] == whole
    assert all(len(page) == size for page in forth[:-1])


def test_a_page_says_what_stands_on_either_side(viewer: Viewer) -> None:
    first = roll.leaf(viewer, asked=ALL, limit=4)
    second = roll.leaf(viewer, asked=ALL, after=first.last, limit=4)
    third = roll.leaf(viewer, asked=ALL, after=second.last, limit=4)
    assert [(one.before, one.behind, len(one.rows)) for one in (first, second, third)] == [
        (False, True, 4), (True, True, 4), (True, False, 2),
    ]  # fmt: skip
    assert roll.leaf(viewer, asked=ALL, before=second.first, limit=4).rows == first.rows


def test_many_are_counted_as_far_as_said(viewer: Viewer) -> None:
    assert roll.counted(viewer, asked=ALL) == roll.Count(10)
    assert roll.counted(viewer, asked=ALL, most=10) == roll.Count(10)
    assert roll.counted(viewer, asked=ALL, most=9) == roll.Count(9, more=True)


FOUND = {
    "zw": ["张伟", "赵雯", "张伟明"],  # first letters; whose letters are these alone come first
    "wei": ["魏_寒"],
    "w": {"王伟", "吴海", "吾买尔·海", "魏_寒", "王慧"},
    "WANG": ["王慧", "王伟"],
    "张": ["张伟", "张伟明", "李张"],  # so begun before so held
    "伟": {"张伟", "张伟明", "王伟", "欧阳伟"},
    "阳伟": ["欧阳伟"],
    "伟张": [],
    "_": ["魏_寒"],
    "%": [],
    "0003": ["王伟"],
    identity(5): ["李张"],
    "nanfang": [],
}


@pytest.mark.parametrize("text", FOUND)
@pytest.mark.parametrize("few", [0, 1000])
def test_members_are_found_by_name_sound_letters_tail_and_number(viewer: Viewer, text: str, few: int) -> None:
    wanted = FOUND[text]
    with patch.object(membership_sql, "FEW", few):
        rows, count = roll.found(viewer, asked=ALL, text=text)
    names = [row.name for row in rows]
    assert set(names) == set(wanted)
    assert count == roll.Count(len(wanted))
    if isinstance(wanted, list) and not (text == "zw" and few):  # among few, letters are not told apart further
        assert names == wanted
    assert {row.name for row in members.members(viewer, asked=ALL, text=text)[0]} == set(names)


@pytest.mark.parametrize("few", [0, 1000])
def test_of_many_found_the_first_are_listed_and_it_is_said(viewer: Viewer, few: int) -> None:
    with patch.object(membership_sql, "FEW", few):
        rows, count = roll.found(viewer, asked=ALL, text="w", most=3)
        assert (len(rows), count) == (3, roll.Count(3, more=True))
        later, _ = roll.found(viewer, asked=ALL, text="w", most=3, limit=2, offset=2)
        assert later == rows[2:]
        past = Asked(date(2020, 5, 1), TODAY)
        assert roll.found(viewer, asked=past, text="w") == ([], roll.Count(0)), "nobody was enrolled yet"


def test_finding_takes_as_many_queries_whatever_is_found(viewer: Viewer, tree: PartyTree) -> None:
    def taken(text: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            roll.found(viewer, asked=ALL, text=text)
        return len(queries)

    before = {text: taken(text) for text in ("zw", "张", "0003")}
    for n in range(12):
        member(f"张伟{'甲乙丙丁戊己庚辛壬癸子丑'[n]}", tree.n1, 20 + n)
    assert {text: taken(text) for text in before} == before
    assert max(before.values()) <= 4


def test_who_has_no_grant_finds_nobody(tree: PartyTree) -> None:
    south = party_viewer("nan", "party_office", tree.south)
    for text in NAMES:
        assert roll.found(south, asked=ALL, text=text)[0] == []
    assert [row.name for row in roll.leaf(south, asked=ALL).rows] == ["南方"]
    nobody = NOBODY
    assert roll.leaf(nobody, asked=ALL).rows == []
    assert roll.counted(nobody, asked=ALL) == roll.Count(0)
