"""Following a matter with its code: what its reporter sees, what nobody else does, and their judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import account
from tests.factories.cases import World, new_world
from tests.factories.residents import resident

from genmai.directory.access import commands as access
from genmai.directory.roster.models import PersonKey
from genmai.interfaces.web.follow import views
from genmai.kernel.store import Store
from genmai.processes.cases.commands import family
from genmai.processes.cases.commands.intake import Picture, add_pictures
from genmai.processes.cases.models import Caller, Case
from genmai.processes.cases.queries.following import digest
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
CODE, OTHER = "AAAA-BBBB-CCCC", "DDDD-EEEE-FFFF"


@pytest.fixture
def world() -> Iterator[World]:
    world = new_world(mechanism="default/case-loop@1")
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: world.at):
        yield world
    views.WRONG_CODES.forget()


def matter(world: World, state: str = "received", *, code: str = CODE, **report: object) -> Case:
    return world.at_state(state, follow_digest=digest(code), **report)


def holder(code: str = CODE, client: Client | None = None) -> Client:
    client = client or Client()
    assert client.post("/follow", {"code": code}).status_code == 302
    return client


def page(client: Client) -> str:
    answer = client.get("/follow")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def judge(client: Client, fixed: str = "no", **more: object) -> object:
    return client.post("/follow/judge", {"key": str(uuid4()), "fixed": fixed, **more})


# -- the code ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["AAAA-BBBB-CCCC", "aaaabbbbcccc", " aaaa bbbb-cccc "])
def test_the_code_is_taken_however_it_is_typed(world: World, typed: str) -> None:
    matter(world, text="三号楼的灯")
    assert "三号楼的灯" in page(holder(typed))


def test_a_wrong_code_says_so_and_sets_nothing(world: World) -> None:
    client = Client()
    answer = client.post("/follow", {"code": "WRONG"})
    assert answer.status_code == 422
    assert "没有这个查询码" in answer.content.decode()
    assert "genmai_follow" not in client.cookies
    assert client.post("/follow", {"code": ""}).status_code == 422
    assert client.post("/follow", {"code": "A\x00B"}).status_code == 422


def test_many_wrong_codes_shut_the_address_even_for_the_right_one_and_time_opens_it(world: World) -> None:
    matter(world)
    for number in range(20):
        assert Client().post("/follow", {"code": f"NO{number}"}).status_code == 422
    shut = Client().post("/follow", {"code": CODE})
    assert shut.status_code == 429
    assert "请过 15 分钟再试" in shut.content.decode()
    assert Client().post("/follow", {"code": CODE}, REMOTE_ADDR="8.8.8.8").status_code == 302
    world.later(minutes=16)
    assert Client().post("/follow", {"code": CODE}).status_code == 302


def test_the_code_is_held_two_hours_forgotten_on_request_and_can_t_be_forged(world: World) -> None:
    matter(world)
    client = holder()
    assert "genmai_follow" in client.cookies
    assert client.cookies["genmai_follow"]["httponly"]
    forged = Client()
    forged.cookies["genmai_follow"] = CODE
    assert "查我反映的事" in forged.get("/follow").content.decode()
    client.post("/follow/leave")
    assert "您反映的" not in client.get("/follow").content.decode()


# -- what is shown -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("received", "北镇已经收到，正在定由谁来办"),
        ("declined", "没有受理"),
        ("dispatched", "已经交给北一村，等他们接下"),
        ("objected", "北一村认为不该由他们办"),
        ("in_hand", "北一村正在办"),
        ("suspended", "北一村在等一个条件"),
        ("replied", "北一村已经答复"),
        ("verified", "已经核实过"),
        ("closed", "北一村已办结：已解决"),
        ("merged", "北镇已经收到"),
    ],
)
def test_every_state_is_said_in_the_reporters_terms(world: World, state: str, words: str) -> None:
    matter(world, state)
    shown = page(holder())
    assert words in shown
    assert "{" not in shown
    assert ("说给他们听" in shown) == (state in ("replied", "verified", "closed"))


def test_the_limit_is_said_as_people_say_it_and_goes_when_it_is_over(world: World) -> None:
    matter(world, "in_hand", urgency="urgent")
    assert "办好并答复您" in page(holder())
    done = matter(world, "closed", code=OTHER)
    assert "最晚什么时候" not in page(holder(OTHER))
    assert done.state == "closed"


def test_a_missed_limit_is_told(world: World) -> None:
    case = matter(world, "dispatched", urgency="urgent")
    world.later(hours=3)
    world.do("accept", case)
    assert "没有按时有人接下" in page(holder())


def test_a_reply_is_read_by_the_reporter_and_inner_words_are_not(world: World) -> None:
    case = matter(world, "in_hand")
    world.do("note", case, text="内部商量的话")
    world.do("note", case, text="请您等两天", open_to_callers=True)
    world.do("reply", case, text="路灯换好了")
    world.do("rework", case, text="内部的返工意见")
    shown = page(holder())
    assert "核实后发现还没办好" in shown
    assert "内部的返工意见" not in shown
    assert "路灯换好了" in shown
    assert "请您等两天" in shown
    assert "内部商量的话" not in shown


def test_a_merged_matter_is_followed_where_it_lives_and_shows_nothing_of_the_others(world: World) -> None:
    survivor = matter(world, "received", code=OTHER, text="别人写的原话", place_text="别人的门牌")
    mine = matter(world, "received", text="我写的原话")
    world.do("merge", mine, into=survivor.public_id)
    for verb in ("dispatch", "accept", "reply"):
        world.later(minutes=5)
        world.do(verb, survivor)
    world.do("judge", survivor, fixed=True, satisfaction=3, text="别人评的话")
    client = holder()
    shown = page(client)
    assert f"已经和 {survivor.number} 并到一起办" in shown
    assert "路灯已修好" in shown
    assert "我写的原话" in shown
    for others in ("别人写的原话", "别人的门牌", "别人评的话", "您说：办好了"):
        assert others not in shown
    assert judge(client, "yes", satisfaction="3").status_code == 302
    assert Caller.objects.get(case=mine).fixed is True
    assert "您说：办好了" in page(client)


def test_a_long_history_takes_the_same_queries(world: World) -> None:
    case = matter(world, "in_hand")
    client = holder()
    with CaptureQueriesContext(connection) as short:
        client.get("/follow")
    for number in range(30):
        world.do("note", case, text=f"第 {number} 条", open_to_callers=True)
    with CaptureQueriesContext(connection) as long:
        answer = client.get("/follow")
    assert len(short) == len(long) <= 9
    assert len(answer.content) < 60_000


# -- the judgement -----------------------------------------------------------------------------------------------------


def test_not_fixed_reopens_at_once(world: World) -> None:
    case = matter(world, "replied")
    client = holder()
    answer = judge(client, "no", satisfaction="1", words="还是不亮")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "in_hand"
    shown = page(client)
    assert "已经重新办理" in shown
    assert "您说：没有办好" in shown
    assert "还是不亮" in shown
    assert "上一次的答复" in shown


def test_not_fixed_for_the_third_time_is_told_plainly_and_goes_up(world: World) -> None:
    case = matter(world, "replied")
    client = holder()
    for _ in range(2):
        judge(client)
        world.later(minutes=5)
        world.do("reply", case)
    judge(client)
    case.refresh_from_db()
    assert case.state == "replied"
    assert "不再自动重办，已经报给上一级" in page(client)


def test_the_same_judgement_twice_is_one(world: World) -> None:
    matter(world, "replied")
    client, sent = holder(), {"key": str(uuid4()), "fixed": "no"}
    client.post("/follow/judge", sent)
    client.post("/follow/judge", sent)
    assert Deed.objects.filter(kind="case.judged").count() == 1
    assert Deed.objects.filter(kind="case.reopened").count() == 1


def test_a_judgement_needs_an_answer_a_code_and_something_to_judge(world: World) -> None:
    matter(world, "replied")
    client = holder()
    empty = client.post("/follow/judge", {"key": str(uuid4()), "words": "写了的还在"})
    assert empty.status_code == 422
    assert "写了的还在" in empty.content.decode()
    assert judge(Client())["Location"] == "/follow"
    matter(world, "in_hand", code=OTHER)
    early = judge(holder(OTHER))
    assert early.status_code == 409
    assert Deed.objects.filter(kind="case.judged").count() == 0


# -- the reporter's data -----------------------------------------------------------------------------------------------


def test_who_looked_is_shown_and_deleting_makes_it_unreadable(world: World) -> None:
    person = resident("13805741234", "王大明")
    case = matter(world, "replied", person_id=person.pk)
    client = holder()
    account("town", "town_desk", world.district.north)
    looker = world.town
    assert "还没有人看过" in client.get("/follow/data").content.decode()
    staff = access_account(world)
    access.reveal(actor=staff, at=world.at, key=uuid4(), person_id=person.pk, path=case.home_path, purpose="回访问结果")
    shown = client.get("/follow/data").content.decode()
    assert "回访问结果" in shown
    assert "138****1234" in shown
    assert "13805741234" not in shown
    assert client.post("/follow/data", {"key": str(uuid4())}).status_code == 422, "asked twice before it is gone"
    assert PersonKey.objects.get(person=person).wrapped
    assert client.post("/follow/data", {"key": str(uuid4()), "sure": "on"}).status_code == 302
    assert PersonKey.objects.get(person=person).wrapped is None
    assert "已经删掉了" in client.get("/follow/data").content.decode()
    assert "路灯坏了" in page(client), "the matter stays"
    assert looker


def access_account(world: World):
    from genmai.directory.access.models import Account
    from genmai.directory.access.queries import viewer_for
    from genmai.kernel.viewer import Actor

    return Actor.staff(viewer_for(Account.objects.get(login="town"), at=world.at))


def test_a_number_used_elsewhere_is_neither_shown_nor_deleted_by_one_code(world: World) -> None:
    """Anybody can type a neighbour's number; the code proves only one matter."""
    person = resident("13805741234", "王大明")
    matter(world, person_id=person.pk)
    matter(world, code=OTHER, person_id=person.pk)
    client = holder()
    shown = client.get("/follow/data").content.decode()
    assert "138****1234" not in shown
    assert "王" not in shown
    client.post("/follow/data", {"key": str(uuid4()), "sure": "on"})
    assert PersonKey.objects.get(person=person).wrapped


def test_a_staff_members_number_shows_no_name(world: World) -> None:
    matter(world, person_id=world.village.person_id)
    assert "书记" not in holder().get("/follow/data").content.decode()


# -- pictures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pictured(world: World, settings, tmp_path: Path) -> str:
    settings.MEDIA_ROOT = tmp_path
    case = matter(world)
    sha256 = Store(tmp_path).put(b"\xff\xd8 a picture")
    add_pictures(case, [Picture(sha256, "image/jpeg", 1, 1, 11)], stage="before", at=world.at, actor=world.town)
    return f"/files/{case.public_id}/{sha256}.jpg"


def test_a_picture_is_for_staff_in_scope_and_for_its_sender_alone(world: World, pictured: str) -> None:
    assert Client().get(pictured).status_code == 404
    matter(world, code=OTHER)
    assert holder(OTHER).get(pictured).status_code == 404
    sent = holder().get(pictured)
    assert (sent.status_code, sent["Content-Type"], sent.content) == (200, "image/jpeg", b"\xff\xd8 a picture")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in sent["Cache-Control"]
    inside, outside = Client(), Client()
    inside.force_login(account("north-desk", "town_desk", world.district.north))
    outside.force_login(account("south-desk", "town_desk", world.district.south))
    assert inside.get(pictured).status_code == 200
    assert outside.get(pictured).status_code == 404


@pytest.mark.parametrize("name", ["0" * 64, "..", "x"])
def test_a_picture_that_is_not_there_is_not_found(world: World, pictured: str, name: str) -> None:
    assert holder().get(f"{pictured.rpartition('/')[0]}/{name}.jpg").status_code == 404


def test_home_leads_residents_to_both_and_staff_to_their_work(world: World) -> None:
    shown = Client().get("/").content.decode()
    assert 'href="/report"' in shown
    assert 'href="/follow"' in shown
    client = Client()
    client.force_login(account("desk", "town_desk", world.district.north))
    assert client.get("/")["Location"].startswith("/inbox")


def test_the_code_stands_in_no_address_and_no_page_is_kept_by_a_proxy(world: World) -> None:
    matter(world)
    client = Client()
    answer = client.post("/follow", {"code": CODE})
    assert answer["Location"] == "/follow"
    for path in ("/follow", "/follow/data", "/report", "/"):
        assert "no-store" in client.get(path)["Cache-Control"], path
    assert timedelta(seconds=views.passes.SECONDS) == timedelta(hours=2)


def test_what_cant_be_done_now_is_said_with_the_reason_what_is_missing_and_the_next_look(world: World) -> None:
    world.mechanism = "default/case-loop@2"
    case = matter(world, "in_hand")
    world.do("ask_bank", case, text="二期工程款没有到")
    case = world.do("bank", case, text="内部批示：先缓一缓")
    told = page(holder())
    for words in ("一时办不了", "缺资金", "二期工程款没有到", "下次复查最晚到", "再复查一次"):
        assert words in told
    assert "内部批示" not in told
    world.later(days=8)
    world.do("review_bank", case, text="问过财政，下月有消息")
    assert "问过财政，下月有消息" in page(holder())


def test_shared_among_several_bodies_the_reporter_reads_how_many_are_left(world: World) -> None:
    case = matter(world, "in_hand")
    district = world.district
    parts = [family.Part(to=one.public_id, text="内部分工的话") for one in (district.n1a, district.dept)]
    world.do("split", case, parts=parts)
    told = page(holder())
    assert "分成 2 份一起办，还有 2 份没办完" in told
    assert told.count("分给几家一起办") == 1
    assert "内部分工的话" not in told
    for child in case.children.all():
        world.do("call_off", child)
    assert "分成 2 份一起办，都办完了" in page(holder())
