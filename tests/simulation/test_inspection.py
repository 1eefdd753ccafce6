"""The demo's round has the source text's three numbers, counted from deeds, and is made by commands alone."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db.models import Count
from tests.factories.accounts import viewer

from genmai.kernel.viewer import NOBODY
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import tally
from genmai.records.deeds.models import Deed
from genmai.simulation import demo, inspection

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def made() -> Round:
    _, ground = demo.ensure_ground(at=AT, seed=7, say=lambda _: None)
    begun = time.process_time()
    told = inspection.tell(ground=ground, seed=7, end=demo.span(AT)[1])
    took = time.process_time() - begun
    assert took < 8, "four seconds on a quiet machine"
    return told


def test_78_findings_on_4_sides_for_52_bodies_from_deeds(made: Round) -> None:
    entered = Deed.objects.filter(source_id=made.public_id, kind="round.finding_entered")
    numbers = entered.aggregate(
        findings=Count("subject_id", distinct=True),
        classes=Count("reason", distinct=True),
        bodies=Count("organisation", distinct=True),
    )
    assert numbers == {"findings": 78, "classes": 4, "bodies": 52}
    sent = Deed.objects.filter(source_id=made.public_id, kind="round.notified")
    assert sent.count() == 52, "one notice a body"
    assert sum(int(deed.quantity or 0) for deed in sent) == 78
    kinds = Counter(entered.values_list("organisation__kind", flat=True))
    assert kinds.keys() == {"department", "town"}
    assert entered.filter(organisation__kind="town").values("organisation").distinct().count() == 21


def test_mostly_put_right_some_late_some_sent_back_some_open_and_issued(made: Round) -> None:
    assert made.state == "issued"
    assert made.issued_at is not None
    root = demo.ensure_ground(at=AT, seed=7, say=lambda _: None)[1].district
    seen = viewer("kanguan", "district_leader", root, at=AT)
    counts = tally(read.standings(seen, round=made, known_at=made.issued_at), at=made.issued_at)
    assert counts.found == 78
    assert counts.rectified >= 65
    assert counts.late >= 5
    assert counts.overdue >= 3
    assert counts.reworked >= 5
    assert counts.checked > counts.passed
    assert read.standings(NOBODY, round=made, known_at=made.issued_at) == []


@pytest.mark.parametrize("day", [6, 7, 9, 11])  # a Friday, a Saturday, a Monday, a Wednesday
def test_on_the_last_day_a_round_is_under_way_with_something_due_soon(day: int) -> None:
    at = datetime(2026, 11, day, 3, 0, tzinfo=UTC)
    _, ground = demo.ensure_ground(at=at, seed=7, say=lambda _: None)
    end = demo.span(at)[1]
    made = inspection.tell_under_way(ground=ground, seed=7, end=end)
    assert made.state == "notified"
    seen = viewer("kanguan", "district_leader", ground.district, at=at)
    counts = tally(read.standings(seen, round=made, known_at=end), at=end)
    assert (counts.found, counts.overdue) == (6, 0)
    assert len(read.due_soon(seen, at=end)) == 4, "two have reported already"
