"""Volunteer tasks in the browser: sign up without an account, a code in return; names and numbers for the organiser alone."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries
from tests.processes.activities.test_volunteering import opened, resident, sign

from genmai.directory.access.models import Look
from genmai.processes.activities.models import SignUp, Task

pytestmark = pytest.mark.django_db
NEW = {
    "kind": "rescue", "title": "上堤巡查", "place_text": "镇政府门口", "begins_at": "2026-03-02T18:00", "hours": "4",
    "wanted": "2", "text": "",
}  # fmt: skip


def post(client: Client, url: str, **typed: Any) -> Any:
    return client.post(url, {"key": str(uuid4()), **typed})


def url(task: Task) -> str:
    return f"/volunteer/{task.public_id}/"


def signed_up(task: Task, number: int = 1) -> tuple[Client, str]:
    client = Client()
    answer = post(client, f"{url(task)}sign-up", name="王大力", phone=f"1380000{number:04d}")
    assert answer.headers["Location"] == "/volunteer/mine", text(answer)
    code = re.search(r'id="code">([\w-]+)<', text(client.get("/volunteer/mine")))
    assert code is not None
    return client, code[1]


def test_from_opening_to_hours_in_the_browser(d: Desks) -> None:
    desk = d.as_(d.world.town)
    answer = post(desk, "/volunteer/new", organisation=str(d.world.district.north.pk), **NEW)
    task = Task.objects.get()
    assert answer.headers["Location"] == url(task)
    client, code = signed_up(task)
    place = SignUp.objects.get()
    assert post(desk, f"{url(task)}confirm", place=str(place.public_id)).status_code == 302
    assert "已确认，请按时到" in text(post(client, "/volunteer/mine", code=code))
    assert "谁来了" not in text(desk.get(url(task))), "not before it begins"
    d.world.later(hours=12)
    assert "谁来了" in text(desk.get(url(task)))
    done = post(
        desk, f"{url(task)}finish", **{f"hours-{place.public_id}": "3.5", "seen": str(Task.objects.get().version)}
    )
    assert done.status_code == 302
    assert "记了 3.5 小时" in text(post(Client(), "/volunteer/mine", code=code))
    assert post(desk, f"{url(task)}finish").status_code == 422, "once"


def test_a_resident_reads_no_names_and_gives_the_place_back_by_code(d: Desks) -> None:
    task = opened(d.world)
    client, code = signed_up(task)
    page = text(Client().get(url(task)))
    assert "1 / 3 人" in page
    for hidden in ("王", "138", "报名的人"):
        assert hidden not in re.sub(r"<head>.*?</head>", "", page, flags=re.S)
    answer = post(client, "/volunteer/mine/withdraw", code=code)
    assert answer.status_code == 302
    assert "已取消报名" in text(client.get("/volunteer/mine"))
    assert Task.objects.get().taken == 0
    assert post(Client(), "/volunteer/mine/withdraw", code="AAAA-BBBB-CCCC").status_code == 404
    assert post(Client(), "/volunteer/mine", code="AAAA-BBBB-CCCC").status_code == 422


def test_the_number_is_seen_by_the_organiser_and_the_look_is_written(d: Desks) -> None:
    task = opened(d.world)
    signed_up(task)
    place, desk = SignUp.objects.get(), d.as_(d.world.town)
    page = text(desk.get(url(task)))
    assert "王**" in page or "王*" in page
    assert "13800000001" not in page
    ring = f"{url(task)}ring/{place.public_id}"
    assert f'action="{ring}#place-{place.public_id}"' in page
    assert f'id="place-{place.public_id}"' in page
    assert 'value="志愿任务联系：上堤巡查"' in page
    refused = post(desk, ring, purpose="")
    assert "请先写明查看的用途" in text(refused), text(refused)
    assert refused.status_code == 422
    assert "13800000001" not in text(refused)
    assert not Look.objects.exists()
    shown = post(desk, ring, purpose="告诉他改了时间")
    assert "13800000001" in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "13800000001" not in text(desk.get(url(task)))
    assert [(look.person_id, look.purpose) for look in Look.objects.all()] == [(place.person_id, "告诉他改了时间")]
    for who in (d.world.south, d.world.grid, d.world.dept):
        assert post(d.as_(who), ring, purpose="看看").status_code == 404
        assert post(d.as_(who), f"{url(task)}confirm", place=str(place.public_id)).status_code == 404
        assert post(d.as_(who), f"{url(task)}cancel", text="不要").status_code == 422
        assert "报名的人" not in text(d.as_(who).get(url(task)))
    assert Look.objects.count() == 1


def test_staff_sign_up_with_one_tap(d: Desks) -> None:
    task, who = opened(d.world), d.as_(d.world.grid)
    assert 'name="phone"' not in text(who.get(url(task)))
    assert post(who, f"{url(task)}sign-up").status_code == 302
    page = text(who.get(url(task)))
    assert "已报名，等召集人确认" in page
    assert "我去不了" in page
    assert "上堤巡查" in text(who.get("/volunteer/mine"))
    assert post(who, "/volunteer/mine/withdraw", task=str(task.public_id)).status_code == 302
    assert Task.objects.get().taken == 0


def test_a_full_task_says_so_and_keeps_what_was_typed(d: Desks) -> None:
    task = opened(d.world, wanted=1)
    signed_up(task)
    assert "人已经够了" in text(Client().get(url(task)))
    assert post(Client(), f"{url(task)}sign-up", name="李四", phone="13800000002").status_code == 422
    assert SignUp.objects.count() == 1
    wrong = opened(d.world, title="送药")
    answer = post(Client(), f"{url(wrong)}sign-up", name="李四", phone="12")
    assert answer.status_code == 422
    assert "李四" in text(answer)


def test_posted_twice_it_is_one_place_and_the_same_code(d: Desks) -> None:
    task, key = opened(d.world), str(uuid4())
    codes = set()
    for _ in range(2):
        client = Client()
        client.post(f"{url(task)}sign-up", {"key": key, "name": "王", "phone": "13800000001"})
        codes.update(re.findall(r'id="code">([\w-]+)<', text(client.get("/volunteer/mine"))))
    assert len(codes) == SignUp.objects.count() == Task.objects.get().taken == 1


def test_a_case_raises_a_task_and_shows_it(d: Desks) -> None:
    case = d.world.at_state("in_hand")
    desk = d.as_(d.world.village)
    assert "要志愿者帮忙" in text(d.page(d.world.village, case))
    answer = post(desk, f"/volunteer/new?case={case.public_id}", organisation=str(d.world.district.n1.pk), **NEW)
    task = Task.objects.get()
    assert answer.headers["Location"] == url(task)
    assert (task.source_kind, task.source_id, task.place_id) == ("case", case.public_id, case.place_id)
    page = text(d.page(d.world.village, case))
    assert "上堤巡查" in page
    assert "还要人" in page
    assert "发了志愿任务：上堤巡查" in page, "noted in the case's own history"
    assert post(d.as_(d.world.south), f"/volunteer/new?case={case.public_id}").status_code == 404


def test_who_may_not_organise_is_refused(d: Desks) -> None:
    for who in (d.world.grid, d.world.dept):
        assert d.as_(who).get("/volunteer/new").status_code == 403
        assert "发一个任务" not in text(d.as_(who).get("/volunteer/"))
    assert Client().get("/volunteer/new").status_code == 302
    desk = d.as_(d.world.town)
    assert post(desk, "/volunteer/new", organisation=str(d.world.district.south.pk), **NEW).status_code == 422
    assert not Task.objects.exists()


def test_lists_say_what_will_come_and_cost_the_same_however_many(d: Desks) -> None:
    assert "现在不缺人" in text(Client().get("/volunteer/"))
    opened(d.world)
    public, desk = queries(Client(), "/volunteer/"), queries(d.as_(d.world.town), "/volunteer/")
    for number in range(40):
        opened(d.world, title=f"第 {number} 班")
    assert queries(Client(), "/volunteer/") == public
    assert queries(d.as_(d.world.town), "/volunteer/") == desk
    assert "后面的" in text(Client().get("/volunteer/"))
    assert len(Client().get("/volunteer/").content) < 150_000
    assert "第 3 班" not in text(d.as_(d.world.south).get("/volunteer/")), "another town's tasks"


def test_an_organisers_page_costs_the_same_however_many_signed_up(d: Desks) -> None:
    task, desk = opened(d.world, wanted=60), d.as_(d.world.town)
    sign(d.world, task, resident(d.world, 1))
    d.world.later(hours=3)
    few = queries(desk, url(task))
    d.world.later(hours=-3)
    for number in range(2, 40):
        sign(d.world, task, resident(d.world, number))
    d.world.later(hours=3)
    assert queries(desk, url(task)) == few


def test_cancelled_it_says_why_to_who_signed_up(d: Desks) -> None:
    task = opened(d.world)
    _, code = signed_up(task)
    desk = d.as_(d.world.town)
    assert post(desk, f"{url(task)}cancel", text="").status_code == 422
    assert post(desk, f"{url(task)}cancel", text="雨停了").status_code == 302
    assert "任务取消了：雨停了" in text(post(Client(), "/volunteer/mine", code=code))
    assert post(Client(), "/volunteer/mine/withdraw", code=code).status_code == 400, "nothing more can be done"
    assert SignUp.objects.get().state == "signed"
