"""Which extras are off is one small query, kept for two seconds in a process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.cases import MONDAY

from genmai.processes.cases.models import PausedExtra
from genmai.processes.cases.queries import extras

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(seconds=1)


def test_an_extra_is_off_while_its_pause_is_open() -> None:
    assert extras.paused(MONDAY) == frozenset()
    pause = PausedExtra.objects.create(extra="suggestions", since=MONDAY)
    assert extras.paused(LATER) == {"suggestions"}
    assert extras.standing(LATER).pauses == (extras.Pause("suggestions", MONDAY, False),)
    pause.ended_at = LATER
    pause.save()
    assert extras.paused(LATER) == frozenset()


def test_a_storm_of_pages_is_no_storm_of_queries(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(extras, "KEPT", timedelta(seconds=2))
    extras.forget()
    with django_assert_num_queries(1):
        for _ in range(100):
            extras.paused(MONDAY)
            extras.standing(LATER)
    with django_assert_num_queries(1):
        extras.paused(MONDAY + timedelta(seconds=2))
    with django_assert_num_queries(1):  # a clock set back asks again
        extras.paused(MONDAY)
    extras.forget()
