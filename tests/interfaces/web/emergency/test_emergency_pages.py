"""The short form and the leader's page: who sees what, nothing lost, small on the wire, the same queries however much comes."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

import genmai.interfaces.web
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import emergency
from genmai.processes.cases.models import Caller, Case, Emergency
from genmai.processes.cases.queries import extras

pytestmark = pytest.mark.django_db
STATIC = Path(genmai.interfaces.web.__file__).parent / "static" / "genmai"


def leader(d: Desks, place: str = "north") -> Actor:
    return d.world.actor(f"{place}镇长", "town_leader", d.world.district.bodies[place])


def declared(d: Desks, place: str = "north", **more: Any) -> Emergency:
    w = d.world
    given: dict[str, Any] = {
        "actor": leader(d), "at": w.at, "key": w.key(), "organisation_id": w.district.bodies[place].pk,
        "kind": "typhoon", "level": "three", "until": w.at + timedelta(hours=24), "text": "台风今晚登陆。",
    }  # fmt: skip
    return emergency.declare(**{**given, **more})


def form_url(found: Emergency) -> str:
    return f"/report/now/{found.organisation.code}"


def post(client: Client, url: str, **typed: str) -> Any:
    return client.post(url, {"key": str(uuid4()), **typed})


# -- the short form ----------------------------------------------------------------------------------------------------


def test_three_fields_and_big_buttons_on_one_small_page(d: Desks) -> None:
    found = declared(d)
    answer = Client().get(form_url(found))
    page = text(answer)
    assert answer.status_code == 200
    assert re.findall(r'<input[^>]* name="(\w+)"', page.split("<form")[1]).count("service") == 7
    assert re.findall(r'class="line"[^>]*name="(\w+)"', page) == ["text", "place_text", "phone"]
    assert "人被困" in page
    assert "台风今晚登陆。" in page
    assert "<script" not in page, "nothing here waits for a script"
    sheets: list[str] = re.findall(r"/static/genmai/([\w.]+)", page)
    whole = len(gzip.compress(answer.content)) + sum(len(gzip.compress((STATIC / s).read_bytes())) for s in sheets)
    assert whole <= 15_000, whole
    assert len(answer.content) <= 15_000, "even uncompressed"


def test_a_tap_and_a_place_are_a_report(d: Desks) -> None:
    found = declared(d)
    resident = Client()
    answer = post(resident, form_url(found), service="trapped", place_text="北一村祠堂边，两个老人", text="", phone="")
    assert answer.headers["Location"] == "/report/thanks"
    case = Case.objects.get()
    w = d.world
    assert (case.mechanism, case.service, case.urgency) == (found.mechanism, "trapped", "urgent")
    assert (case.channel, case.holder_id, case.state) == ("web", w.district.north.pk, "received")
    assert case.home_id == w.district.n1.pk, "the village named in the words"
    assert case.text == "人被困、有危险"
    assert case.milestones.get(key="dispatch").due_at == w.at + timedelta(minutes=15)
    thanks = text(resident.get("/report/thanks"))
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", thanks)


def test_words_without_a_tap_are_taken_too_and_the_number_is_sealed(d: Desks) -> None:
    found = declared(d)
    post(Client(), form_url(found), text="桥断了过不去", place_text="不知道叫什么，河边", phone="13812345678")
    case = Case.objects.get()
    assert (case.service, case.text) == ("other", "桥断了过不去")
    assert case.home_id == d.world.district.north.pk, "no village was named: the town looks"
    caller = Caller.objects.get()
    assert caller.person is not None
    assert b"13812345678" not in bytes(caller.person.phone_sealed)


def test_the_same_post_twice_is_one_matter(d: Desks) -> None:
    found, key = declared(d), str(uuid4())
    for _ in range(2):
        answer = Client().post(form_url(found), {"key": key, "service": "outage", "place_text": "北二社区"})
        assert answer.status_code == 302
    assert Case.objects.count() == Caller.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"service": "trapped", "place_text": ""}, "请写在哪里"),
        ({"text": " ", "place_text": "桥头"}, "请点一种"),
        ({"service": "trapped", "place_text": "桥头", "phone": "12"}, "这个号码打不通"),
        ({"service": "nothing", "place_text": "桥头"}, "重新选"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(d: Desks, typed: dict[str, str], said: str) -> None:
    found = declared(d)
    answer = post(Client(), form_url(found), **typed)
    assert answer.status_code == 422
    page = text(answer)
    assert said in page
    assert typed["place_text"] in page
    assert not Case.objects.exists()


def test_when_it_is_over_the_usual_form_says_so(d: Desks) -> None:
    found = declared(d)
    d.world.later(hours=25)
    for method in ("get", "post"):
        client = Client()
        answer = getattr(client, method)(form_url(found), {"key": str(uuid4())})
        assert answer.headers["Location"] == "/report"
        assert "应急状态已经结束" in text(client.get("/report"))
    assert Client().get("/report/now/330299999").status_code == 302, "a place that is in none"


def test_the_report_page_of_the_place_leads_to_it(d: Desks) -> None:
    assert Client().get("/report").status_code == 200
    found = declared(d)
    page = text(Client().get("/report"))
    assert form_url(found) in page, "a town's emergency is named above the form for everybody"
    assert Client().get("/report", {"place": found.organisation.code}).headers["Location"] == form_url(found)
    whole = d.world.actor("区长", "district_leader", d.world.district.district)
    every = declared(d, "district", actor=whole)
    assert Client().get("/report").headers["Location"] == form_url(every)
    assert Client().get("/report", {"full": "1"}).status_code == 200


def test_whoever_answers_the_telephone_gets_the_short_card_first(d: Desks) -> None:
    found = declared(d)
    who = d.as_(d.world.town)
    assert who.get("/hotline/").headers["Location"] == form_url(found)
    assert who.get("/hotline/?full=1").status_code == 200
    answer = post(who, form_url(found), service="medicine", place_text="北一村三组", phone="13812345678")
    assert answer.headers["Location"] == form_url(found)
    case = Case.objects.get()
    assert (case.channel, case.holder_id, case.received_by_id) == (
        "hotline", d.world.district.north.pk, d.world.town.person_id,
    )  # fmt: skip
    assert "查询码" in text(who.get(form_url(found)))
    assert d.as_(d.world.south).get("/hotline/").status_code == 200, "the neighbouring town goes on as usual"


# -- the line above every page -----------------------------------------------------------------------------------------


def test_every_page_of_the_place_says_it_and_no_page_of_another(d: Desks) -> None:
    declared(d, extras=["suggestions", "similar"])
    for who in (d.world.town, d.world.village, d.world.office, leader(d)):
        page = text(d.as_(who).get("/inbox/"))
        assert "北镇 台风应急中" in page
        assert "先停了：分类和单位的自动建议、边写边找相似的事" in page
    south = text(d.as_(d.world.south).get("/inbox/"))
    assert "应急中" not in south
    assert "应急中" in text(Client().get("/"))
    assert "分类和单位的自动建议" not in text(Client().get("/")), "residents hear of what they would meet"
    assert "边写边找相似的事" in text(Client().get("/"))


def test_the_line_costs_one_query(d: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    without = queries(d.as_(d.world.town), "/cases/")
    declared(d)
    assert queries(d.as_(d.world.town), "/cases/") == without
    monkeypatch.setattr(extras, "KEPT", timedelta(seconds=2))
    extras.forget()
    d.as_(d.world.town).get("/cases/")
    assert queries(d.as_(d.world.town), "/cases/") == without - 1
    extras.forget()


# -- the leader's page -------------------------------------------------------------------------------------------------


def _declare(d: Desks, who: Actor, **more: str) -> Any:
    typed = {
        "place": str(d.world.district.north.pk),
        "kind": "rain",
        "level": "four",
        "hours": "24",
        "text": "别出门。",
    }
    return d.as_(who).post("/emergency/declare", {"key": str(uuid4()), **typed, **more})


def test_a_leader_declares_informs_prolongs_and_ends_in_the_browser(d: Desks) -> None:
    answer = _declare(d, leader(d))
    found = Emergency.objects.get()
    url = answer.headers["Location"]
    assert url == f"/emergency/{found.public_id}/"
    who = d.as_(leader(d))
    assert "别出门。" in text(who.get(url))
    assert post(who, f"{url}inform", text="积水退了一半。").status_code == 302
    d.world.later(hours=2)
    assert post(who, f"{url}prolong", hours="48", seen="2").status_code == 302
    assert "积水退了一半。" in text(who.get(url))
    stale = post(who, f"{url}end", seen="1")
    assert stale.status_code == 422
    assert "刚才有别人先办了" in text(stale)
    assert post(who, f"{url}end", seen="3").status_code == 302
    assert "已结束" in text(who.get(url))
    assert "北镇 暴雨内涝" in text(who.get("/emergency/"))


def test_too_long_for_its_level_is_said_beside_the_hours(d: Desks) -> None:
    answer = _declare(d, leader(d), hours="168")
    assert answer.status_code == 422
    assert "最长宣布 48 小时" in text(answer)
    assert "别出门。" in text(answer), "what was typed is still there"


def test_who_may_not_sees_no_form_and_is_refused(d: Desks) -> None:
    for who in (d.world.town, d.world.village, d.world.dept):
        assert "宣布应急状态" not in text(d.as_(who).get("/emergency/"))
        assert _declare(d, who).status_code == 400
    assert not Emergency.objects.exists()
    assert Client().get("/emergency/").status_code == 302
    south = d.world.actor("南镇长", "town_leader", d.world.district.south)
    assert _declare(d, south).status_code == 422, "a place that is not offered"


def test_what_came_in_is_counted_within_the_readers_scope(d: Desks, django_assert_num_queries: Any) -> None:
    found = declared(d)
    url = f"/emergency/{found.public_id}/"
    empty = text(d.as_(d.world.town).get(url))
    assert "短表来了 0 件" in empty
    for village in ("北一村", "北一村", "北二社区"):
        post(Client(), form_url(found), service="outage", place_text=village)
    asked = queries(d.as_(d.world.town), url)
    assert "短表来了 3 件，3 件还没人接" in text(d.as_(d.world.town).get(url))
    for service in ("trapped", "moving", "outage", "other", "medicine") * 3:
        post(Client(), form_url(found), service=service, place_text="北一村")
    with django_assert_num_queries(asked):
        d.as_(d.world.town).get(url)
    n2 = d.world.actor("北二书记", "village_secretary", d.world.district.n2)
    assert "短表来了 1 件" in text(d.as_(n2).get(url))
    assert "短表来了 0 件" in text(d.as_(d.world.south).get(url)), "another town counts nothing of it"
    for who in (d.world.south, d.world.dept):
        page = text(d.as_(who).get(url))
        assert 'name="text"' not in page
        assert post(d.as_(who), f"{url}inform", text="不归我们").status_code == 422


def test_live_figures_ask_less_often_while_they_are_paused(d: Desks) -> None:
    desk = d.as_(d.world.town)
    assert "every 60s" in text(desk.get("/desk/"))
    declared(d, extras=["live_counts"])
    page = text(desk.get("/desk/"))
    assert "every 300s" in page
    assert "实时数字" in page
    assert "登记和派单照常" in page
