"""Every page of a round: for who inspects, for a body, for strangers; empty, full, with the same number of queries."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from docx import Document
from tests.factories.rounds import Rounds
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import rounds
from genmai.processes.cases.models import Case, Finding, Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.round_figures import tally
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
INSPECTING = ("enter", "sheet", "notices/", "circular/")  # below a round: only who inspects has them


def words(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def at(r: Rounds, tail: str = "") -> str:
    return f"/inspection/{r.round.public_id}/{tail}"


def sent(r: Rounds) -> list[Finding]:
    """Two findings for the department, one for the northern town, sent and taken in hand."""
    found = [
        r.enter("垃圾成堆"),
        r.enter("公开栏没换", service="party"),
        r.enter("值班空岗", body_id=r.world.district.north.pk),
    ]
    r.notify()
    r.accept(r.world.dept)
    return found


def test_nothing_yet_says_what_will_come(d: Desks) -> None:
    assert "还没有督查" in text(d.as_(d.world.office).get("/inspection/"))
    assert "开始新的一批" in text(d.as_(d.world.office).get("/inspection/"))
    department = text(d.as_(d.world.dept).get("/inspection/"))
    assert "还没有督查" in department
    assert "开始新的一批" not in department


def test_a_round_is_begun_from_the_form_and_its_number_is_checked(d: Desks) -> None:
    office = d.as_(d.world.office)
    given = {"number": "2026年第1期", "title": "环境暗访", "inspected_from": "2026-02-25", "inspected_to": "2026-02-27"}
    response = office.post("/inspection/new", given | {"key": str(d.world.key())})
    assert response.status_code == 302
    page = text(office.get(response.headers["Location"]))
    assert "还没有登记问题" in page
    again = office.post("/inspection/new", given | {"key": str(d.world.key())})
    assert again.status_code == 422
    assert "这个期号用过了" in text(again)
    wrong = office.post(
        "/inspection/new", given | {"key": str(d.world.key()), "number": "二", "inspected_to": "2026-02-01"}
    )
    assert "结束日期要在开始日期之后" in text(wrong)
    for who in (d.world.town, d.world.dept, d.world.village):
        assert d.as_(who).get("/inspection/new").status_code == 403
        assert d.as_(who).post("/inspection/new", given | {"key": str(d.world.key())}).status_code == 403
    assert Round.objects.count() == 1


def test_who_inspects_sees_all_a_body_its_own_a_stranger_nothing(d: Desks, r: Rounds) -> None:
    world, (mine, also, theirs) = d.world, sent(r)
    office = text(d.as_(world.office).get(at(r, "findings/")))
    assert all(word in office for word in ("垃圾成堆", "公开栏没换", "值班空岗"))
    for who, own, others in (
        (world.dept, ("垃圾成堆", "公开栏没换"), "值班空岗"),
        (world.town, ("值班空岗",), "垃圾成堆"),
    ):
        client = d.as_(who)
        for url in ("/inspection/", at(r), at(r, "findings/"), at(r, "deeds/?cell=found"), at(r, "deeds/?cell=open")):
            page = text(client.get(url))
            assert others not in page, url
            assert "公路局" not in page or who is world.dept, url
        assert all(word in text(client.get(at(r))) for word in own)
        assert [client.get(at(r, tail)).status_code for tail in INSPECTING] == [404] * 4
        assert client.get(at(r, "circular.docx")).status_code == 404
    assert f"这一批要我们整改 {2} 条" in text(d.as_(world.dept).get(at(r)))
    assert d.as_(world.town).get(f"/inspection/finding/{mine.case.public_id}/").status_code == 404
    assert d.as_(world.dept).get(f"/inspection/finding/{theirs.case.public_id}/").status_code == 404
    body = world.district.dept.public_id
    assert d.as_(world.town).get(at(r, f"notices/{body}/")).status_code == 404
    for who in (world.south, world.village, world.grid):
        client = d.as_(who)
        assert "环境整治暗访" not in text(client.get("/inspection/"))
        for url in (
            at(r),
            at(r, "findings/"),
            at(r, "deeds/?cell=found"),
            at(r, "circular.docx"),
            at(r, f"notices/{body}/"),
        ):
            response = client.get(url)
            assert response.status_code == 404
            assert "环境整治暗访" not in text(response)
    assert also.case.public_id != mine.case.public_id


def test_nobody_signed_in_is_led_to_the_door(d: Desks, r: Rounds, client: Any) -> None:
    for url in ("/inspection/", "/inspection/new", at(r), at(r, "enter"), at(r, "circular.docx")):
        assert client.get(url).status_code == 302


def test_the_leader_sees_the_whole_and_does_nothing(d: Desks, r: Rounds) -> None:
    sent(r)
    leader = d.world.actor("区领导", "district_leader", d.world.district.district)
    page = text(d.as_(leader).get(at(r)))
    assert "区公路局" in page
    assert "再登记一条" not in page
    assert d.as_(leader).post(at(r, "chase"), {"key": str(d.world.key()), "which": "all"}).status_code == 404
    assert d.as_(leader).post(at(r, "finish"), {"key": str(d.world.key())}).status_code == 404


def test_each_number_opens_to_its_deeds_and_they_are_as_many(d: Desks, r: Rounds) -> None:
    first, *_rest = sent(r)
    r.put_right(first)
    r.look(first, passed=False)
    office = d.as_(d.world.office)
    page = text(office.get(at(r)))
    links = set(re.findall(r'href="(/inspection/[^"]*/deeds/\?[^"]*)"', page))
    assert len(links) >= 8
    for link in links:
        address = link.replace("&amp;", "&")
        opened = office.get(address)
        assert opened.status_code == 200
        shown = re.search(rf'href="{re.escape(link)}"[^>]*>(?:<span[^>]*>[^<]*</span>)?(\d+)', page)
        if shown:
            assert text(opened).count('class="row-link"') == int(shown[1]), link
    assert office.get(at(r, "deeds/?cell=nonsense")).status_code == 404
    assert office.get(at(r, "deeds/?cell=found&body=x")).status_code == 404


@pytest.mark.parametrize("tail", ["", "findings/", "notices/", "deeds/?cell=found", "circular/"])
def test_the_same_number_of_queries_however_many_findings(d: Desks, r: Rounds, tail: str) -> None:
    sent(r)
    counted = [_queries(d, d.world.office, at(r, tail))]
    for n in range(12):
        r.enter(f"又一处 {n}", body_id=[d.world.district.south.pk, d.world.district.north.pk][n % 2])
    r.notify()
    counted.append(_queries(d, d.world.office, at(r, tail)))
    assert counted[0] == counted[1]
    assert counted[0] <= 25


@pytest.mark.parametrize("tail", ["", "findings/"])
def test_and_for_a_body_too(d: Desks, r: Rounds, tail: str) -> None:
    sent(r)
    counted = [_queries(d, d.world.dept, at(r, tail))]
    for n in range(9):
        r.enter(f"又一处 {n}")
    r.notify()
    r.accept(d.world.dept)
    counted.append(_queries(d, d.world.dept, at(r, tail)))
    assert counted[0] == counted[1]


def test_the_list_of_rounds_too(d: Desks, r: Rounds) -> None:
    sent(r)
    counted = [_queries(d, d.world.office, "/inspection/")]
    for _ in range(5):
        r.round = r.open()
        r.enter()
    counted.append(_queries(d, d.world.office, "/inspection/"))
    assert counted[0] == counted[1]


def _queries(d: Desks, who: Actor, url: str) -> int:
    client = d.as_(who)
    assert client.get(url).status_code == 200  # what is read once a process is read
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_list_longer_than_a_page_goes_on_and_is_narrowed_by_its_address(d: Desks, r: Rounds) -> None:
    for n in range(read.PAGE + 3):
        r.enter(f"问题{n:03d}", service="party" if n % 2 else "environment")
    office = d.as_(d.world.office)
    first = text(office.get(at(r, "findings/")))
    assert first.count('class="row-link"') == read.PAGE
    assert "问题052" not in first
    assert "问题052" in text(office.get(at(r, "findings/?page=2")))
    narrowed = text(office.get(at(r, "findings/?class=party")))
    assert "问题001" in narrowed
    assert "问题000" not in narrowed
    nothing = text(office.get(at(r, "findings/?state=closed")))
    assert "没有符合条件的问题" in nothing


def test_the_whole_way_through_the_pages(d: Desks, r: Rounds) -> None:
    world, office, dept = d.world, d.as_(d.world.office), d.as_(d.world.dept)
    finding = r.enter("河边垃圾")
    version = Round.objects.get().version
    done = office.post(at(r, "notices/"), {"key": str(world.key()), "seen": str(version), "which": "all"})
    assert done.status_code == 302
    body = world.district.dept.public_id
    notice = words(office.get(at(r, f"notices/{body}/")))
    assert "发现由贵单位整改的问题1条" in notice
    assert "河边垃圾" in notice
    assert words(dept.get(at(r, f"notices/{body}/"))).count("河边垃圾") == 1, "a body prints its own"
    assert "要我们整改" in text(dept.get("/inbox/"))
    dept.post(at(r, "accept"), {"key": str(world.key())})
    assert Round.objects.get().state == "rectifying"
    page = f"/inspection/finding/{finding.case.public_id}/"
    typed = {"key": str(world.key()), "seen": str(Case.objects.get().version), "text": "已清运", "promised_until": ""}
    world.later(hours=2)
    assert dept.post(page + "put-right", typed).status_code == 302
    before = Deed.objects.count()
    assert dept.post(page + "put-right", typed).status_code == 302, "sent again it is the same"
    assert Deed.objects.count() == before
    assert "改好了吗" not in text(dept.get(page)), "never by the body itself"
    look = {"key": str(world.key()), "seen": str(Case.objects.get().version), "how": "on_site", "text": ""}
    refused = office.post(page + "look", look | {"passed": "not_passed"})
    assert refused.status_code == 422
    assert "请写明哪里没改好" in text(refused)
    world.later(hours=2)
    assert dept.post(page + "look", look | {"passed": "passed"}).status_code in (403, 404)
    ended = office.post(page + "look", look | {"passed": "passed", "closing": "rectified"})
    assert ended.status_code == 302
    assert "改好了，到现场看的" in text(office.get(page))
    assert office.post(at(r, "finish"), {"key": str(world.key())}).status_code == 302
    issue = {"key": str(world.key()), "document": "测督〔2026〕1号"}
    assert office.post(at(r, "circular/"), issue).status_code == 302
    assert "测督〔2026〕1号" in text(office.get(at(r, "circular/")))
    assert office.post(at(r, "archive"), {"key": str(world.key())}).status_code == 302
    assert Round.objects.get().state == "archived"


def test_the_word_file_and_the_screen_say_the_same(d: Desks, r: Rounds) -> None:
    first, *_ = sent(r)
    r.put_right(first)
    r.look(first)
    office = d.as_(d.world.office)
    screen = words(office.get(at(r, "circular/")))
    response = office.get(at(r, "circular.docx"))
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]
    paper = Document(io.BytesIO(response.content))
    summary = next(line.text for line in paper.paragraphs if line.text.startswith("截至"))
    assert summary in screen
    code = next(line.text for line in paper.paragraphs if line.text.startswith("校验码")).removeprefix("校验码：")
    assert code in screen
    counts = tally(read.standings(d.world.office.viewer, round=r.round, known_at=d.world.at), at=d.world.at)
    assert [cell.text for cell in paper.tables[0].rows[-1].cells][1] == str(counts.found) == "3"
    assert "送审稿" in screen


def test_outcomes_are_told_one_by_one(d: Desks, r: Rounds) -> None:
    sent(r)
    office = d.as_(d.world.office)
    d.world.later(hours=1)
    assert office.post(at(r, "chase"), {"key": str(d.world.key()), "which": "all"}).status_code == 302
    d.world.later(minutes=5)
    again = office.post(at(r, "chase"), {"key": str(d.world.key()), "which": "all"})
    assert text(again).count("刚催过") == 3
    none = office.post(at(r, "chase"), {"key": str(d.world.key())})
    assert none.status_code == 422
    refused = r.enter("占道经营", body_id=d.world.district.north.pk)
    Case.objects.filter(pk=refused.case_id).update(category="010202")
    r.enter("另一处")
    shown = office.post(at(r, "notices/"), {"key": str(d.world.key()), "which": "all"})
    assert "不能派给基层" in text(shown)
    assert words(shown).count("没办成") == 1


def test_what_waits_in_a_round_being_prepared_is_not_at_the_dispatch_desk(d: Desks, r: Rounds) -> None:
    r.enter("还没下发的问题")
    assert "还没下发的问题" not in text(d.as_(d.world.office).get("/desk/"))


def test_the_case_leads_back_to_its_finding(d: Desks, r: Rounds) -> None:
    finding, *_ = sent(r)
    page = text(d.as_(d.world.dept).get(f"/cases/{finding.case.public_id}/"))
    assert f"/inspection/finding/{finding.case.public_id}/" in page


def test_a_round_moves_on_when_a_body_accepts_on_the_cases_own_page(d: Desks, r: Rounds) -> None:
    from genmai.interfaces.jobs.minutely import rounds as job

    finding = r.enter()
    r.notify()
    assert job.run(at=d.world.at) == ""
    assert d.do(d.world.dept, finding.case, "accept").status_code in (302, 204)
    assert "1" in job.run(at=d.world.at)
    assert Round.objects.get().state == "rectifying"
    assert rounds.catch_up(actor=rounds.SYSTEM, at=d.world.at) == 0
