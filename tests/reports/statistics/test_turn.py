"""换届: one person in both posts, mean age, education and women, before and after; small samples say so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.factories.branches import PartyTree, member, party_tree, party_viewer
from tests.factories.organisations import AT, SETUP, SmallDistrict, small_district

from genmai.directory.roster.commands.terms import Chosen, begin_term, withdraw_term
from genmai.directory.roster.models import Post, Term
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput
from genmai.records.deeds.models import Deed
from genmai.reports.statistics.turn import before_and_after, team_on, turns

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2021, 1, 10), date(2025, 12, 20)


@pytest.fixture
def district() -> SmallDistrict:
    return small_district()


@pytest.fixture
def tree(district: SmallDistrict) -> PartyTree:
    return party_tree()


def begin(body: object, number: int, on: date, *chosen: Chosen) -> Term:
    return begin_term(
        actor=SETUP, at=AT, key=key_of("term", str(body), number), organisation=body, number=number, on=on,  # type: ignore[arg-type]
        planned_end=on.replace(year=on.year + 5), document=f"第{number}届选举", chosen=chosen,
    )  # fmt: skip


def turn(district: SmallDistrict, tree: PartyTree) -> None:
    """Before: secretary and head are two men; after: one woman is both, with a younger deputy."""
    old = member("旧书记", tree.n1, 1, born="19600601", education="81").person_id
    head = member("旧主任", tree.n1, 2, born="19640601", education="61").person_id
    new = member("新书记", tree.n1, 3, born="19850601", education="21", sex=0).person_id
    young = {"joined_on": date(2018, 5, 1), "full_on": date(2019, 5, 1)}
    deputy = member("副书记", tree.n1, 4, born="19950601", education="31", **young).person_id
    begin(tree.n1, 11, FIRST, Chosen(old, "secretary", "书记"))
    begin(district.n1, 11, FIRST, Chosen(head, "director", "主任"))
    begin(tree.n1, 12, SECOND, Chosen(new, "secretary", "书记"), Chosen(deputy, "deputy_secretary", "副书记", 1))
    begin(district.n1, 12, SECOND, Chosen(new, "director", "主任"))


def test_before_and_after_stand_side_by_side(district: SmallDistrict, tree: PartyTree) -> None:
    turn(district, tree)
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    before, after = before_and_after(viewer, path="/", on=SECOND)
    assert ((before.both.n, before.both.d), (after.both.n, after.both.d)) == ((0, 1), (1, 1))
    assert (before.people, after.people) == (2, 2)
    assert (before.mean_age, after.mean_age) == (Decimal("63.0"), Decimal("35.0"))
    assert ((before.college.n, after.college.n), (before.women.n, after.women.n)) == ((0, 2), (0, 1))
    assert after.both.percent == Decimal(100)
    assert after.both.small, "one village is no sample"
    assert turns(viewer, path="/") == [(SECOND, 1), (FIRST, 1)]


def test_a_town_reads_its_own_villages_only(district: SmallDistrict, tree: PartyTree) -> None:
    turn(district, tree)
    south = party_viewer("nan", "party_office", tree.south)
    assert team_on(south, path="/", day=SECOND).people == 0
    assert turns(south, path="/") == []


def test_a_new_term_ends_the_last_with_its_posts_and_no_other(district: SmallDistrict, tree: PartyTree) -> None:
    turn(district, tree)
    first, second = Term.objects.filter(organisation=tree.n1).order_by("number")
    assert (first.valid_to, second.valid_to) == (SECOND, None)
    assert set(Post.objects.filter(term=first).values_list("valid_to", flat=True)) == {SECOND}
    assert Post.objects.filter(organisation=district.n1, valid_to=None).count() == 1
    assert Deed.objects.filter(kind="term.begun", organisation=tree.n1).count() == 2
    with pytest.raises(BadInput):
        begin(tree.n1, 10, date(2026, 1, 1))


def test_figures_are_read_as_known_then(district: SmallDistrict, tree: PartyTree) -> None:
    turn(district, tree)
    viewer = party_viewer("zuzhi", "party_organiser", tree.committee)
    later = AT + timedelta(days=3)
    last = Term.objects.get(organisation=district.n1, number=12)
    withdraw_term(actor=SETUP, at=later, key=key_of("w"), term=last, reason="主任还没有选")
    now, then = (before_and_after(viewer, path="/", on=SECOND, known_at=known)[1] for known in (None, AT))
    assert ((now.both.n, now.both.d), (then.both.n, then.both.d)) == ((0, 1), (1, 1))
    assert (now.people, then.people) == (3, 2)
    withdraw_term(
        actor=SETUP, at=later, key=key_of("w2"), term=Term.objects.get(organisation=tree.n1, number=12), reason="没有选"
    )
    assert turns(viewer, path="/") == [(FIRST, 1)]
    assert turns(viewer, path="/", known_at=AT) == [(SECOND, 1), (FIRST, 1)]
    nothing = AT - timedelta(days=1)
    assert before_and_after(viewer, path="/", on=SECOND, known_at=nothing)[1].people == 0
    assert turns(viewer, path="/", known_at=nothing) == []
    south = party_viewer("nan", "party_office", tree.south)
    assert team_on(south, path="/", day=SECOND, known_at=AT).people == 0
