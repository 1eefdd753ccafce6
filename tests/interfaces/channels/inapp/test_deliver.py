"""Notices in the product: delivered once, each try a row, and a dead worker loses none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from tests.factories.cases import MONDAY, new_world

from genmai.interfaces.channels.inapp import deliver
from genmai.interfaces.jobs.continuous import notices
from genmai.records.notices.models import Attempt, Notice

pytestmark = pytest.mark.django_db


def test_every_waiting_notice_is_delivered_once() -> None:
    world = new_world()
    world.at_state("closed")
    waiting = Notice.objects.count()
    assert waiting > 3
    assert notices.run(at=world.at) == f"delivered {waiting} notices"
    assert notices.run(at=world.at) == ""
    assert Attempt.objects.filter(channel="inapp", delivered=True).count() == waiting
    assert not Notice.objects.filter(sent_at=None).exists()


def test_what_is_for_later_waits() -> None:
    new_world().receive()
    Notice.objects.update(not_before=MONDAY + timedelta(hours=1))
    assert notices.run(at=MONDAY) == ""
    assert notices.run(at=MONDAY + timedelta(hours=1)) != ""


def test_a_batch_that_breaks_leaves_all_of_it_waiting() -> None:
    new_world().at_state("closed")
    real = deliver.delivered

    def breaking(**given: Any) -> int:
        real(**given)
        raise RuntimeError("broken on purpose")

    with patch.object(deliver, "delivered", breaking), pytest.raises(RuntimeError):
        notices.run(at=MONDAY + timedelta(days=9))
    assert not Notice.objects.exclude(sent_at=None).exists()
    assert not Attempt.objects.exists()
