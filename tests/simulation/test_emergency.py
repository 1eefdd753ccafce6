"""The demo's typhoon: over, told about, matters answered, volunteers' hours recorded, nobody overfull."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.simulation.test_demo import AT, made

from genmai.directory.roster.models import Away
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.cases.models import Bulletin, Case, Emergency
from genmai.processes.cases.queries import extras
from genmai.records.deeds.models import Deed
from genmai.simulation.emergency import CAME, TOLD

pytestmark = pytest.mark.django_db


def test_the_typhoon_is_told_from_beginning_to_end() -> None:
    made(cases=25)
    found = Emergency.objects.get()
    assert found.ended_at is not None
    assert extras.standing(AT) == extras.Standing()
    assert Bulletin.objects.filter(emergency=found).count() == len(TOLD)
    urgent = Case.objects.filter(mechanism=found.mechanism)
    assert urgent.count() == len(CAME)
    assert set(urgent.values_list("state", flat=True)) == {"replied"}
    assert sorted(Task.objects.values_list("state", flat=True)) == ["cancelled", "done", "open"]
    hours = Deed.objects.filter(kind="task.attended").values_list("quantity", flat=True)
    assert sum(hours) == Decimal(33)
    for task in Task.objects.all():
        held = SignUp.objects.filter(task=task, state__in=SignUp.HOLDING).count()
        assert task.taken == held <= task.wanted
    assert Away.objects.filter(stand_in__isnull=False).exists()
