"""What may be the same matter, shown while somebody writes: to residents nothing that is not public, to staff their scope."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.interfaces.web.similar import views
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import extras

LAMP = "小区东门外的路灯坏了一个多星期，晚上一片黑，请派人修。"
AGAIN = "东门口路灯不亮好多天了，夜里黑漆漆的，老人不敢走。"
SECRET = "找张三，电话13800001111<script>alert(1)</script>"


def ask(client: Client, said: str = AGAIN, **more: str) -> HttpResponse:
    given = {"text": said, "town": "330299001", "village": "330299001201", **more}
    return client.post("/report/similar", given)


def send(client: Client, **more: str) -> HttpResponse:
    given = {"key": str(uuid4()), "text": AGAIN, "town": "330299001", "village": "330299001201", **more}
    return client.post("/report", given)


def test_a_resident_is_shown_what_is_public_and_not_one_word_of_it(d: Desks) -> None:
    w = d.world
    lamp = w.receive(text=LAMP + SECRET, place_text="三幢502室", title="张三家")
    w.later(days=3)
    page = text(ask(Client()))
    assert str(lamp.public_id) in page
    assert "城市公共设施" in page
    assert "北一村" in page
    for word in ("张三", "13800001111", "东门外", "一片黑", "502", "<script", lamp.number):
        assert word not in page


def test_nothing_private_nothing_of_another_town_nothing_before_a_place(d: Desks) -> None:
    w = d.world
    w.receive(text=LAMP, category="050201")
    w.receive(text=LAMP, place_id=w.district.places["s1"].pk)
    w.later(hours=1)
    for page in (
        ask(Client()),
        ask(Client(), town="", village=""),
        ask(Client(), said="灯"),
        ask(Client(), said="\x00灯\x00"),
    ):
        assert page.status_code == 200
        assert "join" not in text(page)


def test_without_a_script_the_question_comes_once_before_it_is_taken_in(d: Desks) -> None:
    w = d.world
    w.receive(text=LAMP)
    w.later(hours=2)
    client, key = Client(), str(uuid4())
    asked = send(client, key=key, name="王大爷")
    assert asked.status_code == 200
    assert Case.objects.count() == 1
    assert "加入这一件" in text(asked)
    assert AGAIN in text(asked)
    assert "王大爷" in text(asked)
    assert 'name="looked"' in text(asked)
    assert send(client, key=key, looked="1").status_code == 302
    assert Case.objects.count() == 2


@pytest.mark.parametrize("pressing", [{"urgency": "urgent"}, {"urgency": "supply"}, {"service": "emergency"}])
def test_what_is_pressing_is_taken_in_without_a_question(d: Desks, pressing: dict[str, str]) -> None:
    d.world.receive(text=LAMP)
    assert send(Client(), **pressing).status_code == 302


def test_joining_gives_a_code_of_ones_own_and_the_desk_sees_two_callers(d: Desks) -> None:
    w = d.world
    lamp = w.at_state("in_hand", text=LAMP)
    w.later(hours=1)
    client = Client()
    assert send(client, join=str(lamp.public_id)).status_code == 302
    thanks = text(client.get("/report/thanks"))
    code = re.search(r'id="code">([0-9A-Z-]+)<', thanks)
    assert code
    assert "2 人反映" in text(d.page(w.town, lamp))
    followed = client.post("/follow", {"code": code[1]}, follow=True)
    assert LAMP[:8] not in text(followed)


def test_a_matter_elsewhere_cannot_be_joined_and_what_was_written_stays(d: Desks) -> None:
    w = d.world
    south = w.receive(text=LAMP, place_id=w.district.places["s1"].pk)
    for into in (str(south.public_id), str(uuid4()), "no-id"):
        refused = send(Client(), join=into)
        assert refused.status_code == 422, into
        assert AGAIN in text(refused)
    assert Case.objects.count() == 1


def test_staff_see_words_and_score_within_their_search_scope(d: Desks) -> None:
    w = d.world
    lamp = w.receive(text=LAMP + SECRET)
    w.later(days=1)
    given = {"text": AGAIN, "place": w.district.places["n1"].code}
    page = text(d.as_(w.town).post("/similar/typed", given))
    assert lamp.number in page
    assert "说的事像" in page
    assert "<script>alert" not in page
    assert 'name="same"' in page
    assert lamp.number not in text(d.as_(w.south).post("/similar/typed", given))
    assert Client().post("/similar/typed", given).status_code == 302


def test_on_somebodys_behalf_it_may_be_merged_at_once_by_who_may_merge(d: Desks) -> None:
    w = d.world
    lamp = w.receive(text=LAMP)
    w.later(days=1)
    assert 'name="join"' in text(ask(d.as_(w.town)))
    assert 'name="join"' not in text(ask(d.as_(w.village)))
    assert send(d.as_(w.town), join=str(lamp.public_id)).status_code == 302
    assert Case.objects.filter(merged_into=lamp).count() == 1


def test_under_load_it_says_so_and_asks_nothing(d: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    d.world.receive(text=LAMP)
    monkeypatch.setattr(extras, "paused", lambda at: frozenset({extras.SIMILAR}))
    assert "照样交" in text(ask(Client()))
    assert send(Client()).status_code == 302


def test_asking_far_more_often_than_anybody_types_gives_nothing(d: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    d.world.receive(text=LAMP)
    monkeypatch.setattr(views, "PACE", views.Pace(2, timedelta(hours=1)))
    client = Client(REMOTE_ADDR="8.8.4.4")
    seen = ["加入" in text(ask(client)) for _ in range(4)]
    assert seen == [True, True, False, False]


def test_as_many_questions_for_one_as_for_many(d: Desks) -> None:
    w = d.world
    counts = []
    for _ in range(2):
        w.receive(text=LAMP)
        w.later(minutes=5)
        with CaptureQueriesContext(connection) as asked:
            ask(Client())
        counts.append(len(asked))
        for _ in range(5):
            w.receive(text=AGAIN)
    assert counts[0] == counts[1]
