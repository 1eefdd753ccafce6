"""Two people acting at once on a real database: one is done, the other is told, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.factories.cases import World, new_world

from genmai.interfaces.jobs.minutely import milestones as job
from genmai.kernel.refusal import Changed, Refused
from genmai.kernel.walled import house
from genmai.processes.cases.commands.handling import note, reply
from genmai.processes.cases.models import Case
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doing: Callable[[], object]) -> list[object]:
    """Run these in threads that start together; what each returned or raised."""
    barrier, answers = Barrier(len(doing)), [None] * len(doing)

    def run(place: int, what: Callable[[], object]) -> None:
        barrier.wait()
        try:
            with house("a test's own thread"):
                answers[place] = what()  # type: ignore[call-overload]
        except Refused as refused:
            answers[place] = refused  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, what)) for place, what in enumerate(doing)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_second_is_told_a_repeated_post_is_one_and_jobs_share_the_work() -> None:
    world = new_world()
    _the_second_of_two_is_told(world)
    _the_same_post_twice_is_one(world)
    _two_job_runners_miss_once(world)


def _the_second_of_two_is_told(world: World) -> None:
    case = world.at_state("in_hand")
    given = {"at": world.at, "case": case.public_id, "actor": world.village, "seen": case.version}
    keys = world.key(), world.key()
    answers = at_once(
        lambda: reply(**given, key=keys[0], outcome="solved", text="修好了"),
        lambda: note(**given, key=keys[1], text="我去看看"),
    )
    assert sorted(isinstance(answer, Changed) for answer in answers) == [False, True]
    assert Case.objects.get(pk=case.pk).version == case.version + 1
    assert Deed.objects.filter(key__in=keys, ordinal=0).count() == 1


def _the_same_post_twice_is_one(world: World) -> None:
    case = world.at_state("in_hand")
    given = {"at": world.at, "case": case.public_id, "actor": world.village, "key": world.key()}
    answers = at_once(*[lambda: reply(**given, outcome="solved", text="修好了")] * 3)
    assert [isinstance(answer, Case) and answer.state for answer in answers] == ["replied"] * 3
    assert Deed.objects.filter(source_id=case.public_id, kind="case.replied").count() == 1


def _two_job_runners_miss_once(world: World) -> None:
    for _ in range(3):
        world.at_state("dispatched")
    at = world.later(days=40)
    at_once(*[lambda: job.run(at=at)] * 3)
    job.run(at=at)
    missed = list(Deed.objects.filter(kind="milestone.missed").values_list("subject_id", flat=True))
    assert len(missed) == len(set(missed)) >= 9
