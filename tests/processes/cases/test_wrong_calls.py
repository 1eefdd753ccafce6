"""误呼叫: the department flags within its window, the town answers, the district office decides."""

from __future__ import annotations

import pytest
from tests.factories.cases import World, new_world, written

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.cases.models import Body, Case, Milestone, Request
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def called(world: World) -> Case:
    return world.do("call_in", world.at_state("in_hand"))


def owed(case: Case) -> set[tuple[int, str]]:
    rows = Milestone.objects.filter(case=case, key="decide", state="running").select_related("request")
    return {(one.owner_id, one.request.kind) for one in rows if one.request}


def test_the_town_owes_an_answer_and_the_department_stays_meanwhile(world: World) -> None:
    case = called(world)
    world.do("flag_call", case)
    assert owed(case) == {(world.district.north.pk, "wrong_call")}
    deed = world.deeds(case, "case.call_flagged")[0]
    assert (deed.organisation_id, deed.counterpart_id, deed.reason) == (
        world.district.dept.pk,
        world.district.north.pk,
        "town_could",
    )
    assert Notice.objects.filter(kind="case.call_flagged", organisation=world.district.north).exists()
    with pytest.raises(Refused) as refused:
        world.do("reply", case)
    assert refused.value.code == "not_all_done"
    assert world.open(case, "department_arrive").state == "running", "its own clock runs on"


def test_taken_back_the_department_goes_home(world: World) -> None:
    case = called(world)
    body = Body.objects.get(case=case, part="called")
    world.do("flag_call", case)
    world.do("withdraw_call", case)
    body.refresh_from_db()
    assert body.released_at is not None
    assert not owed(case)
    assert not Milestone.objects.filter(case=case, body=body, state="running").exists()
    assert world.do("reply", case).state == "replied"


@pytest.mark.parametrize(("verb", "stays"), [("uphold_flag", False), ("reject_flag", True)])
def test_insisted_the_district_office_decides(world: World, verb: str, stays: bool) -> None:
    case = called(world)
    body = Body.objects.get(case=case, part="called")
    world.do("flag_call", case)
    with pytest.raises(BadInput):
        world.do("insist_call", case, text="")
    world.do("insist_call", case)
    assert owed(case) == {(world.district.district.pk, "insisted")}
    for other in (world.town, world.dept, world.village):
        with pytest.raises(NotPermitted):
            world.do(verb, case, actor=other)
    world.do(verb, case)
    body.refresh_from_db()
    assert (body.released_at is None) is stays
    kinds = [d.kind for d in world.deeds(case) if "call_" in d.kind or "flag" in d.kind]
    assert kinds == ["case.call_flagged", "case.call_insisted", "case.flag_rejected" if stays else "case.flag_upheld"]
    last = world.deeds(case, kinds[-1])[0]
    assert (last.organisation_id, last.counterpart_id) == (world.district.dept.pk, world.district.north.pk)


def test_saying_wrong_as_the_answer_to_the_call_is_a_flag_too(world: World) -> None:
    case = called(world)
    world.do("respond", case, wrong="wrong_department", text="该找水利")
    assert owed(case) == {(world.district.north.pk, "wrong_call")}
    assert Body.objects.get(case=case, part="called").released_at is None
    assert len(world.deeds(case, "case.call_flagged")) == 1


def test_once_a_call_with_a_known_reason_and_in_its_window(world: World) -> None:
    case = called(world)
    for wrong in ({"reason": "lazy"}, {"text": ""}):
        before = written()
        with pytest.raises(BadInput):
            world.do("flag_call", case, **wrong)
        assert written() == before
    with pytest.raises(NotPermitted):
        world.do("flag_call", case, actor=world.village)
    with pytest.raises(NotFound):
        world.do("flag_call", case, body=world.key())
    world.do("flag_call", case)
    with pytest.raises(Refused) as again:
        world.do("flag_call", case)
    assert again.value.code == "already_flagged"
    late = called(world)
    world.later(days=5)
    with pytest.raises(Refused) as over:
        world.do("flag_call", late)
    assert over.value.code == "too_late"


def test_nobody_decides_what_they_asked_and_what_is_done_is_not_flagged(world: World) -> None:
    case = called(world)
    world.do("flag_call", case)
    with pytest.raises(NotPermitted):
        world.do("withdraw_call", case, actor=world.dept)
    done = world.do("conclude", world.do("arrive", called(world)))
    with pytest.raises(Refused) as refused:
        world.do("flag_call", done)
    assert refused.value.code == "already"


def test_a_department_that_comes_after_all_or_is_let_go_settles_the_flag(world: World) -> None:
    for way in (("arrive", "conclude"), ("release",)):
        case = called(world)
        world.do("flag_call", case)
        for verb in way:
            world.do(verb, case)
        assert not owed(case)
        assert not Request.objects.filter(case=case, decided_at=None).exists()
        assert world.do("reply", case).state == "replied"
