"""The demo's estates: every state to be seen, told through commands alone, quickly, the same each time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.processes.cases.models import Case
from genmai.processes.decisions.models import Attendance, Meeting
from genmai.processes.registers.flow import REVIEW
from genmai.processes.registers.models import Clearing, Estate, Matter, Vote
from genmai.processes.registers.queries import clearance
from genmai.records.deeds.models import Deed
from genmai.simulation import demo, estates

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_every_state_is_there_and_it_is_quick() -> None:
    _district, ground = demo.ensure_ground(at=AT, seed=7, say=lambda _: None)
    _start, end = demo.span(AT)
    began = time.monotonic()
    estates.tell(ground=ground, seed=7, end=end)
    assert time.monotonic() - began < 6, "two seconds on a quiet machine"
    assert Estate.objects.count() == len(estates.ROWS) == 12
    open_stays = Clearing.objects.filter(ended_at__isnull=True)
    assert sorted(open_stays.values_list("state", flat=True)) == ["listed", "listed", "planned"]
    assert set(Matter.objects.values_list("state", flat=True)) == set(REVIEW.states)
    assert set(Vote.objects.values_list("counted", flat=True)) == {True, False}
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["called", "held", "held"]
    assert set(Attendance.objects.values_list("mark", flat=True)) == {"present", "absent", "excused"}
    tasks = Case.objects.filter(external_source="joint_meeting")
    assert sorted(tasks.values_list("state", flat=True)) == ["closed", "dispatched", "in_hand"]
    assert tasks.filter(parent__isnull=False).count() == 1
    assert Deed.objects.filter(kind="estate.term_ending").count() == 3
    path = ground.focus[0].town
    estates.ensure_account(at=AT, opened_on=demo.OPENED, password_of=lambda login: f"long-{login}-9")
    viewer = viewer_for(Account.objects.get(login="yeweihui"), at=AT)
    assert viewer.grants
    town = ground.cast.actor(path.pk).viewer
    left = clearance.left(town, path=town.path, moments=[end])[0]
    assert (left.n, left.d) == (3, 12)
