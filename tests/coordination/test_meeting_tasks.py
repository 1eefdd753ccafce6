"""A decision becomes a task once, however often the deeds are walked; corrections reach it; no one is overrun."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from tests.factories import estates
from tests.factories import meetings as make
from tests.factories.cases import World, new_world

from genmai.coordination import walking
from genmai.interfaces.jobs.continuous import reactions
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Body, Case, Entry, Milestone
from genmai.processes.cases.queries import parties
from genmai.processes.decisions.commands import holding
from genmai.processes.decisions.commands.calling import Item
from genmai.processes.decisions.models import Decision
from genmai.records.deeds.models import Cursor, Deed

SYSTEM = Actor.system("test")


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def react(w: World) -> Case:
    """All deeds so far, as the walker would hand them in."""
    walking.react(actor=SYSTEM, at=w.at, deeds=Deed.objects.order_by("id"))
    return Case.objects.get(external_source="joint_meeting")


@pytest.mark.django_db
def test_the_task_has_the_body_the_helpers_and_the_due_date_of_the_decision(w: World) -> None:
    make.decide(w, make.held(w), helping=(w.district.north.public_id,))
    task = react(w)
    assert (task.state, task.lead_id, task.service, task.channel) == (
        "dispatched", w.district.dept.pk, "joint_task", "meeting",
    )  # fmt: skip
    assert task.home_id == w.district.n2.pk
    assert task.due_at == datetime(2026, 3, 20, 16, tzinfo=UTC), "the end of the twentieth in Ningbo"
    assert list(Body.objects.filter(case=task, part="assist").values_list("organisation_id", flat=True)) == [
        w.district.north.pk
    ]
    resolve = Milestone.objects.get(case=task, key="resolve")
    assert (resolve.owner_id, resolve.original_due_at) == (w.district.dept.pk, resolve.due_at)


@pytest.mark.django_db
def test_however_often_it_runs_there_is_one_task(w: World) -> None:
    make.decide(w, make.held(w))
    task = react(w)
    deeds = Deed.objects.count()
    assert react(w) == task
    assert Deed.objects.count() == deeds


@pytest.mark.django_db
def test_a_decision_about_a_matter_makes_its_child(w: World) -> None:
    about = w.receive(text="电线杆挡住车位", place_id=w.district.places["n2"].pk, category="010203")
    meeting = make.held(w, items=(Item("电线杆", about.public_id),))
    item = meeting.items.get()
    make.decide(w, meeting, w.district.n2, item=item.public_id)
    task = react(w)
    assert (task.parent_id, task.place_id, task.category) == (about.pk, about.place_id, "010203")


@pytest.mark.django_db
def test_a_matter_that_has_ended_leaves_the_task_standing_alone(w: World) -> None:
    about = w.at_state("closed")
    meeting = make.held(w, items=(Item("电线杆", about.public_id),))
    make.decide(w, meeting, item=meeting.items.get().public_id)
    assert react(w).parent_id is None


@pytest.mark.django_db
def test_no_meeting_pushes_a_departments_work_to_the_base(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from genmai.kernel.refusal import Refused
    from genmai.processes.cases import mechanism

    def forbids(*_: Any, **__: Any) -> None:
        raise Refused("department_work", "这是部门的事")

    monkeypatch.setattr(mechanism, "check_target", forbids)
    make.decide(w, make.held(w), w.district.n2)
    task = react(w)
    assert (task.state, task.lead_id) == ("received", None)
    assert "这是部门的事" in Entry.objects.get(case=task).text


@pytest.mark.django_db
def test_a_correction_reaches_the_task_and_undoes_nothing(w: World) -> None:
    meeting = make.held(w)
    make.decide(w, meeting)
    task = react(w)
    changed = holding.NewDecision("移到北侧", w.district.dept.public_id, date(2026, 3, 25))
    first = Decision.objects.get()
    holding.correct(actor=estates.secretary(w), at=w.at, key=w.key(), decision=first.public_id, by=changed)
    second = Decision.objects.get(corrects=first)
    holding.correct(actor=estates.secretary(w), at=w.at, key=w.key(), decision=second.public_id, by=None)
    assert react(w) == task
    said = list(Entry.objects.filter(case=task, kind="case.noted").order_by("id").values_list("text", flat=True))
    assert ["移到北侧" in one for one in said] == [True, True]
    assert said[1].startswith("会议撤回")
    assert Case.objects.get(pk=task.pk).lead_id == w.district.dept.pk


@pytest.mark.django_db
def test_the_meetings_page_finds_tasks_in_scope_only(w: World) -> None:
    make.decide(w, make.held(w))
    task = react(w)
    refs = [task.external_ref]
    assert set(parties.by_reference(w.dept.viewer, source="joint_meeting", refs=refs)) == set(refs)
    assert parties.by_reference(w.south.viewer, source="joint_meeting", refs=refs) == {}


@pytest.mark.django_db(transaction=True)
def test_the_job_walks_committed_deeds_and_keeps_its_place() -> None:
    with transaction.atomic():
        w = new_world()
        make.decide(w, make.held(w))
    reactions.run(at=w.at)
    task = Case.objects.get(external_source="joint_meeting")
    assert task.lead_id == w.district.dept.pk
    place = Cursor.objects.get(name=walking.CONSUMER)
    reactions.run(at=w.at)
    assert Case.objects.count() == 1
    assert Cursor.objects.get(name=walking.CONSUMER).deed_id >= place.deed_id


@pytest.mark.django_db(transaction=True)
def test_what_breaks_is_tried_again_and_what_a_rule_refuses_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from genmai.kernel.refusal import Refused

    with transaction.atomic():
        w = new_world()
        make.decide(w, make.held(w))

    def breaks(**_: Any) -> None:
        raise OSError("away")

    def refuses(**_: Any) -> None:
        raise Refused("no", "不行")

    with monkeypatch.context() as patched:
        patched.setitem(walking._KINDS["meeting.decided"], "open_task@1", breaks)
        with pytest.raises(OSError, match="away"):
            walking.walk(actor=SYSTEM, at=w.at)
        assert not Cursor.objects.filter(name=walking.CONSUMER).exists()
    with monkeypatch.context() as patched:
        patched.setitem(walking._KINDS["meeting.decided"], "open_task@1", refuses)
        assert walking.walk(actor=SYSTEM, at=w.at) > 0
    assert Cursor.objects.filter(name=walking.CONSUMER).exists()
    assert not Case.objects.exists()
