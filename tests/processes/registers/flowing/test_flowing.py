"""Flowing members by commands: three sources, somebody speaks to them, both sides of one record, clocks that propose."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.flowing import LEFT_ON, Two, two
from tests.factories.organisations import SETUP

from genmai.directory.roster.commands import restructure
from genmai.directory.roster.models import Membership, PersonKind
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing import queries
from genmai.processes.registers.flowing.commands import candidates, clocks, records
from genmai.processes.registers.flowing.commands.clocks import months_before
from genmai.processes.registers.flowing.flow import CANDIDATE, RECORD
from genmai.processes.registers.models import Candidate, FlowProposal, FlowRecord
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("flowing")


@pytest.fixture
def t(db: None) -> Two:
    return two()


def told(t: Two, phone: str = "13805740001", name: str = "王建国") -> Candidate:
    """By a grid worker of the south, on a round."""
    return candidates.tell(
        actor=t.grid_worker(), at=t.at, key=t.key(), source="visit", host_id=t.district.s1a.pk, name=name, phone=phone
    )


def declared(t: Two, **more: Any) -> FlowRecord:
    given = {"way": "visit", "home_said": "北一村党支部"} | more
    return candidates.declare(actor=t.grid_worker(), at=t.at, key=t.key(), candidate=told(t).public_id, **given)


def test_from_a_visit_to_both_sides_of_one_record(t: Two) -> None:
    member = t.member("王建国", number=1)
    found = declared(t)
    assert (found.state, found.member, found.host) == ("declared", None, t.district.s1a)
    assert queries.unmatched(t.grid_worker().viewer)[1] == 1
    settled = records.confirm(
        actor=t.branch_secretary(), at=t.at, key=t.key(), record=_for_home(found, t), member=member.public_id
    )
    assert (settled.state, settled.member, settled.home) == ("settled", member, t.party.n1)
    for viewer in (t.grid_worker().viewer, t.branch_secretary().viewer):
        assert queries.unmatched(viewer)[1] == 0
        assert queries.work(viewer, side="home")[1] + queries.work(viewer, side="host")[1] == 1
    kept = records.contact(
        actor=t.grid_worker(), at=t.later(days=3), key=t.key(), record=found.public_id, way="phone", reached=True
    )
    assert (kept.state, kept.next_on) == ("keeping", t.at.date() + timedelta(days=30))
    cared = records.care(actor=t.grid_worker(), at=t.at, key=t.key(), record=found.public_id, duty="welcome_talk")
    assert cared.state == "keeping"
    ended = records.end(
        actor=t.branch_secretary(),
        at=t.at,
        key=t.key(),
        record=found.public_id,
        how="transfer",
        on=t.at.date(),
        document="介绍信 3 号",
    )
    assert (ended.state, ended.ended_on, ended.next_on) == ("transferred", t.at.date(), None)
    log = [one.verb for one in queries.touches(t.branch_secretary().viewer, of=ended)]
    assert log == ["transfer", "care", "contact", "confirm", "name_home", "declare", "find"]


def _for_home(found: FlowRecord, t: Two) -> Any:
    """The person named the branch; nothing pointed at a member, so the host side names the body that is asked."""
    return records.name_home(
        actor=t.grid_worker(), at=t.at, key=t.key(), record=found.public_id, home_id=t.party.n1.pk
    ).public_id


def test_the_host_side_names_another_branch_once_the_first_said_no(t: Two) -> None:
    t.member("王建国", number=1)
    found = declared(t)
    _for_home(found, t)
    with pytest.raises(Refused, match="等它答复"):
        _for_home(found, t)
    records.disown(actor=t.branch_secretary(), at=t.at, key=t.key(), record=found.public_id, text="没有这个人")
    assert queries.records(t.branch_secretary("n2").viewer).count() == 0
    for wrong in (t.district.n1.pk, t.district.dept.pk):
        with pytest.raises(NotFound):
            records.name_home(actor=t.grid_worker(), at=t.at, key=t.key(), record=found.public_id, home_id=wrong)
    with pytest.raises(NotFound):  # the branch that has nothing to do with it any more doesn't name one
        records.name_home(
            actor=t.branch_secretary(), at=t.at, key=t.key(), record=found.public_id, home_id=t.party.n2.pk
        )
    key = t.key()
    for _ in range(2):
        again = records.name_home(
            actor=t.grid_worker(), at=t.at, key=key, record=found.public_id, home_id=t.party.n2.pk, text="他记起来了"
        )
    assert (again.state, again.home) == ("declared", t.party.n2)
    assert Deed.objects.filter(source_id=found.public_id, kind="flowing.home_named").count() == 2
    assert Notice.objects.filter(kind="flowing.declared", organisation=t.party.n2).count() == 1
    assert queries.records(t.branch_secretary("n2").viewer).count() == 1


def test_who_sees_a_candidate_follows_where_its_body_stands_now(t: Two) -> None:
    candidate = told(t)
    south, north = t.actor("nan", "town_desk", t.district.south), t.actor("bei", "town_desk", t.district.north)
    assert clocks.follow_moves(actor=SYSTEM, at=t.at) == 0
    restructure.move(
        actor=SETUP, at=t.at, key=t.key(), organisation=t.district.s1, parent=t.district.north, on=t.at.date(),
        document="调整 1 号",
    )  # fmt: skip
    assert [clocks.follow_moves(actor=SYSTEM, at=t.at) for _ in range(2)] == [1, 0]
    seen = [queries.candidates(one.viewer).filter(pk=candidate.pk).exists() for one in (south, north)]
    assert seen == [False, True]


def test_the_home_side_registered_first_and_the_host_side_found_them(t: Two) -> None:
    member = t.member("王建国", number=1)
    out = records.leave(
        actor=t.branch_secretary(),
        at=t.at,
        key=t.key(),
        member=member.public_id,
        reason="work",
        left_on=LEFT_ON,
        host_said="南镇一带",
    )
    assert (out.state, queries.unmatched(t.branch_secretary().viewer)[1]) == ("out", 1)
    candidate = told(t)
    Candidate.objects.filter(pk=candidate.pk).update(member=member)  # as a comparison would have it
    met = candidates.declare(
        actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, way="visit", home_said="北一村"
    )
    assert (met.pk, met.state, met.left_on) == (out.pk, "declared", LEFT_ON)
    assert Notice.objects.filter(kind="flowing.declared", organisation=t.party.n1).exists()
    assert (
        records.confirm(
            actor=t.branch_secretary(), at=t.at, key=t.key(), record=met.public_id, member=member.public_id
        ).state
        == "settled"
    )


def test_no_match_is_acted_on_without_a_persons_contact(t: Two) -> None:
    """A candidate alone changes nothing, and no job, import or reporter can write what a person would have said."""
    member = t.member("王建国", number=1)
    candidate = told(t)
    Candidate.objects.filter(pk=candidate.pk).update(member=member, weight=60.0)
    before = list(Membership.objects.values()), FlowRecord.objects.count()
    everyone = {"at": t.at, "candidate": candidate.public_id, "way": "visit"}
    for actor in (SYSTEM, Actor.reporter()):
        for verb in (candidates.miss, candidates.deny, candidates.settle, candidates.close):
            with pytest.raises((NotPermitted, NotFound)):
                verb(actor=actor, key=t.key(), **everyone)
        with pytest.raises((NotPermitted, NotFound)):
            candidates.declare(actor=actor, key=t.key(), home_said="北一村", **everyone)
        with pytest.raises((NotPermitted, NotFound)):
            records.leave(actor=actor, at=t.at, key=t.key(), member=member.public_id, reason="work", left_on=LEFT_ON)
    with pytest.raises(BadInput):  # nobody asked them which branch is theirs
        candidates.declare(actor=t.grid_worker(), key=t.key(), home_said="  ", **everyone)
    assert clocks.propose(actor=SYSTEM, at=t.later(days=800)) == 0
    assert (list(Membership.objects.values()), FlowRecord.objects.count()) == before
    assert Candidate.objects.get(pk=candidate.pk).state == "found"
    # And what the person declared still doesn't say who they are: the home side does.
    made = candidates.declare(actor=t.grid_worker(), key=t.key(), home_said="北一村", **everyone)
    assert (made.state, made.member, made.thought) == ("declared", None, member)
    with pytest.raises((NotPermitted, NotFound)):
        records.confirm(actor=SYSTEM, at=t.at, key=t.key(), record=made.public_id, member=member.public_id)
    with pytest.raises((NotPermitted, NotFound)):  # not for the host side either
        records.confirm(actor=t.grid_worker(), at=t.at, key=t.key(), record=made.public_id, member=member.public_id)


def test_they_say_no_and_that_is_the_end(t: Two) -> None:
    candidate = told(t)
    done = candidates.deny(actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, way="phone")
    assert (done.state, done.next_on, FlowRecord.objects.count()) == ("not_member", None, 0)
    with pytest.raises(Refused):
        candidates.declare(
            actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, way="visit", home_said="北一村"
        )


def test_nobody_reached_comes_up_again(t: Two) -> None:
    candidate = told(t)
    done = candidates.miss(actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, way="phone")
    assert (done.state, done.next_on) == ("trying", t.at.date() + timedelta(days=3))


def test_not_ours_gives_it_back_to_the_host(t: Two) -> None:
    t.member("王建国", number=1)
    found = declared(t)
    _for_home(found, t)
    done = records.disown(actor=t.branch_secretary(), at=t.at, key=t.key(), record=found.public_id, text="没有这个人")
    assert (done.state, done.home, done.home_reach) == ("declared", None, [])
    assert Notice.objects.filter(kind="flowing.disowned", organisation=t.district.s1a).exists()


def test_losing_somebody_needs_a_paper_and_a_person(t: Two) -> None:
    member = t.member("王建国", number=1)
    out = records.leave(
        actor=t.branch_secretary(), at=t.at, key=t.key(), member=member.public_id, reason="work", left_on=LEFT_ON
    )
    with pytest.raises(BadInput):
        records.end(actor=t.branch_secretary(), at=t.at, key=t.key(), record=out.public_id, how="lose", on=t.at.date())
    lost = records.end(
        actor=t.branch_secretary(),
        at=t.at,
        key=t.key(),
        record=out.public_id,
        how="lose",
        on=t.at.date(),
        document="支委会 8 号",
    )
    assert (lost.state, lost.ended_on) == ("lost", None)
    assert (
        records.contact(
            actor=t.branch_secretary(), at=t.at, key=t.key(), record=out.public_id, way="phone", reached=False
        ).state
        == "lost"
    )
    found = records.contact(
        actor=t.branch_secretary(), at=t.at, key=t.key(), record=out.public_id, way="phone", reached=True
    )
    assert (found.state, found.last_contact_at) == ("lost", t.at)  # spoken to, and still no host side


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)), (date(2024, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 3, 2), 3, date(2025, 12, 2)), (date(2026, 1, 15), 24, date(2024, 1, 15)),
    ],
)  # fmt: skip
def test_months(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_the_clock_only_proposes_and_once(t: Two) -> None:
    member = t.member("王建国", number=1)
    out = records.leave(
        actor=t.branch_secretary(), at=t.at, key=t.key(), member=member.public_id, reason="work", left_on=t.at.date()
    )
    assert clocks.propose(actor=SYSTEM, at=t.later(days=60)) == 0
    assert clocks.propose(actor=SYSTEM, at=t.later(days=33)) == 1  # three months of silence
    assert clocks.propose(actor=SYSTEM, at=t.later(days=100)) == 2  # six: a transfer, and the silence again
    assert clocks.propose(actor=SYSTEM, at=t.at) == 0
    kinds = sorted(FlowProposal.objects.values_list("kind", flat=True))
    assert kinds == ["lost", "silent", "transfer"]
    now = FlowRecord.objects.get(pk=out.pk)
    assert (now.state, now.version) == (out.state, out.version)
    assert Deed.objects.filter(kind="flowing.proposed").count() == 3


def test_each_side_sees_its_own_and_nobody_elses(t: Two) -> None:
    t.member("王建国", number=1)
    found = declared(t)
    stranger = t.actor("wangge-n2", "grid_worker", t.district.n2a)
    assert queries.counts(stranger.viewer, at=t.at) == queries.Counts()
    for read in (
        lambda: queries.record(stranger.viewer, public_id=found.public_id),
        lambda: queries.candidate(stranger.viewer, public_id=Candidate.objects.get().public_id),
    ):
        with pytest.raises(NotFound):
            read()
    with pytest.raises(NotFound):
        records.contact(actor=stranger, at=t.at, key=t.key(), record=found.public_id, way="phone", reached=True)
    with pytest.raises(NotFound):
        candidates.look(
            actor=stranger, at=t.at, key=t.key(), candidate=Candidate.objects.get().public_id, purpose="联系"
        )


def test_a_look_is_written_first_and_wants_a_purpose(t: Two) -> None:
    candidate = told(t)
    with pytest.raises(BadInput):
        candidates.look(actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, purpose=" ")
    seen = candidates.look(
        actor=t.grid_worker(), at=t.at, key=t.key(), candidate=candidate.public_id, purpose="上门联系"
    )
    assert (seen.name, seen.phone) == ("王建国", "13805740001")
    assert candidate.resident is not None
    assert candidate.resident.kind == PersonKind.RESIDENT
    assert candidate.resident.looked_at.get().purpose == "上门联系"


def test_replayed_once_and_a_stale_page_is_told(t: Two) -> None:
    candidate, key = told(t), t.key()
    given = {"actor": t.grid_worker(), "at": t.at, "candidate": candidate.public_id, "way": "phone"}
    candidates.miss(**given, key=key, seen=1)
    candidates.miss(**given, key=key, seen=1)
    assert Deed.objects.filter(kind="candidate.missed").count() == 1
    with pytest.raises(Changed):
        candidates.deny(**given, key=t.key(), seen=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([row.verb for row in RECORD.table]), max_size=12))
def test_any_course_keeps_to_the_table(verbs: list[str]) -> None:
    """Whatever is tried in whatever order: an ended record stays ended, both sides confirmed before it is kept."""
    state, seen = "", []
    for verb in verbs:
        if RECORD.allows(state, verb):
            state = RECORD.step(state, verb)
            seen.append(verb)
            assert state not in RECORD.final or not any(RECORD.allows(state, row.verb) for row in RECORD.table)
            assert state not in ("settled", "keeping") or "confirm" in seen or "lose" in seen
    assert CANDIDATE.final >= {"not_member", "expired"}
