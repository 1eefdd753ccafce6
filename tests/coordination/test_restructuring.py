"""Cases follow the trees; a preview keeps nothing and tells the truth; undoing brings every case back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import estates
from tests.factories.cases import World, new_world
from tests.factories.organisations import SETUP
from tests.factories.party import registry

from genmai.coordination import restructuring
from genmai.coordination.restructuring import Wanted
from genmai.directory.roster.models import Change, Link, Organisation, Tree
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.processes.cases.models import Body, Case, Milestone
from genmai.processes.cases.queries.lists import visible
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
DOC = "鄞党〔2026〕3 号"
PLACES = ("n1", "n2", "s1", "n1a", "n1b", "n2a", "s1a", "north", "south")


def world() -> World:
    """A village's matter in hand, a grid's, one with a department helping, one that ended, one of the other town."""
    w = new_world()
    w.at_state("in_hand")
    helped = w.at_state("in_hand")
    w.do("assist", helped)
    w.at_state("closed")
    w.receive(place_id=w.district.places["s1"].pk, text="井盖没了")
    grid = w.receive(text="楼道灯不亮")
    w.do("dispatch", grid, to=w.district.n1a.public_id)
    return w


def cases() -> dict[str, set[Any]]:
    """What a restructuring may touch of the cases."""
    columns = ("id", "home_id", "home_path", "desk_id", "holder_id", "lead_id")
    rows = {(*row[:-1], tuple(row[-1])) for row in Case.objects.values_list(*columns, "reach")}
    return {
        "cases": rows, "bodies": set(Body.objects.values_list("id", "organisation_id")),
        "milestones": set(Milestone.objects.values_list("id", "owner_id")),
    }  # fmt: skip


def wanted(w: World, kind: str, what: str, other: str = "", **more: Any) -> Wanted:
    body = Organisation.objects.get(pk=w.district.bodies[what].pk)
    partner = Organisation.objects.get(pk=w.district.bodies[other].pk) if other else None
    return Wanted(
        kind=kind, organisation=body, on=w.at.date(), document=DOC, tree=Tree.ADMINISTRATIVE, other=partner, **more
    )


def carry_out(w: World, kind: str, what: str, other: str = "", **more: Any) -> Change:
    w.later(days=1)
    asked = wanted(w, kind, what, other, **more)
    return restructuring.carry_out(actor=SETUP, at=w.at, key=w.key(), wanted=asked).change


def undo(w: World, change: Change) -> Change:
    w.later(hours=1)
    return restructuring.undo(actor=SETUP, at=w.at, key=w.key(), change=change.public_id)


def test_a_moved_village_takes_its_cases_out_of_one_towns_sight_into_the_others() -> None:
    w = world()
    before = cases()
    north, south = w.town.viewer, w.south.viewer
    seen = {name: set(visible(v).values_list("id", flat=True)) for name, v in (("north", north), ("south", south))}
    home = Case.objects.filter(home_id=w.district.n1.pk)
    untouched = set(home.values_list("id", flat=True))
    moved = carry_out(w, "move", "n1", "south")
    path = Link.objects.get(organisation=w.district.n1, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
    assert set(home.values_list("home_path", flat=True)) == {path}
    assert set(visible(south).values_list("id", flat=True)) == seen["south"] | untouched
    for case in home:
        busy = {case.desk_id, case.holder_id, *Body.objects.filter(case=case).values_list("organisation_id", flat=True)}
        assert (w.district.north.pk in case.reach) == (w.district.north.pk in busy), (
            "the old town sees what it has to do"
        )
    undo(w, moved)
    assert cases() == before
    assert set(visible(north).values_list("id", flat=True)) == seen["north"]


def test_a_merge_passes_open_work_to_the_survivor_and_one_deed_says_so() -> None:
    w = world()
    before = cases(), registry()
    done = carry_out(w, "merge", "n1", "n2")
    gone, stays = w.district.n1.pk, w.district.n2.pk
    for column in ("home_id", "desk_id", "holder_id", "lead_id"):
        assert not Case.objects.filter(**{column: gone}).exists()
    assert not Body.objects.filter(organisation_id=gone).exists()
    assert not Milestone.objects.filter(owner_id=gone).exists()
    path = Link.objects.get(organisation_id=stays, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
    assert set(Case.objects.filter(home_id=stays).values_list("home_path", flat=True)) == {path}
    deed = Deed.objects.get(source_id=done.public_id)
    assert (deed.kind, deed.organisation_id, deed.counterpart_id, deed.source_kind) == (
        "organisation.merged", gone, stays, "change",
    )  # fmt: skip
    assert deed.quantity == done.touched["followed"][0] > 0
    undo(w, done)
    assert (cases(), registry()) == before
    assert Deed.objects.filter(source_id=done.public_id).count() == 2


@pytest.mark.parametrize(("kind", "other"), [("move", "south"), ("merge", "n1")])
def test_an_estate_lies_where_its_community_stands(kind: str, other: str) -> None:
    w = new_world()
    estate = estates.with_parties(w)
    before = estate.home_path
    assert estate.home_id == w.district.n2.pk
    done = carry_out(w, kind, "n2", other)
    stands = w.district.n2.pk if kind == "move" else w.district.n1.pk
    path = Link.objects.get(organisation_id=stands, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
    estate.refresh_from_db()
    assert estate.home_path == path != before
    undo(w, done)
    estate.refresh_from_db()
    assert estate.home_path == before


def test_what_a_case_takes_on_after_a_merge_stays_when_it_is_undone() -> None:
    w = world()
    done = carry_out(w, "merge", "n1", "n2")
    later = w.receive(place_id=w.district.places["n2"].pk, text="新来的事")
    undo(w, done)
    assert Case.objects.get(pk=later.pk).home_id == w.district.n2.pk


def test_a_preview_keeps_nothing_and_says_what_then_happens() -> None:
    w = world()
    w.later(days=1)
    before = cases(), registry(), Change.objects.count(), Deed.objects.count()
    asked = {"actor": SETUP, "at": w.at, "key": w.key(), "wanted": wanted(w, "merge", "n1", "n2")}
    said = restructuring.preview(**asked)
    assert (cases(), registry(), Change.objects.count(), Deed.objects.count()) == before
    done = restructuring.carry_out(**asked)
    told = ("links", "memberships", "posts", "covers", "grants", "cases", "open_cases", "moves")
    assert [getattr(said, name) for name in told] == [getattr(done, name) for name in told]
    assert said.links == 3
    assert said.open_cases == said.cases - Case.objects.filter(state="closed").count()
    assert ("北一村第一网格", "北二社区") in said.moves
    again = restructuring.carry_out(**asked)
    assert (again.change.pk, again.cases) == (done.change.pk, done.cases)


def test_a_body_with_matters_to_answer_is_not_closed_and_only_a_keeper_changes_anything() -> None:
    w = world()
    w.later(days=1)
    with pytest.raises(BadInput, match="在办的事"):
        carry_out(w, "close", "n1a")
    with pytest.raises(NotPermitted):
        restructuring.preview(actor=w.town, at=w.at, key=w.key(), wanted=wanted(w, "rename", "n2", name="新名"))
    with pytest.raises(BadInput, match="选择单位"):
        carry_out(w, "move", "n2")


STEPS = st.lists(
    st.tuples(st.sampled_from(("move", "merge", "rename", "close")), st.sampled_from(PLACES), st.sampled_from(PLACES)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_changes_undone_in_reverse_order_leave_trees_and_cases_as_they_were(
    steps: list[tuple[str, str, str]],
) -> None:
    with transaction.atomic():
        w = world()
        w.at += timedelta(days=(date(2026, 6, 1) - w.at.date()).days)
        states, done = [(cases(), registry())], []
        for kind, what, other in steps:
            more = {"name": f"{other}改"} if kind == "rename" else {}
            partner = other if kind in ("move", "merge") else ""
            try:
                with transaction.atomic():
                    done.append(carry_out(w, kind, what, partner, **more))
            except Refused:
                continue
            states.append((cases(), registry()))
        while done:
            assert (cases(), registry()) == states.pop()
            undo(w, done.pop())
        assert (cases(), registry()) == states.pop()
        transaction.set_rollback(True)
