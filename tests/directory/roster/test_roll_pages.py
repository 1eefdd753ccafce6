"""A page of the roll holds the same people in the same order, however they are come by: rows, book of the day, particulars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster.commands.tally import keep_books
from genmai.directory.roster.models import Profile, TallyBook, TallyDue
from genmai.directory.roster.queries import members, roll_pages
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.roster.queries.roll import Count, Place
from genmai.directory.roster.queries.tally_sql import layout, sizes
from genmai.directory.territory.days import day_of
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import NOBODY, Viewer

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=300)
TODAY = day_of(NOW)
PAST = date(2021, 7, 31)
WAYS = ("rows", "book", "few branches", "people")
OCCUPATIONS = ("farmer", "retired", "student", "")
BORN = ("19490307", "19711002", "19960318")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Made to be taken however few there are."""
    monkeypatch.setattr(roll_pages, "FEW", 1000 if request.param == "people" else -1)
    monkeypatch.setattr(roll_pages, "TRIED", 1 if request.param == "few branches" else 10)
    monkeypatch.setattr(roll_pages, "sizes", lambda: replace(sizes(), at_once=10_000 if request.param == "rows" else 0))
    return str(request.param)


@pytest.fixture
def tree() -> PartyTree:
    """Eighteen people in three branches; one left since the book of today, one's particulars say nothing, one has none."""
    made = party_tree()
    for n in range(18):
        member(
            f"党员{n}", (made.n1, made.n2, made.s1)[n * n % 7 % 3], n + 1, born=BORN[n % 3], sex=n % 2,
            education=("21", "90", "")[n % 3], occupation=OCCUPATIONS[n * 5 % 7 % 4],
            stage="probationary" if n % 5 == 0 else "full",
        )  # fmt: skip
    Profile.objects.filter(person__display_name="党员4").delete()
    Profile.objects.filter(person__display_name="党员7").update(born_on=None, sex="", education="", occupation="")
    TallyBook.objects.create(day=PAST, layout=layout().mark, asked_at=NOW)
    for turn in range(3):
        keep_books(actor=SETUP, at=NOW, key=key_of("keep", turn), worth_from=1)
    Profile.objects.filter(person__display_name__in=["党员1", "党员2"]).update(occupation="manager")
    assert TallyDue.objects.exists()
    return made


@pytest.fixture
def viewers(tree: PartyTree) -> tuple[Viewer, Viewer]:
    return party_viewer("zuzhi", "party_organiser", tree.committee), party_viewer("bei", "party_office", tree.north)


def cells() -> list[tuple[str, str]]:
    return [cell for cell in layout().cells if cell[0]]  # the others are of stages


def walked(viewer: Viewer, asked: Asked, size: int, *, back: bool = False) -> Iterator[tuple[list[int], Count]]:
    """People page by page: forwards, or from behind the last."""
    place = Place(2**62, "", 0) if back else None
    while True:
        found, count = roll_pages.page(viewer, asked=asked, **{"before" if back else "after": place}, limit=size)
        yield [row.person_id for row in found.rows], count
        place = found.first if back else found.last
        if not (found.before if back else found.behind):
            return


def pages_hold(viewer: Viewer, asked: Asked, size: int) -> None:
    rows, total = members.members(viewer, asked=asked, limit=100)
    whole = [row.person_id for row in rows]
    forth, back = list(walked(viewer, asked, size)), list(walked(viewer, asked, size, back=True))
    assert [one for page, _ in forth for one in page] == whole
    assert [one for page, _ in reversed(back) for one in page] == whole
    assert {count for _, count in forth + back} == {Count(total)}


def test_each_bucket_alone_and_with_another_on_either_day(
    way: str, viewers: tuple[Viewer, Viewer], tree: PartyTree
) -> None:
    everything = [*({one[0]: one[1]} for one in cells()), {"sex": "male", "occupation": "retired"}]
    for buckets in everything:
        for viewer in viewers:
            for day in (TODAY, PAST):
                pages_hold(viewer, Asked(day, TODAY, buckets=buckets), 3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_buckets_stages_place_and_size_of_page(
    data: st.DataObject, way: str, viewers: tuple[Viewer, Viewer], tree: PartyTree
) -> None:
    buckets: Mapping[str, str] = dict(data.draw(st.lists(st.sampled_from(cells()), max_size=3)))
    more: dict[str, Any] = data.draw(
        st.sampled_from([{}, {"stages": ("full",)}, {"stages": ("probationary",)}, {"statuses": ("left",)}])
    )
    path = data.draw(st.sampled_from(["", f"/{tree.committee.pk}/", f"/{tree.committee.pk}/{tree.north.pk}/"]))
    asked = Asked(data.draw(st.sampled_from([TODAY, PAST])), TODAY, path, buckets=buckets, **more)
    pages_hold(data.draw(st.sampled_from(viewers)), asked, data.draw(st.integers(1, 20)))


def test_behind_the_last_row_there_is_no_page_and_still_the_count(way: str, viewers: tuple[Viewer, Viewer]) -> None:
    asked = Asked(TODAY, TODAY, buckets={"sex": "male", "age": "from_61"})
    (_, count), *_rest = walked(viewers[0], asked, 20)
    found, said = roll_pages.page(viewers[0], asked=asked, after=Place(2**62, "", 0))
    assert (found.rows, said) == ([], count)
    assert count.number


def test_nobody_reads_no_page(way: str, tree: PartyTree) -> None:
    found, count = roll_pages.page(NOBODY, asked=Asked(TODAY, TODAY, buckets={"sex": "male"}))
    assert (found.rows, count) == ([], Count(0))


def test_a_book_that_goes_meanwhile_makes_no_page_empty(
    viewers: tuple[Viewer, Viewer], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = roll_pages.tally.said

    def then_gone(viewer: Viewer, *, asked: Asked) -> Any:
        found = said(viewer, asked=asked)
        TallyBook.objects.all().delete()
        return found

    monkeypatch.setattr(roll_pages.tally, "said", then_gone)
    asked = Asked(TODAY, TODAY, buckets={"sex": "male"})
    found, _ = roll_pages.page(viewers[0], asked=asked)
    assert found.rows == members.members(viewers[0], asked=asked)[0] != []


def test_a_page_takes_seven_queries_at_most(way: str, viewers: tuple[Viewer, Viewer]) -> None:
    for buckets in ({}, {"sex": "male"}, {"age": "from_61", "occupation": "student"}, {"joined": "unknown"}):
        with CaptureQueriesContext(connection) as queries:
            roll_pages.page(viewers[0], asked=Asked(TODAY, TODAY, buckets=buckets), limit=2)
        assert len(queries) <= 7
