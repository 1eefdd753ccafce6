"""Warnings, misses, overdue going up the line, suspensions that expire: once each, however often the jobs run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.cases import World, new_world, written

from genmai.interfaces.jobs.daily import provisional_limits as limits
from genmai.interfaces.jobs.minutely import milestones as job
from genmai.interfaces.jobs.minutely import suspensions
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import load_calendar
from genmai.kernel.worktime.calendar_files import BUILT_IN
from genmai.processes.cases import clocks
from genmai.processes.cases.commands import milestones
from genmai.processes.cases.models import Case, Milestone
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    return new_world()


def told(kind: str) -> list[int | None]:
    return list(Notice.objects.filter(kind=kind).order_by("id").values_list("organisation_id", flat=True))


def test_a_warning_comes_once_before_the_limit_to_its_owner_inside_office_hours(world: World) -> None:
    case = world.at_state("dispatched")
    accept = world.open(case, "accept")
    assert clocks.calendar().is_open(accept.warn_at)
    assert accept.set_at < accept.warn_at < accept.due_at
    assert milestones.warn(actor=SYSTEM, at=accept.warn_at - MINUTE) == 0
    assert milestones.warn(actor=SYSTEM, at=accept.warn_at) == 1
    assert milestones.warn(actor=SYSTEM, at=accept.warn_at + MINUTE) == 0
    assert told("milestone.warned") == [world.district.n1.pk]


def test_a_warning_is_given_again_for_a_limit_that_moved(world: World) -> None:
    case = world.at_state("in_hand")
    resolve = world.open(case, "resolve")
    world.at = resolve.warn_at
    milestones.warn(actor=SYSTEM, at=world.at)
    world.do("extend", world.do("ask_extension", case))
    assert world.open(case, "resolve").warned_at is None
    warned = Notice.objects.filter(kind="milestone.warned", payload__milestone="resolve").count()
    milestones.warn(actor=SYSTEM, at=world.open(case, "resolve").warn_at)
    assert Notice.objects.filter(kind="milestone.warned", payload__milestone="resolve").count() == warned + 1


def test_a_miss_is_a_deed_at_the_moment_the_limit_passed_and_goes_to_owner_and_parent(world: World) -> None:
    case = world.at_state("dispatched")
    due = world.open(case, "accept").due_at
    assert milestones.miss(actor=SYSTEM, at=due) == 0, "the deadline itself is in time"
    at = due + timedelta(hours=30)
    assert job.run(at=at).startswith("missed")
    missed = next(d for d in world.deeds(case, "milestone.missed") if d.milestone == "accept")
    assert (missed.at, missed.recorded_at, missed.organisation_id) == (due, at, world.district.n1.pk)
    assert (missed.due_at, missed.subject_id) == (due, world.open(case, "accept").public_id)
    first = [n.organisation_id for n in Notice.objects.filter(kind="milestone.missed", payload__milestone="accept")]
    assert first == [world.district.n1.pk, world.district.north.pk]


def test_running_the_job_again_writes_nothing_and_leaves_the_version_alone(world: World) -> None:
    case = world.at_state("dispatched")
    at = world.later(days=30)
    job.run(at=at)
    before = written()
    assert job.run(at=at) == ""
    assert written() == before
    assert Case.objects.get(pk=case.pk).version == case.version


def test_overdue_climbs_one_rung_each_working_day_to_the_top(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "contact").due_at  # Tuesday's close
    job.run(at=due + MINUTE)
    assert Notice.objects.filter(kind="milestone.raised").count() == 0
    before_opening = datetime(2026, 3, 4, 0, 0, tzinfo=UTC)
    job.run(at=before_opening)
    assert told("milestone.raised") == []
    job.run(at=before_opening + timedelta(hours=2))
    assert told("milestone.raised") == [world.district.district.pk]
    job.run(at=before_opening + timedelta(days=3))
    assert told("milestone.raised").count(world.district.district.pk) == 1, "there is nobody above the top"


def test_a_job_that_was_down_tells_every_rung_it_skipped(world: World) -> None:
    case = world.do("accept", world.do("reassign", world.at_state("dispatched")))  # the grid leads: three above it
    job.run(at=world.open(case, "contact").due_at + timedelta(days=20))
    lines = Notice.objects.filter(payload__milestone="contact", kind__in=["milestone.missed", "milestone.raised"])
    district = world.district
    assert [n.organisation_id for n in lines.order_by("id")] == [
        district.n1a.pk, district.n1.pk, district.north.pk, district.district.pk,
    ]  # fmt: skip


def test_a_miss_a_command_recorded_is_told_from_the_first_rung(world: World) -> None:
    case = world.at_state("in_hand")
    world.at = world.open(case, "resolve").due_at + MINUTE
    world.do("escalate", case)
    job.run(at=world.at)
    overdue = Notice.objects.filter(kind="milestone.raised", payload__milestone="resolve")
    assert [n.organisation_id for n in overdue] == [world.district.district.pk], (
        "the town leads now; the district is next"
    )


def test_a_weekend_is_no_working_day(world: World) -> None:
    friday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    assert clocks.rungs_due(friday, friday + timedelta(days=2), 5) == 1
    assert clocks.rungs_due(friday, datetime(2026, 3, 9, 2, 0, tzinfo=UTC), 5) == 2
    assert clocks.rungs_due(friday, friday + timedelta(days=60), 3) == 3


def test_notices_of_office_clocks_wait_for_the_office_and_urgent_ones_do_not(world: World) -> None:
    world.at_state("dispatched")
    world.at_state("dispatched", urgency="urgent")
    night = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)  # two at night in Ningbo
    job.run(at=night)
    by_clock = dict(Milestone.objects.values_list("key", "clock"))
    assert by_clock
    for notice in Notice.objects.filter(kind="milestone.missed"):
        urgent = Milestone.objects.filter(
            case__public_id=notice.source_id, key=notice.payload["milestone"], clock__startswith="urgent"
        ).exists()
        assert notice.not_before == night if urgent else notice.not_before > night


def test_what_was_met_or_is_void_or_paused_is_never_missed(world: World) -> None:
    closed, suspended = world.at_state("closed"), world.at_state("suspended")
    at = world.later(days=60)
    milestones.miss(actor=SYSTEM, at=at)
    for case in (closed, suspended):
        assert not world.deeds(case, "milestone.missed")


def test_many_are_done_in_batches(world: World) -> None:
    for _ in range(5):
        world.at_state("dispatched")
    at = world.later(days=1, hours=8)
    many = Milestone.objects.filter(state="running", due_at__lt=at).count()
    assert milestones.miss(actor=SYSTEM, at=at, limit=3) == 3
    job.run(at=at)
    assert Deed.objects.filter(kind="milestone.missed").count() == many > 5


def test_an_expired_suspension_ends_at_its_expiry_however_late_the_job_runs(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    until = world.at + timedelta(days=7, minutes=10)
    case = world.do("ask_suspension", case, until=until)
    world.later(minutes=10)
    case = world.do("suspend", case)
    assert suspensions.run(at=until - MINUTE) == ""
    assert suspensions.run(at=until + timedelta(days=1)) == "resumed 1"
    before = written()
    assert suspensions.run(at=until + timedelta(days=1)) == ""
    assert written() == before
    case.refresh_from_db()
    assert (case.state, case.suspensions.get().ended_at) == ("in_hand", until)
    assert world.open(case, "resolve").due_at == due + timedelta(days=7)
    resumed = world.deeds(case, "case.resumed")[0]
    assert (resumed.outcome, resumed.actor_kind) == ("expired", "system")


def test_a_limit_past_the_horizon_is_provisional_and_recomputed_once_the_notice_is_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_then = load_calendar(BUILT_IN / "cn.toml", known_on=date(2025, 10, 1))  # the notice for 2026 came in November
    world.at = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)  # Friday before the Spring Festival
    with monkeypatch.context() as before_the_notice:
        before_the_notice.setattr(clocks, "calendar", lambda: known_then)
        case = world.at_state("in_hand")
        guessed = world.open(case, "resolve")
        assert guessed.provisional
        assert limits.run(at=world.at) == ""
    version = Case.objects.get(pk=case.pk).version
    assert limits.run(at=world.at).startswith("recomputed")
    resolve = world.open(case, "resolve")
    assert (resolve.provisional, resolve.original_due_at) == (False, guessed.due_at)
    assert resolve.due_at > guessed.due_at, "the Festival's days don't count"
    moved = [d for d in world.deeds(case, "milestone.moved") if d.milestone == "resolve"]
    assert [(d.due_at, d.reason) for d in moved] == [(resolve.due_at, "calendar")]
    case.refresh_from_db()
    assert (case.due_at, case.version) == (resolve.due_at, version)
    assert limits.run(at=world.at) == ""
