"""Matters alike: found whatever the words, within the scope, not offered again once found to be two; what residents see."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import staff
from tests.factories.cases import World, new_world

from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.processes.cases.commands import likeness
from genmai.processes.cases.commands.intake import Report
from genmai.processes.cases.models import Case, CaseLink
from genmai.processes.cases.queries import matter, similar, similar_public
from genmai.processes.cases.queries.similar import Typed
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
LAMP = "小区东门外的路灯坏了一个多星期，晚上一片黑，请派人修。"
AGAIN = "东门口路灯不亮好多天了，夜里黑漆漆的，老人不敢走。"
NOISE = "楼上装修从早敲到晚，孩子没法写作业，物业说了也没用。"


def typed(w: World, text: str = AGAIN, place: str = "n1") -> Typed:
    return Typed(text=text, place_id=w.district.places[place].pk)


def numbers(found: list[similar.Like]) -> list[int]:
    return [like.case.pk for like in found]


def test_a_repeat_in_other_words_is_found_and_another_trouble_next_door_is_not() -> None:
    w = new_world()
    lamp, _noise = w.receive(text=LAMP), w.receive(text=NOISE)
    (like,) = similar.while_typing(w.town.viewer, typed=typed(w), at=w.later(days=2))
    assert like.case == lamp
    assert like.score.near == "same"
    assert like.score.days == 2


@pytest.mark.parametrize(("place", "near"), [("n1", "same"), ("n1a", "inside")])
def test_a_grid_lies_in_its_village(place: str, near: str) -> None:
    w = new_world()
    w.receive(text=LAMP, place_id=w.district.places[place].pk)
    (like,) = similar.while_typing(w.town.viewer, typed=typed(w), at=w.later(hours=1))
    assert like.score.near == near


def test_old_and_closed_is_not_offered_old_and_open_is() -> None:
    w = new_world()
    closed = w.at_state("closed", text=LAMP)
    waiting = w.receive(text=LAMP)
    assert set(numbers(similar.while_typing(w.town.viewer, typed=typed(w), at=w.later(days=3)))) == {
        closed.pk,
        waiting.pk,
    }
    assert numbers(similar.while_typing(w.town.viewer, typed=typed(w, LAMP), at=w.later(days=60))) == [waiting.pk]
    assert similar.while_typing(w.town.viewer, typed=typed(w, LAMP), at=w.later(days=200)) == []


def test_the_merged_repeat_stands_for_the_matter_it_was_merged_into() -> None:
    w = new_world()
    first, repeat = w.receive(text="门口的灯"), w.receive(text=LAMP)
    w.do("merge", repeat, into=first.public_id)
    (like,) = similar.while_typing(w.town.viewer, typed=typed(w, LAMP), at=w.later(hours=1))
    assert like.case.pk == first.pk


def test_staff_of_one_town_find_nothing_of_the_other() -> None:
    w = new_world()
    w.receive(text=LAMP)
    assert similar.while_typing(w.south.viewer, typed=typed(w, LAMP), at=w.later(hours=1)) == []
    assert similar.while_typing(NOBODY, typed=typed(w, LAMP), at=w.at) == []


def test_without_a_place_text_alone_finds_it() -> None:
    w = new_world()
    lamp = w.receive(text=LAMP)
    found = similar.while_typing(w.office.viewer, typed=Typed(text=LAMP), at=w.later(hours=1))
    assert numbers(found) == [lamp.pk]
    assert found[0].score.near == "unknown"


def test_two_found_to_be_two_are_not_offered_again_either_way_round_until_taken_back() -> None:
    w = new_world()
    one, two = w.receive(text=LAMP), w.receive(text=AGAIN)
    at = w.later(hours=1)
    assert numbers(similar.of_case(w.town.viewer, case=one, at=at)) == [two.pk]
    key = w.key()
    link = likeness.not_same(actor=w.town, at=at, key=key, case=two.public_id, other=one.public_id)
    assert likeness.not_same(actor=w.town, at=at, key=key, case=two.public_id, other=one.public_id) == link
    assert likeness.not_same(actor=w.town, at=at, key=w.key(), case=one.public_id, other=two.public_id) == link
    assert similar.of_case(w.town.viewer, case=one, at=at) == similar.of_case(w.town.viewer, case=two, at=at) == []
    assert Deed.objects.filter(kind="case.not_same").count() == 2
    back = {"actor": w.town, "at": w.later(minutes=1), "link": link.public_id}
    likeness.undo(key=w.key(), **back)
    likeness.undo(key=w.key(), **back)
    assert Deed.objects.filter(kind="case.unlinked").count() == 2
    assert numbers(similar.of_case(w.town.viewer, case=one, at=w.at)) == [two.pk]


def test_linked_instead_of_two_and_only_by_who_may_merge_what_they_see() -> None:
    w = new_world()
    one, two, south = w.receive(text=LAMP), w.receive(text=AGAIN), w.receive(place_id=w.district.places["s1"].pk)
    pair = {"case": one.public_id, "other": two.public_id, "at": w.at}
    likeness.not_same(actor=w.town, key=w.key(), **pair)
    assert likeness.link(actor=w.town, key=w.key(), **pair).kind == CaseLink.Kind.LINKED
    assert CaseLink.objects.filter(ended_at=None).count() == 1
    with pytest.raises(NotPermitted):
        likeness.link(actor=w.village, key=w.key(), case=one.public_id, other=two.public_id, at=w.at)
    with pytest.raises(NotFound):
        likeness.link(actor=w.town, key=w.key(), case=one.public_id, other=south.public_id, at=w.at)
    with pytest.raises(Refused, match="两件不同"):
        likeness.link(actor=w.town, key=w.key(), case=one.public_id, other=one.public_id, at=w.at)


def test_the_score_is_the_same_both_ways_round() -> None:
    w = new_world()
    one, two = w.receive(text=LAMP, place_text="东门"), w.receive(text=AGAIN, place_text="西门")
    there, back = (similar.compare(w.town.viewer, one=a, other=b) for a, b in ((one, two), (two, one)))
    assert there == back


PIT = "中山路上有个大坑，电动车摔了好几个人"


def test_a_road_on_the_border_is_seen_from_both_villages_and_only_by_who_sees_both() -> None:
    w = new_world()
    pit = w.receive(text=PIT)
    w.receive(text="桥头路灯坏了")
    said = typed(w, "中山路路面塌了一个大坑，电动车差点摔倒", "n2")
    (like,) = similar.while_typing(w.town.viewer, typed=said, at=w.later(hours=1))
    assert (like.case, like.score.near) == (pit, "border")
    assert similar.while_typing(w.town.viewer, typed=typed(w, "桥头路灯坏了", "n2"), at=w.at) == []
    assert similar.while_typing(w.south.viewer, typed=said, at=w.at) == []
    far = typed(w, "中山路路面塌了一个大坑，电动车差点摔倒", "s1")
    assert similar.while_typing(w.office.viewer, typed=far, at=w.at) == [], "never across towns"


def test_another_building_of_the_village_is_another_matter() -> None:
    w = new_world()
    third = w.receive(text="三号楼下的路灯不亮，晚上看不见路")
    w.receive(text="12幢楼下的路灯不亮，晚上看不见路")
    said = typed(w, "3 幢前面路灯不亮，走夜路看不见")
    assert numbers(similar.while_typing(w.town.viewer, typed=said, at=w.later(hours=1))) == [third.pk]


def test_what_was_merged_out_of_sight_is_not_offered() -> None:
    w = new_world()
    south = w.receive(text="别处的事", place_id=w.district.places["s1"].pk)
    lamp = w.receive(text=LAMP)
    Case.objects.filter(pk=lamp.pk).update(state="merged", merged_into=south)
    assert similar.while_typing(w.town.viewer, typed=typed(w, LAMP), at=w.later(hours=1)) == []


def test_the_number_of_questions_does_not_grow() -> None:
    w = new_world()
    viewer = w.town.viewer
    counts = []
    for _ in range(2):
        w.receive(text=LAMP)
        with CaptureQueriesContext(connection) as asked:
            similar.while_typing(viewer, typed=typed(w), at=w.later(minutes=1))
        counts.append(len(asked))
        for _ in range(12):
            w.receive(text=AGAIN)
    assert counts[0] == counts[1] <= 6


# -- residents ---------------------------------------------------------------------------------------------------------


def test_a_resident_sees_subject_place_time_and_state_and_nothing_else() -> None:
    w = new_world()
    text = f"{LAMP} 找张三，电话13800001111"
    w.receive(text=text, title="张三家门口", place_text="三幢502室", place_id=w.district.places["n1a"].pk)
    (like,) = similar_public.for_residents(NOBODY, typed=typed(w, LAMP), at=w.later(hours=1))
    assert {field.name for field in fields(like)} == {
        "public_id", "subject", "place", "received_at", "state", "callers", "percent", "may_join",
    }  # fmt: skip
    assert (like.subject, like.place, like.state, like.callers, like.may_join) == (
        "010204",
        "北一村",
        "received",
        1,
        True,
    )


@pytest.mark.parametrize(
    "hidden",
    [
        {"service": "complaint", "mechanism": "default/case-loop@2"},
        {"category": "050201"},
        {"text": "那个人天天在我家门口走来走去。"},  # nobody has said yet what it is about
    ],
)
def test_private_kinds_private_subjects_and_what_has_no_subject_never_appear(hidden: dict[str, str]) -> None:
    w = new_world(mechanism=hidden.pop("mechanism", "default/calls@1"))
    case = w.receive(**{"text": LAMP, **hidden})
    asked = typed(w, case.text)
    assert similar_public.for_residents(NOBODY, typed=asked, at=w.later(hours=1)) == []
    assert numbers(similar.while_typing(w.town.viewer, typed=asked, at=w.at)) == [case.pk]
    assert similar_public.may_be_joined(NOBODY, case=case.public_id, place_id=w.district.places["n1"].pk) is None


def test_nothing_from_another_town_and_nothing_before_a_place_is_chosen() -> None:
    w = new_world()
    w.receive(text=LAMP)
    assert similar_public.for_residents(NOBODY, typed=typed(w, LAMP, "s1"), at=w.later(hours=1)) == []
    assert similar_public.for_residents(NOBODY, typed=Typed(text=LAMP), at=w.at) == []
    assert len(similar_public.for_residents(NOBODY, typed=typed(w, LAMP, "north"), at=w.at)) == 1


def join(w: World, into: Case, place: str = "n1", key_: object = None) -> Case:
    return likeness.join(
        actor=Actor.reporter(),
        at=w.later(hours=1),
        key=key_ or w.key(),  # type: ignore[arg-type]
        mechanism=w.mechanism,
        report=Report(
            text=AGAIN, place_id=w.district.places[place].pk, follow_digest=bytes(32), person_id=staff("来的人").pk
        ),
        into=into.public_id,
    )


def test_a_resident_joins_and_both_callers_are_answered() -> None:
    w = new_world()
    lamp = w.at_state("in_hand", text=LAMP)
    key = w.key()
    mine = join(w, lamp, key_=key)
    assert join(w, lamp, key_=key) == mine
    assert (mine.state, mine.merged_into_id) == ("merged", lamp.pk)
    found = matter.matter(w.town.viewer, public_id=lamp.public_id)
    assert len(found.callers) == 2
    w.do("reply", lamp)
    told = Notice.objects.filter(kind="case.replied", caller_id__isnull=False).values_list("caller_id", flat=True)
    assert set(told) == {caller.public_id for caller in found.callers}
    w.do("unmerge", mine)
    assert Case.objects.get(pk=mine.pk).state == "received"


def test_joining_what_is_closed_private_or_elsewhere_is_refused_and_takes_nothing_in() -> None:
    w = new_world()
    closed, elsewhere = w.at_state("closed", text=LAMP), w.receive(text=LAMP, place_id=w.district.places["s1"].pk)
    private = w.receive(text=LAMP, category="050201")
    before = Case.objects.count()
    for into in (closed, elsewhere, private):
        with pytest.raises(Refused, match="不能加入"):
            join(w, into)
    assert Case.objects.count() == before
