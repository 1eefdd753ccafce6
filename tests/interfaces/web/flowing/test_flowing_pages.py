"""Flowing members and duplicates in the browser: who sees what, each step by a form, constant queries, English, empty."""

from __future__ import annotations

import io
import re
from unittest.mock import patch
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.organisations import AT
from tests.interfaces.web.flowing.site import Site, told

from genmai.directory.roster.models import Organisation, Person
from genmai.directory.roster.models.linkage import Pair, Verdict
from genmai.directory.roster.sealing import index_of_phone
from genmai.interfaces.jobs.hourly import flowing as hourly
from genmai.interfaces.web.flowing.lists import InMemory
from genmai.interfaces.web.language import COOKIE
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import candidates, lists
from genmai.processes.registers.models import Candidate, FlowRecord, ListEvent, ResidentList

pytestmark = pytest.mark.django_db


def test_a_grid_worker_tells_looks_and_writes_down_what_they_said(site: Site) -> None:
    worker = site.t.grid_worker()
    assert "没有等着联系的人" in site.get(worker, "/flowing/?tab=contact")
    answer = site.post(
        worker, "/flowing/tell", source="visit", name="王建国", phone="13805740001", host_id=site.t.district.s1a.pk
    )
    assert answer.status_code == 302, answer.content.decode()
    candidate = Candidate.objects.get()
    url = f"/flowing/candidates/{candidate.public_id}/"
    page = site.get(worker, url)
    assert "王**" in page
    assert "王建国" not in page
    assert "13805740001" not in page
    looked = site.post(worker, f"{url}look", purpose="上门联系")
    assert "13805740001" in looked.content.decode()
    assert looked.headers["Cache-Control"] == "no-store"
    refused = site.post(worker, f"{url}do/declare", way="visit", home_said="", seen=1)
    assert refused.status_code == 422
    assert FlowRecord.objects.count() == 0
    done = site.post(worker, f"{url}do/declare", way="visit", home_said="北一村党支部", seen=1)
    assert done.status_code == 302
    assert "本人已报到" in site.get(worker, "/flowing/?tab=unmatched")


def test_what_is_known_of_a_registration_is_judged_and_the_reviewer_can_open_why(site: Site) -> None:
    t = site.t
    t.member("励玮涵", number=5, born="19650615", phone="13805740005")
    worker, officer = t.grid_worker(), t.organiser()
    typed = {"source": "registration", "host_id": t.district.s1a.pk}
    wrong = site.post(worker, "/flowing/tell", name="励玮涵", phone="13805740005", born="1965-13-40", **typed)
    assert (wrong.status_code, Candidate.objects.count()) == (422, 0)
    assert "出生日期不对" in wrong.content.decode()
    for given in ({"born": "19650615", "sex": "1"}, {"born": "1950年1月1日", "name": "钱多多"}):
        answer = site.post(worker, "/flowing/tell", **({"name": "励玮涵", "phone": "13805740005"} | typed | given))
        assert answer.status_code == 302, answer.content.decode()
    like, unlike = Candidate.objects.order_by("id")
    assert (like.member is not None, unlike.member) == (True, None)
    page = site.get(officer, f"/flowing/candidates/{like.public_id}/")
    for words in ("凭什么说像", "出生日期相同", "电话相同", "people-1"):
        assert words in page
    assert "没有哪一位党员像" in site.get(officer, f"/flowing/candidates/{unlike.public_id}/")
    for one in (like, unlike):  # the host side learns neither that somebody is on a roll nor that nobody is
        page = site.get(worker, f"/flowing/candidates/{one.public_id}/")
        assert "凭什么说像" not in page
        assert "和名册比过了" not in page


def test_both_sides_take_it_up(site: Site) -> None:
    t = site.t
    member = t.member("王建国", number=1)
    Candidate.objects.filter(pk=told(t).pk).update(member=member)
    candidate = Candidate.objects.get()
    site.post(
        t.grid_worker(), f"/flowing/candidates/{candidate.public_id}/do/declare", way="visit", home_said="北一", seen=1
    )
    record = FlowRecord.objects.get()
    secretary, url = t.branch_secretary(), f"/flowing/records/{record.public_id}/"
    assert "确认是本支部的党员" in site.get(secretary, url)
    assert "确认是本支部的党员" not in site.get(t.grid_worker(), url)  # the home side says who it is
    assert str(member.public_id) not in site.get(t.grid_worker(), url)
    assert (
        site.post(secretary, f"{url}do/confirm", member=str(member.public_id), seen=record.version).status_code == 302
    )
    record.refresh_from_db()
    assert record.state == "settled"
    done = site.post(t.grid_worker(), f"{url}do/contact", way="phone", reached="yes", seen=record.version)
    assert done.status_code == 302
    assert site.post(t.grid_worker(), f"{url}do/care", duty="welcome_talk").status_code == 302
    assert "谈一次心" in site.get(secretary, url)
    ended = site.post(secretary, f"{url}do/transfer", on="2026-03-02", document="")
    assert ended.status_code == 422  # no paper, no transfer


def test_the_home_side_registers_that_one_goes(site: Site) -> None:
    member, secretary = site.t.member("王建国", number=1), site.t.branch_secretary()
    assert "王建国" in site.get(secretary, "/flowing/leave?q=王建")
    assert "没有这个名字" in site.get(secretary, "/flowing/leave?q=李")
    done = site.post(
        secretary,
        "/flowing/leave",
        q="王建",
        member=str(member.public_id),
        planned="no",
        reason="work",
        left_on="2026-02-01",
    )
    assert done.status_code == 302, done.content.decode()
    assert FlowRecord.objects.get().state == "out"


def test_nothing_of_it_is_seen_from_the_other_town(site: Site) -> None:
    t = site.t
    candidate = told(t)
    stranger = t.actor("wangge-n2", "grid_worker", t.district.n2a)
    for url in ("/flowing/?tab=contact", "/flowing/?tab=unmatched", "/flowing/?tab=host"):
        page = site.get(stranger, url)
        assert str(candidate.public_id) not in page
        assert "王**" not in page
        assert not re.search(r"[1-9]\d* 人等着联系", page)
    url = f"/flowing/candidates/{candidate.public_id}/"
    assert site.as_(stranger).get(url).status_code == 404
    gone = site.post(stranger, f"{url}look", purpose="看看")
    assert gone.status_code == 404
    assert "王" not in gone.content.decode().replace("国王", "")


@pytest.mark.parametrize("tab", ["contact", "host", "home", "unmatched"])
def test_a_list_takes_the_same_number_of_queries_for_any_number_of_people(site: Site, tab: str) -> None:
    worker = site.t.grid_worker()
    for number in range(2):
        _declared(site, number)
    few = site.queries(worker, f"/flowing/?tab={tab}")
    for number in range(2, 9):
        _declared(site, number)
    assert site.queries(worker, f"/flowing/?tab={tab}") == few
    assert few <= 16


def _declared(site: Site, number: int) -> None:
    candidate = told(site.t, number)
    candidates.declare(
        actor=site.t.grid_worker(),
        at=AT,
        key=site.t.key(),
        candidate=candidate.public_id,
        way="visit",
        home_said="北一",
    )
    told(site.t, number + 500)


def sheet(rows: list[list[str]]) -> SimpleUploadedFile:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    page = book.add_worksheet()
    for at, row in enumerate([["姓名", "出生日期", "性别", "手机号", "村社"], *rows]):
        page.write_row(at, 0, row)
    book.close()
    return SimpleUploadedFile("名单.xlsx", data.getvalue())


def test_an_organisation_officer_finds_a_flowing_member_from_a_registration_list(site: Site) -> None:
    t = site.t
    names = ["王建国", "李秀英", "张海燕", "刘志强", "陈桂兰", "励玮涵"]
    for number, name in enumerate(names):
        member = t.member(name, number=number, born=f"19{60 + number}0{number + 1}1{number}")
        Person.objects.filter(pk=member.pk).update(phone_index=index_of_phone(f"1380574{number:04d}"))
    rows = [[f"外来{n}", f"198{n % 10}-05-1{n % 9}", "男", f"1390000{n:04d}", "东村"] for n in range(40)]
    rows.append(["励玮涵", "1965-06-15", "男", "13805740005", "东村"])
    officer = t.organiser()
    typed = {"title": "新居民", "basis": "duty", "document": "公安函〔2026〕5号", "keep_days": "10"}
    with patch(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", side_effect=AssertionError("on a disk")
    ):
        answer = site.post(officer, "/flowing/lists/", file=sheet(rows), **typed)
    assert answer.status_code == 302, answer.content.decode()
    made = ResidentList.objects.get()
    assert "HX-Refresh" not in site.as_(officer).get(f"/flowing/lists/{made.public_id}/compared").headers
    told = {"actor": Actor.system("residents"), "at": t.at, "key": t.key(), "residents": made.public_id}
    assert lists.compare(**told) == 1
    assert lists.compare(**told) == 0
    assert "HX-Refresh" in site.as_(officer).get(f"/flowing/lists/{made.public_id}/compared").headers
    village = t.actor("cunshuji", "village_secretary", t.district.s1)
    assert "励**" in site.get(village, "/flowing/?tab=contact")
    found = Candidate.objects.get()
    assert "凭什么说像" in site.get(officer, f"/flowing/candidates/{found.public_id}/")
    assert "凭什么说像" not in site.get(village, f"/flowing/candidates/{found.public_id}/")
    page = site.get(officer, f"/flowing/lists/{made.public_id}/")
    assert "公安函〔2026〕5号" in page
    assert f"?tab=contact&amp;list={made.public_id}" in page, "the list leads to those it found"
    assert "励**" in site.get(officer, f"/flowing/?tab=contact&list={made.public_id}")
    assert "励**" not in site.get(officer, f"/flowing/?tab=contact&list={uuid4()}")
    assert "励**" in site.get(officer, "/flowing/?tab=contact&list=%00no")
    assert hourly.run(at=t.later(days=10)).startswith("1 residents")
    assert "已销毁" in site.get(officer, f"/flowing/lists/{made.public_id}/")
    assert "销毁密钥和名单" in site.get(officer, f"/flowing/lists/{made.public_id}/")
    assert ListEvent.objects.filter(kind="destroyed").count() == 1
    assert "没有等着联系的人" in site.get(village, "/flowing/?tab=contact")


def test_a_large_upload_stays_in_memory() -> None:
    handler = InMemory()
    handler.handle_raw_input(None, {}, 500_000_000, None)
    assert handler.activated


def test_a_list_without_a_paper_or_with_a_wrong_row_is_refused_whole(site: Site) -> None:
    officer = site.t.organiser()
    typed = {"title": "新居民", "basis": "duty", "keep_days": "10"}
    assert (
        site.post(officer, "/flowing/lists/", file=sheet([["王", "", "", "", ""]]), document="", **typed).status_code
        == 422
    )
    wrong = site.post(
        officer, "/flowing/lists/", file=sheet([["王建国", "不知道", "", "", ""]]), document="函", **typed
    )
    assert wrong.status_code == 422
    assert "出生日期" in wrong.content.decode()
    assert ResidentList.objects.count() == 0
    assert site.as_(site.t.grid_worker()).get("/flowing/lists/").status_code == 403


def test_two_records_side_by_side_merged_and_taken_back(site: Site) -> None:
    t = site.t
    officer = t.organiser()
    assert "没有等着看的" in site.get(officer, "/duplicates/")
    one, other = t.member("王建国", number=1), t.member("王建国 ", "n2", number=2)
    pair = t.pair(one, other)
    assert str(pair.public_id) in site.get(officer, "/duplicates/")
    url = f"/duplicates/{pair.public_id}/"
    page = site.get(officer, url)
    for words in ("姓名相同", "出生日期相同", "更不像", "北一村党支部", "北二社区党支部"):
        assert words in page
    assert site.post(officer, f"{url}same", keep=str(one.public_id), seen=1).status_code == 302
    assert Person.objects.get(pk=other.pk).merged_into == one
    assert "撤销合并" in site.get(officer, url)
    assert site.post(officer, f"{url}undo").status_code == 302
    assert Person.objects.get(pk=other.pk).merged_into is None
    assert site.post(officer, f"{url}different", seen=3, reason="都见过").status_code == 302
    assert Pair.objects.get().verdict == Verdict.DIFFERENT
    assert str(pair.public_id) not in site.get(officer, "/duplicates/")
    assert str(pair.public_id) in site.get(officer, "/duplicates/?state=different")


def test_a_town_sees_no_pair_it_does_not_wholly_answer_for(site: Site) -> None:
    t = site.t
    pair = t.pair(t.member("孙明", number=7), t.member("孙鸣", "s1", number=8))
    office = t.town_office("north")
    assert str(pair.public_id) not in site.get(office, "/duplicates/")
    assert site.as_(office).get(f"/duplicates/{pair.public_id}/").status_code == 404
    assert site.as_(t.grid_worker()).get("/duplicates/").status_code == 403


def test_pairs_take_the_same_number_of_queries_for_any_number(site: Site) -> None:
    t = site.t
    officer = t.organiser()
    people = [t.member(f"王{n}", number=n) for n in range(8)]
    t.pair(people[0], people[1])
    few = site.queries(officer, "/duplicates/")
    for n in range(2, 8):
        t.pair(people[0], people[n])
    assert site.queries(officer, "/duplicates/") == few


def test_in_english_nothing_is_left_in_chinese(site: Site) -> None:
    t = site.t
    officer = t.organiser()
    pair = t.pair(t.member("Wang", number=1), t.member("Wang ", "n2", number=2))
    candidate = told(t, name="Li")
    _declared(site, 3)
    record = FlowRecord.objects.latest("id")
    worker = t.grid_worker()
    pages = [
        (officer, "/duplicates/"), (officer, f"/duplicates/{pair.public_id}/"), (worker, "/flowing/"),
        (worker, f"/flowing/candidates/{candidate.public_id}/"), (worker, f"/flowing/records/{record.public_id}/"),
        (officer, "/flowing/lists/"), (worker, "/flowing/tell"),
    ]  # fmt: skip
    for actor, url in pages:
        site.as_(actor).cookies[COOKIE] = "en"
        page = site.get(actor, url)
        text = re.sub(
            r"<[^>]+>", " ", re.sub(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', "", page.split("<main", 1)[-1])
        )
        left = set(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", text))
        ours = {body.name for body in Organisation.objects.all()} | {
            body.short_name for body in Organisation.objects.all()
        }
        ours |= {person.display_name for person in Person.objects.all()} | {"王", "北一", "的人"}
        assert not {one for one in left if one not in ours}, (url, left)


def test_the_host_side_names_the_branch_that_is_asked(site: Site) -> None:
    worker, t = site.t.grid_worker(), site.t
    candidate = candidates.tell(
        actor=worker,
        at=t.at,
        key=t.key(),
        source="visit",
        host_id=t.district.s1a.pk,
        name="王建国",
        phone="13805740001",
    )
    record = candidates.declare(
        actor=worker, at=t.at, key=t.key(), candidate=candidate.public_id, way="visit", home_said="北一村"
    )
    address = f"/flowing/records/{record.public_id}/"
    assert "问清了在哪个支部" in site.get(worker, address)
    for wrong in ("没有这个支部", "北一村"):  # a village is no Party body
        refused = site.post(worker, f"{address}do/name_home", home=wrong)
        assert (refused.status_code, wrong in refused.content.decode()) == (422, True)
    assert site.post(worker, f"{address}do/name_home", home="北一村党支部").status_code == 302
    assert FlowRecord.objects.get(pk=record.pk).home == t.party.n1
    assert "do/name_home" not in site.get(worker, address)
    assert "王" in site.get(t.branch_secretary(), address)
