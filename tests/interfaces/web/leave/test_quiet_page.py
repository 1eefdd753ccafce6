"""Quiet hours on the page: the rule, one's own, and why a notice came later."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.interfaces.channels.inapp.deliver import deliver
from genmai.records.notices.models import QuietChoice

pytestmark = pytest.mark.django_db


def test_one_widens_ones_own_and_is_told_why_not_narrower(d: Desks) -> None:
    who = d.as_(d.world.village)
    page = text(who.get("/leave/quiet"))
    assert "22:00–07:00" in page
    assert "随到随送" in page
    answer = who.post("/leave/quiet", {"key": str(uuid4()), "begins": "23:30", "ends": "06:00"})
    assert answer.status_code == 422
    assert "只能比统一的安静时间更长" in text(answer)
    assert who.post("/leave/quiet", {"key": str(uuid4()), "begins": "21:00", "ends": "08:00"}).status_code == 302
    assert QuietChoice.objects.get().person_id == d.world.village.person_id
    assert 'value="21:00"' in text(who.get("/leave/quiet"))


def test_a_held_notice_says_why(d: Desks) -> None:
    d.world.later(hours=14)  # eleven at night
    d.world.at_state("dispatched", text="护栏断了")
    deliver(at=d.world.at)
    assert "夜里不打扰，03-03 07:00 一起送" in text(d.as_(d.world.village).get("/inbox/"))
