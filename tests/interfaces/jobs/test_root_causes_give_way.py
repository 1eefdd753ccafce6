"""Looking for root causes never holds up the worker: a slice at a turn, nothing under load, nothing forgotten."""

from __future__ import annotations

from itertools import count

import pytest
from tests.factories.cases import MONDAY

from genmai.interfaces.jobs.minutely import root_causes as job
from genmai.processes.cases.commands import root_causes
from genmai.processes.cases.models import PausedExtra

pytestmark = pytest.mark.django_db


def test_it_stops_when_its_seconds_are_over_and_goes_on_until_it_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [10 * job.AT_ONCE + 3]

    def look(*, actor: object, at: object, limit: int) -> tuple[int, int]:
        walked = min(limit, left[0])
        left[0] -= walked
        return walked, 0

    monkeypatch.setattr(root_causes, "look_at_new", look)
    seconds = count(0, 2)
    job.run(at=MONDAY, clock=lambda: float(next(seconds)))
    assert 0 < left[0] < 10 * job.AT_ONCE, "some, not all"
    job.run(at=MONDAY, clock=lambda: 0.0)
    assert left[0] == 0


def test_under_load_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(root_causes, "look_at_new", lambda **given: looked.append(given) or (0, 0))
    pause = PausedExtra.objects.create(extra="similar", since=MONDAY)
    job.run(at=MONDAY)
    assert not looked
    pause.ended_at = MONDAY
    pause.save()
    job.run(at=MONDAY)
    assert looked
