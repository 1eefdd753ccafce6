"""Two people who press the button at the same moment, each in a connection of their own: one is done, one is told."""

from __future__ import annotations

from threading import Barrier, Thread
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpResponse
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks, text

from genmai.processes.cases.models import Case, Entry
from genmai.records.deeds.models import Deed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def _at_once(d: Desks, case: Case, posts: list[dict[str, str]]) -> list[HttpResponse]:
    """Post these replies in threads that start together, all having looked at the same version."""
    client, barrier = d.as_(d.world.village), Barrier(len(posts))
    answers: list[HttpResponse | None] = [None] * len(posts)

    def press(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = client.post(f"/cases/{case.public_id}/do/reply", posts[place])
        finally:
            connection.close()

    threads = [Thread(target=press, args=(place,)) for place in range(len(posts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]


def test_of_two_at_the_same_moment_one_is_done_and_the_other_keeps_their_words() -> None:
    d = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(d.world)):
        case = d.world.at_state("in_hand")
        seen = str(case.version)
        words = ["第一个人写的：灯已经修好了", "第二个人写的：换了新的灯泡"]
        posts = [{"key": str(d.world.key()), "seen": seen, "outcome": "solved", "text": said} for said in words]
        answers = _at_once(d, case, posts)
        _one_done_one_told(case, words, answers)
        again = posts[0] if answers[0].status_code == 302 else posts[1]
        assert [one.status_code for one in _at_once(d, case, [again, again])] == [302, 302], (
            "the same post again is done"
        )
        assert Deed.objects.filter(source_id=case.public_id, kind="case.replied").count() == 1


def _one_done_one_told(case: Case, words: list[str], answers: list[HttpResponse]) -> None:
    assert sorted(answer.status_code for answer in answers)[0] == 302
    late = next(place for place, answer in enumerate(answers) if answer.status_code != 302)
    assert answers[late].status_code == 409
    assert words[late] in text(answers[late])
    assert "刚才有别人先办了这件事" in text(answers[late])
    assert Deed.objects.filter(source_id=case.public_id, kind="case.replied").count() == 1
    assert list(Entry.objects.filter(case=case, kind="case.replied").values_list("text", flat=True)) == [
        words[1 - late]
    ]
    assert Case.objects.get(pk=case.pk).version == case.version + 1
