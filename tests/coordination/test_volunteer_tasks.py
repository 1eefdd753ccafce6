"""A case asks for volunteers: one task, once, noted on the case where the actor may note; nothing of it outside the scope."""

from __future__ import annotations

import pytest
from tests.factories.cases import MONDAY, World, new_world
from tests.processes.activities.test_volunteering import HOUR

from genmai.coordination.volunteer_tasks import open_for_case
from genmai.kernel.refusal import NotFound
from genmai.processes.activities.commands.tasks import NewTask
from genmai.processes.activities.models import Task
from genmai.processes.activities.queries.tasks import raised_by
from genmai.processes.cases.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return new_world(at=MONDAY)


def wanted(w: World) -> NewTask:
    return NewTask(
        organisation_id=w.district.n1.pk, kind="delivery", title="送药", place_text="村委会", wanted=2,
        begins_at=w.at + HOUR, ends_at=w.at + 3 * HOUR,
    )  # fmt: skip


def test_it_is_opened_once_for_the_case_and_noted_there(w: World) -> None:
    case, key = w.at_state("in_hand"), w.key()
    for _ in range(2):
        task = open_for_case(
            actor=w.village, at=w.at, key=key, case=case.public_id, task=wanted(w), words="发了志愿任务：送药"
        )
    assert Task.objects.count() == 1
    assert (task.source_kind, task.source_id, task.place_id) == ("case", case.public_id, case.place_id)
    assert Entry.objects.filter(case=case, text="发了志愿任务：送药").count() == 1
    assert [one.pk for one in raised_by(w.village.viewer, source_ids=[case.public_id])] == [task.pk]


def test_a_matter_that_is_closed_keeps_its_history_and_the_task_stands(w: World) -> None:
    case = w.at_state("closed")
    open_for_case(actor=w.village, at=w.at, key=w.key(), case=case.public_id, task=wanted(w), words="发了志愿任务")
    assert Task.objects.count() == 1
    assert not Entry.objects.filter(case=case, text="发了志愿任务").exists()


def test_outside_the_view_there_is_no_such_case(w: World) -> None:
    case = w.at_state("in_hand")
    with pytest.raises(NotFound):
        open_for_case(actor=w.south, at=w.at, key=w.key(), case=case.public_id, task=wanted(w))
    assert not Task.objects.exists()
