"""Volunteer tasks: never overfull, told to all when they end, hours recorded once, names for the organiser alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.accounts import staff
from tests.factories.cases import MONDAY, World, new_world

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.models import Person
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor, Viewer
from genmai.processes.activities.commands import tasks, volunteers
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.activities.queries import tasks as queries
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

HOUR = timedelta(hours=1)


@pytest.fixture
def w(db: None) -> World:
    return new_world(at=MONDAY)


def opened(w: World, wanted: int = 3, **more: Any) -> Task:
    key = more.pop("key", None) or w.key()
    actor = more.pop("actor", w.town)
    task: dict[str, Any] = {
        "organisation_id": w.district.north.pk, "kind": "rescue", "title": "上堤巡查", "place_text": "北镇政府门口",
        "wanted": wanted, "begins_at": w.at + 2 * HOUR, "ends_at": w.at + 6 * HOUR,
    }  # fmt: skip
    return tasks.open_task(actor=actor, at=w.at, key=key, task=tasks.NewTask(**{**task, **more}))


def resident(w: World, number: int) -> Person:
    found = find_or_add_resident(
        actor=Actor.reporter(), at=w.at, key=ids.key_of("resident", number), phone=f"1380000{number:04d}", name="王大力"
    )
    assert found is not None
    return found


def sign(w: World, task: Task, person: Person, **more: Any) -> SignUp:
    given: dict[str, Any] = {"actor": Actor.reporter(), "at": w.at, "key": w.key(), **more}
    return volunteers.sign_up(task=task.public_id, person_id=person.pk, **given)


def member(name: str) -> Actor:
    person = staff(name)
    return Actor.staff(Viewer(account_id=person.pk, person_id=person.pk, name=name))


def kinds(task: Task) -> list[str]:
    return list(Deed.objects.filter(source_id=task.public_id).order_by("id").values_list("kind", flat=True))


def test_a_desk_opens_one_and_the_same_key_is_the_same_task(w: World) -> None:
    key = w.key()
    assert opened(w, key=key).pk == opened(w, key=key).pk
    task = Task.objects.get()
    deed = Deed.objects.get(source_id=task.public_id)
    assert (deed.kind, deed.reason, deed.quantity, deed.due_at) == ("task.opened", "rescue", 3, task.begins_at)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"skills": ["flying"]}, "skills"),
        ({"wanted": 0}, "wanted"),
        ({"wanted": 201}, "wanted"),
        ({"ends_at": MONDAY + 2 * HOUR}, "ends_at"),
        ({"ends_at": MONDAY + 15 * HOUR}, "ends_at"),
        ({"begins_at": MONDAY - 4 * HOUR, "ends_at": MONDAY - HOUR}, "begins_at"),
        ({"title": " "}, "title"),
        ({"place_text": ""}, "place_text"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(w: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        opened(w, **wrong)
    assert refused.value.field == field
    assert not Task.objects.exists()


def test_only_who_organises_there(w: World) -> None:
    for who in (w.grid, w.dept, w.south):
        with pytest.raises(NotPermitted):
            opened(w, actor=who)
    task = opened(w)
    place = sign(w, task, resident(w, 1))
    for who in (w.south, w.grid, member("路人"), Actor.reporter()):
        with pytest.raises(NotPermitted):
            volunteers.confirm(actor=who, at=w.at, key=w.key(), sign_up=place.public_id)
        with pytest.raises(NotPermitted):
            volunteers.withdraw(actor=who, at=w.at, key=w.key(), sign_up=place.public_id)
        with pytest.raises(NotPermitted):
            tasks.cancel(actor=who, at=w.at, key=w.key(), task=task.public_id, text="不用了")


def test_staff_sign_up_for_themselves_only(w: World) -> None:
    task, who = opened(w), member("小张")
    place = volunteers.sign_up(actor=who, at=w.at, key=w.key(), task=task.public_id, person_id=who.person_id or 0)
    assert place.person_id == who.person_id
    with pytest.raises(NotPermitted):
        volunteers.sign_up(actor=who, at=w.at, key=w.key(), task=task.public_id, person_id=staff("小李").pk)


def test_full_is_full_and_a_place_given_back_is_free_again(w: World) -> None:
    task = opened(w, wanted=1)
    first = sign(w, task, resident(w, 1))
    with pytest.raises(Refused) as refused:
        sign(w, task, resident(w, 2))
    assert refused.value.code == "full"
    assert sign(w, task, resident(w, 1)).pk == first.pk, "the same person has one place"
    volunteers.withdraw(actor=Actor.reporter(), at=w.at, key=w.key(), sign_up=first.public_id, by_code=True)
    second = sign(w, task, resident(w, 2))
    volunteers.turn_down(actor=w.town, at=w.at, key=w.key(), sign_up=second.public_id)
    assert Task.objects.get().taken == 0
    with pytest.raises(Refused):
        volunteers.confirm(actor=w.town, at=w.at, key=w.key(), sign_up=second.public_id)


def test_the_organiser_records_once_who_came_and_for_how_long(w: World) -> None:
    task = opened(w)
    came, away = sign(w, task, resident(w, 1)), sign(w, task, resident(w, 2))
    volunteers.confirm(actor=w.town, at=w.at, key=w.key(), sign_up=came.public_id)
    hours = {came.public_id: Decimal("3.5")}
    with pytest.raises(BadInput) as refused:
        tasks.finish(actor=w.town, at=w.at, key=w.key(), task=task.public_id, hours=hours)
    assert refused.value.code == "too_early"
    w.later(hours=7)
    key = w.key()
    for _ in range(2):
        tasks.finish(actor=w.town, at=w.at, key=key, task=task.public_id, hours=hours)
    deeds = Deed.objects.filter(kind="task.attended")
    assert [(d.person_id, d.quantity) for d in deeds] == [(came.person_id, Decimal("3.5"))]
    assert Deed.objects.get(kind="task.finished").quantity == 1
    away.refresh_from_db()
    assert (away.came, away.hours) == (False, None)
    told = Notice.objects.filter(kind="task.finished").values_list("person_id", flat=True)
    assert set(told) == {came.person_id, away.person_id}
    with pytest.raises(Refused):
        tasks.finish(actor=w.town, at=w.at, key=w.key(), task=task.public_id, hours={})
    assert "task.absent" not in kinds(task), "who did not come is not written against anybody"


@pytest.mark.parametrize("spent", ["0", "0.3", "12.5", "-1"])
def test_hours_are_half_hours_within_the_bounds(w: World, spent: str) -> None:
    task = opened(w)
    place = sign(w, task, resident(w, 1))
    w.later(hours=7)
    with pytest.raises(BadInput):
        tasks.finish(actor=w.town, at=w.at, key=w.key(), task=task.public_id, hours={place.public_id: Decimal(spent)})
    with pytest.raises(NotFound):
        tasks.finish(actor=w.town, at=w.at, key=w.key(), task=task.public_id, hours={w.key(): Decimal(1)})


def test_cancelled_it_tells_everybody_who_signed_up_and_why(w: World) -> None:
    task = opened(w)
    people = [sign(w, task, resident(w, n)).person_id for n in (1, 2)]
    with pytest.raises(BadInput):
        tasks.cancel(actor=w.town, at=w.at, key=w.key(), task=task.public_id, text=" ")
    with pytest.raises(Changed):
        tasks.cancel(actor=w.town, at=w.at, key=w.key(), task=task.public_id, text="雨停了", seen=1)
    tasks.cancel(actor=w.town, at=w.at, key=w.key(), task=task.public_id, text="雨停了")
    told = Notice.objects.filter(kind="task.cancelled")
    assert sorted(told.values_list("person_id", flat=True)) == sorted(people)
    with pytest.raises(Refused):
        sign(w, task, resident(w, 3))
    assert Task.objects.get().closing_text == "雨停了"


def test_names_are_for_the_organiser_and_hours_for_oneself(w: World) -> None:
    task = opened(w)
    sign(w, task, resident(w, 1))
    assert len(queries.volunteers(w.town.viewer, task=task)) == 1
    for who in (w.south.viewer, w.grid.viewer, NOBODY):
        assert queries.volunteers(who, task=task) == []
        assert queries.organised(who) == []
    assert [t.pk for t in queries.wanted(NOBODY, at=w.at)[0]] == [task.pk]
    assert [t.pk for t in queries.wanted(w.village.viewer, at=w.at)[0]] == [task.pk]
    assert queries.wanted(w.south.viewer, at=w.at)[0] == [], "another town's tasks are not in a town's list"
    assert queries.wanted(NOBODY, at=task.ends_at)[0] == []


def test_a_code_is_the_right_to_ones_own_place(w: World) -> None:
    task = opened(w)
    place = sign(w, task, resident(w, 1), code_digest=queries.digest("ABCD-EFGH-JKMN"))
    assert queries.by_code(NOBODY, code="abcdefghjkmn").pk == place.pk
    with pytest.raises(NotFound):
        queries.by_code(NOBODY, code="ABCD-EFGH-JKMP")
    with pytest.raises(Refused):
        sign(w, task, resident(w, 1), code_digest=queries.digest("ZZZZ-ZZZZ-ZZZZ"))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_overfill_it() -> None:
    w = new_world(at=MONDAY)
    task, people, gate, outcomes = opened(w, wanted=1), [resident(w, n) for n in (1, 2)], Barrier(2), []

    def work(number: int) -> None:
        try:
            gate.wait()
            outcomes.append(sign(w, task, people[number], key=ids.key_of("at once", number)).pk)
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "full" in outcomes
    assert SignUp.objects.count() == Task.objects.get().taken == 1


STEPS = st.lists(
    st.tuples(st.sampled_from(["sign", "withdraw", "confirm", "turn_down"]), st.integers(0, 4)), max_size=25
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(steps=STEPS, wanted=st.integers(1, 3))
def test_whatever_people_do_the_count_is_the_places_held(steps: list[tuple[str, int]], wanted: int) -> None:
    with transaction.atomic():
        w = new_world(at=MONDAY)
        task, people = opened(w, wanted=wanted), [resident(w, n) for n in range(5)]
        for verb, number in steps:
            held = SignUp.objects.filter(task=task, person=people[number]).order_by("-id").first()
            try:
                if verb == "sign":
                    sign(w, task, people[number])
                elif held is not None and verb == "withdraw":
                    volunteers.withdraw(
                        actor=Actor.reporter(), at=w.at, key=w.key(), sign_up=held.public_id, by_code=True
                    )
                elif held is not None:
                    getattr(volunteers, verb)(actor=w.town, at=w.at, key=w.key(), sign_up=held.public_id)
            except Refused:
                pass
            task.refresh_from_db()
            assert task.taken == SignUp.objects.filter(task=task, state__in=SignUp.HOLDING).count() <= wanted
        transaction.set_rollback(True)
