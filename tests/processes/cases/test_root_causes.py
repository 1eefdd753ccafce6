"""A third similar event at one place opens a case one rung up, once, with the earlier ones attached and untouched."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from tests.factories.cases import World, new_world

from genmai.interfaces.jobs.minutely import root_causes as job
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.cases.commands import likeness, root_causes
from genmai.processes.cases.definition_likeness import RootCauses
from genmai.processes.cases.models import Caller, Case, CaseLink, Milestone
from genmai.processes.cases.queries import hot_spots, matter, similar
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

SYSTEM = Actor.system("test")
SAID = (
    "桥头的水管爆了，路上全是水，家里停水。",
    "桥头水管又爆开了，水流了一地，整排没水。",
    "桥头那段自来水管第三次爆管，停水一上午。",
    "桥头水管再次爆裂，停水了。",
)


def events(w: World, n: int, *, days: float = 10, place: str = "n1") -> list[Case]:
    made = []
    for text in SAID[:n]:
        made.append(w.receive(text=text, place_id=w.district.places[place].pk, category="010215"))
        w.later(days=days)
    return made


def look(w: World, case: Case) -> Case | None:
    key = root_causes.key_for(case.public_id)
    return root_causes.open_root_cause(actor=SYSTEM, at=w.at, key=key, case=case.public_id)


@pytest.mark.django_db
def test_the_third_opens_one_case_in_the_town_and_the_earlier_ones_stay_as_they_are() -> None:
    w = new_world()
    first, second = events(w, 2)
    assert look(w, second) is None
    third = w.receive(text=SAID[2], category="010215")
    before = list(Case.objects.order_by("pk").values())
    root = look(w, third)
    assert root is not None
    assert (root.channel, root.home_id, root.holder_id, root.level) == (
        "root_cause",
        w.district.north.pk,
        w.district.north.pk,
        4,
    )
    assert list(Case.objects.exclude(pk=root.pk).order_by("pk").values()) == before
    assert [link.case_id for link in root.links_in.order_by("case_id")] == [first.pk, second.pk, third.pk]
    assert not Caller.objects.filter(case=root).exists()
    assert Milestone.objects.get(case=root).key == "dispatch"
    opened = Deed.objects.get(kind="case.root_cause_opened")
    assert (opened.source_id, opened.quantity, opened.subject_id) == (root.public_id, 3, first.public_id)
    attached = Deed.objects.filter(kind="case.event_attached")
    assert {(one.source_id, one.subject_id) for one in attached} == {
        (c.public_id, root.public_id) for c in (first, second, third)
    }
    assert all(case.text[:6] not in root.text and case.number in root.text for case in (first, second, third))
    assert Notice.objects.filter(source_id=root.public_id, organisation=w.district.north).exists()
    assert matter.matter(w.village.viewer, public_id=root.public_id).case == root


@pytest.mark.django_db
def test_looking_again_opens_nothing_and_a_fourth_is_attached_to_the_same_case() -> None:
    w = new_world()
    third = events(w, 3)[2]
    root = look(w, third)
    assert look(w, third) == root == look(w, Case.objects.order_by("pk")[0])
    fourth = w.receive(text=SAID[3])
    assert look(w, fourth) == look(w, fourth) == root
    assert Case.objects.filter(channel="root_cause").count() == 1
    assert CaseLink.objects.count() == 4


@pytest.mark.django_db
def test_reports_of_one_day_are_one_event_and_so_are_merged_ones() -> None:
    w = new_world()
    burst = events(w, 3, days=0.1)
    assert look(w, burst[2]) is None
    w.later(days=5)
    late, later = w.receive(text=SAID[0]), w.later(days=3) and w.receive(text=SAID[1])
    w.do("merge", later, into=late.public_id)
    assert look(w, Case.objects.get(pk=later.pk)) is None
    rules = RootCauses()
    members = list(Case.objects.order_by("pk"))
    assert [len(event) for event in root_causes.events_of(members, rules)] == [3, 1]


@pytest.mark.django_db
def test_another_place_another_trouble_and_too_long_ago_do_not_count() -> None:
    w = new_world()
    events(w, 2, place="n2")
    assert look(w, events(w, 1)[0]) is None
    w.later(days=200)
    one, two = events(w, 2, days=50)
    assert look(w, two) is None
    w.later(days=30)
    assert look(w, w.receive(text="楼道里堆满了旧家具，过不去。")) is None
    assert one.pk


@pytest.mark.django_db
def test_after_it_is_closed_counting_begins_anew() -> None:
    w = new_world()
    root = look(w, events(w, 3, days=3)[2])
    assert root is not None
    Case.objects.filter(pk=root.pk).update(state="closed", closed_at=w.at, closing_reason="solved")
    again = w.receive(text=SAID[3])
    assert look(w, again) is None
    assert not CaseLink.objects.filter(case=again).exists()


@pytest.mark.django_db
def test_it_is_no_event_itself_and_an_event_is_not_taken_off_it_as_two() -> None:
    w = new_world()
    first, second, third = events(w, 3)
    root = look(w, third)
    assert root is not None
    assert look(w, root) is None
    assert similar.of_case(w.town.viewer, case=root, at=w.at) == []
    assert all(spot.n <= 3 for spot in hot_spots.of(w.town.viewer, at=w.at, days=60))
    with pytest.raises(Refused, match="根子问题"):
        likeness.not_same(actor=w.town, at=w.at, key=w.key(), case=root.public_id, other=first.public_id)
    with pytest.raises(Refused, match="根子问题"):
        likeness.undo(actor=w.town, at=w.at, key=w.key(), link=CaseLink.objects.get(case=second).public_id)


@pytest.mark.django_db
def test_it_goes_the_whole_way_without_a_caller() -> None:
    w = new_world()
    root = look(w, events(w, 3)[2])
    assert root is not None
    Case.objects.filter(pk=root.pk).update(category="")  # water belongs to a department; here the village does it
    for verb in ("dispatch", "accept", "reply", "verify", "close"):
        w.later(minutes=10)
        root = w.do(verb, root)
    assert root.state == "closed"


@pytest.mark.django_db(transaction=True)
def test_the_job_walks_what_is_new_and_twice_is_once() -> None:
    w = new_world()
    w.receive(text="旧的事")
    assert job.run(at=w.at) == ""  # from here on
    events(w, 3)
    assert job.run(at=w.at) == "root causes 1"
    assert job.run(at=w.at + timedelta(minutes=1)) == ""
    assert Case.objects.filter(channel="root_cause").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_looking_at_once_open_one() -> None:
    w = new_world()
    made = events(w, 4)
    barrier = threading.Barrier(2, timeout=10)
    found: list[int | None] = []

    def run(case: Case) -> None:
        try:
            barrier.wait()
            with house("a test's own thread"), transaction.atomic():
                root = look(w, case)
            found.append(root.pk if root else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(case,)) for case in made[2:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    connections.close_all()
    assert len(found) == 2
    assert Case.objects.filter(channel="root_cause").count() == 1
    assert set(found) == {Case.objects.get(channel="root_cause").pk}
