"""The worker ends emergencies at their time and looks at the load every five seconds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.cases import MONDAY, new_world
from tests.processes.cases.test_emergency import declared

from genmai.interfaces.jobs import worker
from genmai.interfaces.jobs.continuous import pressure
from genmai.interfaces.jobs.minutely import emergencies

pytestmark = pytest.mark.django_db


def test_an_emergency_is_asked_about_and_then_over() -> None:
    w = new_world(at=MONDAY)
    found = declared(w)
    assert emergencies.run(at=MONDAY) == ""
    assert emergencies.run(at=found.until - timedelta(hours=1)) == "asked 1"
    assert emergencies.run(at=found.until) == "over 1"
    found.refresh_from_db()
    assert found.ended_at == found.until


def test_the_guard_looks_every_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(pressure, "_looked", [])
    monkeypatch.setattr(pressure, "watch", lambda *, actor, at: looked.append(at) or "")
    for seconds in (0, 1, 4, 5, 9, 11):
        pressure.run(at=MONDAY + timedelta(seconds=seconds))
    assert len(looked) == 3


def test_the_worker_finds_them() -> None:
    names = {job.name for job in worker.find_jobs()}
    assert {"continuous/pressure", "minutely/emergencies", "daily/unsent_pictures"} <= names
