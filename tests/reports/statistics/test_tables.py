"""Year-end tables: every member stands in each table exactly once, as at any day, within one's scope; the sheet says the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import born_within, keys_of, years_before
from genmai.directory.roster.commands.members import change
from genmai.directory.roster.queries.members import members
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.kernel.ids import key_of
from genmai.reports.statistics.tables import last_year_end, ordered, year_end

TODAY = date(2026, 3, 2)
ALL = Asked(TODAY, TODAY)


@pytest.fixture
def tree(db: None) -> PartyTree:
    made = party_tree()
    young = {"joined_on": date(2018, 5, 1), "full_on": date(2019, 5, 1)}
    member("青年", made.n1, 1, born="19980101", education="21", occupation="worker", ethnicity="01", **young)
    member("今天满31", made.n1, 2, born="19950302", education="31", ethnicity="22", **young)
    member("明天满31", made.n2, 3, born="19950303", sex=0, **young)
    member(
        "老人",
        made.s1,
        4,
        born="19500101",
        education="81",
        sex=0,
        joined_on=date(1978, 12, 1),
        full_on=date(1979, 12, 1),
    )
    return made


def test_a_figure_is_counted_on_its_day_and_opens_to_its_members(tree: PartyTree) -> None:
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    with CaptureQueriesContext(connection) as queries:
        found = year_end(viewer, asked=ALL)
    assert len(queries) == 2  # whether a book is kept, and the rows
    assert found.whole.total == 4
    assert (found.whole.n("age", "upto_30"), found.whole.n("age", "from_31"), found.whole.n("age", "from_61")) == (
        2,
        1,
        1,
    )
    assert (found.whole.n("joined", "to_1978"), found.whole.n("joined", "to_2002")) == (0, 1)
    assert (found.whole.n("ethnicity", "minority"), found.whole.n("ethnicity", "unknown")) == (1, 2)
    assert (found.whole.n("education", "unknown"), found.whole.n("education", "below")) == (1, 1)
    tomorrow = year_end(viewer, asked=Asked(date(2026, 3, 3), TODAY))
    assert tomorrow.whole.n("age", "from_31") == 2
    for key, table in ordered().items():
        for bucket in keys_of(table):
            _rows, total = members(viewer, asked=Asked(TODAY, TODAY, buckets={key: bucket}))
            assert total == found.whole.n(key, bucket), (key, bucket)


def test_every_member_stands_once_in_every_table_and_the_parts_make_the_whole(tree: PartyTree) -> None:
    found = year_end(
        party_viewer("zuzhi", "party_organiser", tree.committee), asked=Asked(TODAY, TODAY, f"/{tree.committee.pk}/")
    )
    assert {part.organisation.short_name: part.counted.total for part in found.parts if part.organisation} == {
        "北镇党委": 3, "南镇党委": 1,
    }  # fmt: skip
    for key in ordered():
        assert sum(found.whole.tables[key].values()) == found.whole.total
        for part in found.parts:
            assert sum(part.counted.tables[key].values()) == part.counted.total


def test_last_july_is_counted_by_the_tree_and_members_of_last_july(tree: PartyTree) -> None:
    row = member("去世", tree.n1, 9)
    change(actor=SETUP, at=AT, key=key_of("d"), person_id=row.person_id, on=TODAY, document="证明", status="deceased")
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    assert year_end(viewer, asked=ALL).whole.total == 4
    assert year_end(viewer, asked=Asked(date(2025, 7, 31), TODAY)).whole.total == 5
    assert year_end(viewer, asked=Asked(date(2019, 12, 31), TODAY)).whole.total == 0


def test_figures_of_another_town_are_not_ones_own(tree: PartyTree) -> None:
    north = party_viewer("bei", "party_office", tree.north)
    assert year_end(north, asked=ALL).whole.total == 3
    there = Asked(TODAY, TODAY, f"/{tree.committee.pk}/{tree.south.pk}/")
    assert year_end(north, asked=there).whole.total == 0


@settings(deadline=None)  # the first example reads the mechanisms
@given(born=st.dates(date(1900, 1, 1), TODAY), on=st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_of_birth_lies_in_the_bucket_of_its_age_and_in_no_other(born: date, on: date) -> None:
    if born > on:
        return
    table = mechanism.statistics().tables["age"]
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    spans = {key: born_within(bucket, on) for key, bucket in table.buckets.items()}
    holding = [
        key for key, (after, upto) in spans.items()
        if (after is None or born > after) and (upto is None or born <= upto)
    ]  # fmt: skip
    leap = (born.month, born.day) == (2, 29) and (on.month, on.day) == (2, 28)
    assert len(holding) == 1
    if not leap:
        assert holding == [table.bucket_of(age)]


def test_the_last_year_end_is_the_thirty_first_of_december() -> None:
    assert last_year_end(TODAY) == date(2025, 12, 31)
    assert last_year_end(date(2025, 12, 31)) == date(2025, 12, 31)
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
