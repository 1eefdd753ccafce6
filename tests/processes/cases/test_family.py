"""Parent and child matters: split, hung together and taken apart; nothing ends over what is open below it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.cases import World, new_world, written

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.cases.commands import family
from genmai.processes.cases.commands.kinship import children_of, home_of_parent
from genmai.processes.cases.models import Caller, Case, Milestone
from genmai.processes.cases.queries import family as kin
from genmai.processes.cases.queries import lists, matter
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def split(world: World, parent: Case, *bodies: str, **more: Any) -> list[Case]:
    parts = [family.Part(to=getattr(world.district, one).public_id, text=f"{one} 这一份", **more) for one in bodies]
    world.do("split", parent, parts=parts)
    return list(parent.children.order_by("id"))


def ended(world: World, case: Case) -> Case:
    """Led from wherever it is to its end."""
    for verb in ("accept", "reply", "verify", "close"):
        world.later(minutes=5)
        case = world.do(verb, case)
    return case


def state_of(case: Case) -> dict[str, Any]:
    """Everything of a case that attaching might touch."""
    case.refresh_from_db()
    skipped = {"_state", "version", "parent_id", "_django_version"}
    kept = {name: value for name, value in vars(case).items() if name not in skipped and not hasattr(value, "_meta")}
    limits = list(Milestone.objects.filter(case=case).order_by("id").values())
    return kept | {"limits": limits, "callers": list(Caller.objects.filter(case=case).values())}


# splitting


def test_each_child_goes_to_its_body_with_its_own_words_and_limits(world: World) -> None:
    parent = world.at_state("in_hand")
    first, second = split(world, parent, "n1a", "dept", urgency="urgent")
    assert {first.state, second.state} == {"dispatched"}
    assert (first.lead, second.lead) == (world.district.n1a, world.district.dept)
    assert world.open(first, "resolve").owner_id == world.district.n1a.pk
    assert float(world.open(second, "resolve").amount) == 24
    assert first.text == "n1a 这一份"
    assert [d.subject_id for d in world.deeds(parent, "case.split")] == [first.public_id, second.public_id]
    assert world.open(parent, "resolve").owner_id == parent.lead_id, "the parent's own clock runs on"


def test_a_child_has_no_caller_so_nobody_is_rung_or_visited_twice(world: World) -> None:
    parent = world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    assert not Caller.objects.filter(case=child).exists()
    assert not Milestone.objects.filter(case=child, key="contact").exists()
    Notice.objects.all().delete()
    child = ended(world, child)
    assert not Milestone.objects.filter(case=child, key="visit").exists()
    assert not Notice.objects.filter(caller_id__isnull=False).exists()
    assert not world.deeds(child, "case.received")


def test_a_split_sent_twice_makes_the_children_once(world: World) -> None:
    parent = world.at_state("in_hand")
    split(world, parent, "n1a", "dept")
    assert world.last is not None
    before = written()
    command, how = world.last
    command(**how)
    assert written() == before


def test_a_split_that_cannot_be_done_leaves_nothing(world: World) -> None:
    parent = world.at_state("in_hand", category="010203")
    before = written()
    for parts, error in (
        ([], BadInput),
        ([family.Part(to=world.district.n1a.public_id, text=" ")], BadInput),
        ([family.Part(to=world.district.n1a.public_id, text="灯", urgency="whim")], BadInput),
        ([family.Part(to=world.key(), text="灯")], NotFound),
    ):
        with pytest.raises(error):
            world.do("split", parent, parts=parts)
        assert written() == before
    with pytest.raises(NotPermitted):
        world.do("split", parent, actor=world.village)
    (child,) = split(world, parent, "n1a")
    with pytest.raises(Refused) as deep:
        world.do("split", child)
    assert deep.value.code == "too_deep"


def test_a_child_is_called_off_and_what_it_missed_stays_missed(world: World) -> None:
    parent = world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    world.later(days=30)
    with pytest.raises(BadInput):
        world.do("call_off", child, text=" ")
    child = world.do("call_off", child)
    assert (child.state, child.fixed, child.closing_reason) == ("closed", False, "called_off")
    assert {d.milestone for d in world.deeds(child, "milestone.missed")} >= {"resolve", "accept"}
    assert not Milestone.objects.filter(case=child, state="running").exists()
    with pytest.raises(Refused) as whole:
        world.do("call_off", parent)
    assert whole.value.code == "not_split"


# ending over what is open below


def test_the_parent_is_not_replied_to_as_fixed_over_an_unanswered_child(world: World) -> None:
    parent = world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    with pytest.raises(Refused) as refused:
        world.do("reply", parent)
    assert refused.value.code == "open_children"
    assert child.number in str(refused.value)
    world.do("reply", world.do("accept", child))
    assert world.do("reply", parent).state == "replied"


def test_explaining_needs_no_answered_child_but_the_end_does(world: World) -> None:
    parent = world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    world.do("reply", parent, outcome="explained")
    parent = world.do("verify", parent)
    with pytest.raises(Refused) as refused:
        world.do("close", parent, reason="explained")
    assert refused.value.code == "open_children"
    ended(world, child)
    assert world.do("close", parent, reason="explained").state == "closed"


def test_a_matter_with_an_open_child_is_not_declined(world: World) -> None:
    parent = world.receive()
    (child,) = split(world, parent, "n1a")
    with pytest.raises(Refused) as refused:
        world.do("decline", parent)
    assert refused.value.code == "open_children"
    world.do("call_off", child)
    assert world.do("decline", parent).state == "declined"


def test_own_children_are_answered_and_closed_in_one_step_each_with_its_deed(world: World) -> None:
    parent = world.at_state("in_hand")
    first, second = split(world, parent, "n1", "n1")
    for child in (first, second):
        world.do("accept", child)
    common = {"actor": world.village, "at": world.later(minutes=5), "case": parent.public_id, "text": "都修好了"}
    outcomes = {first.public_id: "solved", second.public_id: "explained"}
    family.reply_together(**common, key=world.key(), outcome="solved", children=outcomes)
    assert {d.outcome for d in world.deeds(second, "case.replied")} == {"explained"}
    parent = world.do("verify", parent)
    common |= {"actor": world.town, "at": world.later(minutes=5)}
    family.close_together(**common, key=world.key(), reason="solved", children=outcomes)
    for one, reason in ((first, "solved"), (second, "explained"), (parent, "solved")):
        one.refresh_from_db()
        assert (one.state, one.closing_reason) == ("closed", reason)
        assert len(world.deeds(one, "case.closed")) == 1


def test_all_or_nothing_and_nobody_signs_for_another_body(world: World) -> None:
    parent = world.at_state("in_hand")
    mine, theirs = split(world, parent, "n1", "dept")
    for child in (mine, theirs):
        world.do("accept", child)
    before = written()
    with pytest.raises(NotFound):  # the village does not see the department's child as its own to answer
        family.reply_together(
            actor=world.village, at=world.at, key=world.key(), case=parent.public_id, outcome="solved", text="好了",
            children={mine.public_id: "solved", world.key(): "solved"},
        )  # fmt: skip
    with pytest.raises(NotPermitted):
        family.reply_together(
            actor=world.village, at=world.at, key=world.key(), case=parent.public_id, outcome="solved", text="好了",
            children={mine.public_id: "solved", theirs.public_id: "solved"},
        )  # fmt: skip
    assert written() == before


def test_staff_do_not_reopen_a_child_below_a_closed_parent(world: World) -> None:
    parent = world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    child = ended(world, child)
    for verb in ("reply", "verify", "close"):
        parent = world.do(verb, parent)
    with pytest.raises(Refused) as refused:
        world.do("reopen", child)
    assert refused.value.code == "parent_closed"
    world.do("reopen", parent)
    assert world.do("reopen", child).state == "in_hand"


# hanging together and taking apart


@pytest.mark.parametrize("state", ["received", "dispatched", "in_hand", "suspended", "banked"])
def test_detaching_undoes_exactly(world: World, state: str) -> None:
    child, parent = world.at_state(state), world.at_state("in_hand")
    before, above = state_of(child), state_of(parent)
    world.do("attach", child, to=parent.public_id)
    child.refresh_from_db()
    assert child.parent == parent
    world.do("detach", child)
    child.refresh_from_db()
    assert child.parent is None
    assert (state_of(child), state_of(parent)) == (before, above)
    assert [d.kind for d in world.deeds(parent)][-2:] == ["case.child_gained", "case.child_left"]


def test_what_cannot_be_hung_is_refused(world: World) -> None:
    parent, child = world.at_state("in_hand"), world.receive()
    (born,) = split(world, parent, "n1a")
    world.do("attach", child, to=parent.public_id)
    lone, done = world.receive(), world.at_state("closed")
    for one, to, code in (
        (lone, lone, "same_case"),
        (child, lone, "already_child"),
        (lone, done, "parent_done"),
        (lone, child, "too_deep"),
        (parent, lone, "has_children"),
    ):
        with pytest.raises(Refused) as refused:
            world.do("attach", one, to=to.public_id)
        assert refused.value.code == code
    with pytest.raises(Refused) as own:
        world.do("detach", born)
    assert own.value.code == "born_here"
    with pytest.raises(Refused) as none:
        world.do("detach", lone)
    assert none.value.code == "no_parent"


def test_a_town_hangs_nothing_under_what_it_cannot_see(world: World) -> None:
    north, south = world.receive(), world.receive(place_id=world.district.places["s1"].pk)
    with pytest.raises(NotFound):
        world.do("attach", north, to=south.public_id, actor=world.town)
    world.do("attach", north, to=south.public_id, actor=world.office)


def test_the_database_itself_refuses_a_case_below_itself(world: World) -> None:
    case = world.receive()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(parent=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(split_off=True)


# who sees what


def test_the_parents_viewers_see_how_the_child_stands_and_the_childs_body_sees_no_caller(world: World) -> None:
    parent = world.at_state("in_hand")
    world.do("assist", parent)  # the department takes part in the parent
    (child,) = split(world, parent, "n1a")
    seen = matter.matter(world.dept.viewer, public_id=parent.public_id)
    assert [(one.case.id, one.case.state) for one in seen.children] == [(child.id, "dispatched")]
    assert seen.children[0].due is not None
    other = world.receive(place_id=world.district.places["s1"].pk)
    world.do("attach", other, to=parent.public_id, actor=world.office)
    lines = {one.case.id: one.in_scope for one in kin.children(world.village.viewer, of=[parent])}
    assert lines == {child.id: True, other.id: False}
    below = matter.matter(world.grid.viewer, public_id=child.public_id)
    assert below.callers == []
    assert below.parent is not None
    south = matter.matter(world.south.viewer, public_id=other.public_id)
    assert south.parent is not None
    assert (south.parent.case.id, south.parent.in_scope) == (parent.id, False)
    assert not lists.visible(world.south.viewer).filter(pk=parent.pk).exists()


def test_a_number_finds_only_what_one_may_see(world: World) -> None:
    case = world.receive()
    for number in (case.number, str(case.id), f" {case.number} "):
        assert kin.by_number(world.town.viewer, number=number) == case
    assert kin.by_number(world.south.viewer, number=case.number) is None
    for number in ("", "abc", f"990101-{case.id}", "9" * 30):
        assert kin.by_number(world.town.viewer, number=number) is None


# merging what has a family


def test_children_move_with_a_merge_and_return_with_its_undoing(world: World) -> None:
    parent, survivor = world.at_state("in_hand"), world.at_state("in_hand")
    (child,) = split(world, parent, "n1a")
    world.do("merge", parent, into=survivor.public_id)
    assert children_of(survivor) == [child]
    with pytest.raises(Refused) as refused:
        world.do("reply", survivor)
    assert refused.value.code == "open_children"
    world.do("unmerge", parent)
    assert (children_of(survivor), children_of(Case.objects.get(pk=parent.pk))) == ([], [child])
    assert world.do("reply", survivor).state == "replied"


def test_a_merge_that_would_grow_a_third_storey_or_leave_the_family_is_refused(world: World) -> None:
    parent, other = world.at_state("in_hand"), world.at_state("in_hand")
    first, second = split(world, parent, "n1a", "n1")
    (elsewhere,) = split(world, other, "n1a")
    for one, into, code in (
        (first, parent, "is_child"),
        (first, elsewhere, "is_child"),
        (first, other, "is_child"),
        (parent, elsewhere, "too_deep"),
        (parent, first, "too_deep"),
    ):
        with pytest.raises(Refused) as refused:
            world.do("merge", one, into=into.public_id)
        assert refused.value.code == code
    world.do("merge", first, into=second.public_id)
    assert children_of(parent) == [second]


PAIR = st.tuples(st.integers(0, 7), st.integers(0, 7))
VERBS = st.sampled_from(
    ("merge", "merge", "merge", "attach", "attach", "unmerge", "unmerge", "detach", "split", "reply")
)
MOVES = st.lists(st.tuples(VERBS, PAIR), min_size=1, max_size=8)


def test_whatever_is_hung_merged_and_taken_apart_there_is_no_circle_and_no_third_storey(world: World) -> None:
    """From two families side by side, so that most moves meet one; looked at after every move, all taken apart at the end."""
    parents = [world.at_state("in_hand") for _ in range(2)]
    cases = [*parents, *(child for one in parents for child in split(world, one, "n1a", "n1a"))]
    cases, begun = [*cases, world.at_state("in_hand"), world.receive()], world.at

    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(moves=MOVES)
    def whatever(moves: list[Any]) -> None:
        world.at = begun
        with transaction.atomic():
            _move(world, cases, moves)
            for case in Case.objects.filter(state="merged").order_by("-id"):
                world.do("unmerge", case)
            _the_family_is_sound()
            assert {c.pk: {o.pk for o in children_of(c)} for c in Case.objects.all()} == {
                c.pk: set(Case.objects.filter(parent=c).values_list("id", flat=True)) for c in Case.objects.all()
            }, "children went along and came back"
            transaction.set_rollback(True)

    whatever()


def _move(world: World, cases: list[Case], moves: list[Any]) -> None:
    for verb, (one, two) in moves:
        name = {"merge": "into", "attach": "to"}.get(verb)
        over = {name: cases[two].public_id} if name else {}
        try:
            with transaction.atomic():
                world.do(verb, Case.objects.get(pk=cases[one].pk), **over)
        except Refused:
            continue
        _the_family_is_sound()


def _the_family_is_sound() -> None:
    """As written, and as it lives now: a merged matter's place in the family is its survivor's."""
    for case in Case.objects.select_related("parent__merged_into", "merged_into").exclude(state="merged"):
        assert case.parent is None or case.parent.parent_id is None, "two storeys"
        above = home_of_parent(case)
        assert above is None or above.id != case.id, "it is its own parent"
        assert above is None or home_of_parent(above) is None, "two storeys where they live now"
        for child in children_of(case):
            assert child.id != case.id, "it is its own child"
            assert not children_of(child), "a third storey where they live now, or a circle"


def test_who_sees_a_child_is_the_same_after_its_repeats_were_merged_and_taken_out(world: World) -> None:
    parent = world.at_state("in_hand")
    world.do("assist", parent)
    first, second = split(world, parent, "n1a", "n1a")
    before = set(first.reach)
    world.do("merge", second, into=first.public_id)
    world.do("unmerge", second)
    first.refresh_from_db()
    assert set(first.reach) == before
    path = Link.objects.get(organisation=world.district.dept, tree=Tree.ADMINISTRATIVE, valid_to=None).path
    assert int(path.strip("/").split("/")[-1]) in before
    assert Deed.objects.filter(source_id=first.public_id, kind="case.left").exists()
