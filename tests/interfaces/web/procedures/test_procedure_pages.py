"""Files in the browser: the list, one file, its forms; and what another town never sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.dossiers import BEGIN, files

from genmai.directory.access.models import Account
from genmai.interfaces.web.language import COOKIE
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Annex, Dossier, DossierEntry

pytestmark = pytest.mark.django_db


class Pages:
    """Browsers of the people of a small Party tree; time is the files'."""

    def __init__(self) -> None:
        self.files = files()
        self.clients: dict[int, Client] = {}

    def as_(self, who: Actor) -> Client:
        assert who.viewer.account_id is not None
        if who.viewer.account_id not in self.clients:
            client = Client()
            client.force_login(Account.objects.get(pk=who.viewer.account_id))
            self.clients[who.viewer.account_id] = client
        return self.clients[who.viewer.account_id]

    def get(self, who: Actor, url: str) -> str:
        page = self.as_(who).get(url)
        assert page.status_code == 200, (url, page.status_code)
        assert len(page.content) < 150_000
        return str(page.content.decode())

    def post(self, who: Actor, url: str, **typed: Any) -> HttpResponse:
        return self.as_(who).post(url, {"key": str(self.files.key()), **typed})

    def queries(self, who: Actor, url: str) -> int:
        client = self.as_(who)
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)


@pytest.fixture
def p(db: None) -> Iterator[Pages]:
    found = Pages()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: found.files.at):
        yield found


def names(page: str) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)


def at(dossier: Dossier, more: str = "") -> str:
    return f"/procedures/{dossier.public_id}/{more}"


def test_the_list_shows_stage_turn_and_days_and_narrows(p: Pages) -> None:
    f = p.files
    early = f.walk(f.open("赵新"), "talk")
    f.walk(f.open("钱二"), "application")
    page = p.get(f.town, "/procedures/")
    assert set(names(page)) == {"赵新", "钱二"}
    assert "第 3 步 推荐和确定入党积极分子" in page
    assert "正在办的 2 份，轮到办下一步的 1 份" in page
    assert names(p.get(f.town, "/procedures/?stage=activist")) == ["赵新"]
    assert names(p.get(f.town, "/procedures/?when=waiting")) == ["赵新"]
    assert names(p.get(f.town, "/procedures/?q=钱")) == ["钱二"]
    assert names(p.get(f.town, "/procedures/?state=done")) == []
    assert "没有符合条件的档案" in p.get(f.town, "/procedures/?q=%00没有")
    assert "还没有档案" in p.get(f.town, "/procedures/?p=secretary")
    assert early.next_from == date(2024, 6, 1)


def test_queries_stay_the_same_for_many(p: Pages) -> None:
    f = p.files
    one = f.walk(f.open("甲一"), "contacts")
    before = {url: p.queries(f.town, url) for url in ("/procedures/", at(one))}
    for name in ("乙二", "丙三", "丁四"):
        f.walk(f.open(name), "talk")
    f.record(one, "cultivate", "report", f.today)
    f.record(one, "cultivate", "check", f.today)
    assert {url: p.queries(f.town, url) for url in before} == before
    assert before["/procedures/"] < 16
    assert before[at(one)] < 26


def test_another_town_sees_neither_row_nor_page_nor_name(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("孙不见"), "application")
    assert names(p.get(f.south, "/procedures/")) == []
    for url in (at(dossier), at(dossier, "papers/" + "ab" * 32)):
        page = p.as_(f.south).get(url)
        assert page.status_code == 404
        assert "孙不见" not in page.content.decode()
    answer = p.post(f.south, at(dossier, "do/stop"), reason="试试")
    assert answer.status_code == 404
    assert Dossier.objects.get(pk=dossier.pk).state == "running"


def test_a_step_is_closed_in_the_browser_by_whose_it_is(p: Pages) -> None:
    f = p.files
    dossier = f.open("李来")
    page = p.get(f.branch, at(dossier))
    assert "这一步办完了" in page
    assert "这一步办完了" not in p.get(f.town, at(dossier))
    assert "等支部来办" in p.get(f.town, at(dossier))
    missing = p.post(f.branch, at(dossier, "do/close"), step="application", on=str(f.today))
    assert missing.status_code == 422
    typed = {"step": "application", "on": str(f.today), "received_by": "王书记", "seen": str(dossier.version)}
    done = p.post(f.branch, at(dossier, "do/close"), **typed)
    assert done.status_code == 302
    again = p.post(f.branch, at(dossier, "do/close"), **typed)
    assert again.status_code == 409
    assert "您填的内容还在" in again.content.decode()
    page = p.get(f.branch, at(dossier))
    assert "王书记" in page
    assert "25 步办完了 1 步" in page


def test_why_not_yet_and_from_which_day(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("周等"), "talk")
    page = p.get(f.branch, at(dossier))
    assert "离第 1 步“递交入党申请书”时间还不够，最早 2024-06-01" in page
    assert "最早 6月1日" in page
    refused = p.post(
        f.branch, at(dossier, "do/close"), step="recommend", on=str(f.today), how="members", decision="agree"
    )
    assert refused.status_code == 422
    assert "最早 2024-06-01" in refused.content.decode()


def test_records_are_written_and_a_vote_is_counted(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("吴会"), "contacts")
    wrote = p.post(
        f.branch, at(dossier, "do/record"), step="cultivate", what="report", on=str(f.today), text="学了党章"
    )
    assert wrote.status_code == 302
    assert "学了党章" in p.get(f.branch, at(dossier))
    meeting = f.walk(f.open("郑决"), "form")
    vote = {
        "step": "meeting",
        "on": str(f.today),
        "entitled": "20",
        "present": "10",
        "in_favour": "10",
        "opinion": "同意",
    }
    lost = p.post(f.branch, at(meeting, "do/close"), **vote)
    assert lost.status_code == 422
    assert "会议不算数" in lost.content.decode()
    assert p.post(f.branch, at(meeting, "do/close"), **(vote | {"present": "12", "in_favour": "11"})).status_code == 302


def test_a_correction_in_the_browser_keeps_the_old_line(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("冯改"), "talk")
    wrong = DossierEntry.objects.get(dossier=dossier, step="talk")
    url = at(dossier, f"correct/{wrong.public_id}")
    assert "谈话要点" in p.get(f.branch, url)
    assert p.as_(f.town).get(url).status_code == 403
    typed = {"on": str(BEGIN), "talked_by": "陈委员", "gist": "谈得很好"}
    assert p.post(f.branch, url, **typed).status_code == 422
    assert p.post(f.branch, url, **typed, reason="写错了人").status_code == 302
    page = p.get(f.branch, at(dossier))
    assert "陈委员" in page
    assert "已更正" in page
    assert DossierEntry.objects.filter(dossier=dossier, step="talk").count() == 2


def test_stopping_going_back_and_ending(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("陈停"), "talk")
    assert p.post(f.branch, at(dossier, "do/back"), to="talk", reason="谈话人不对").status_code == 302
    assert p.post(f.branch, at(dossier, "do/stop"), reason="").status_code == 422
    assert p.post(f.branch, at(dossier, "do/stop"), reason="外出").status_code == 302
    assert "已中止" in p.get(f.branch, at(dossier))
    assert p.post(f.branch, at(dossier, "do/resume"), reason="回来了").status_code == 302
    assert "第 2 轮" in p.get(f.branch, at(dossier))
    assert p.post(f.town, at(dossier, "do/end"), reason="本人撤回").status_code == 302
    assert names(p.get(f.town, "/procedures/?state=ended")) == ["陈停"]


def test_a_new_applicant_is_enrolled_and_gets_a_file(p: Pages) -> None:
    f = p.files
    assert p.as_(f.town).get("/procedures/join/new").status_code == 403
    assert "姓名" in p.get(f.branch, "/procedures/join/new")
    branch = str(f.tree.n1.public_id)
    typed = {"branch": branch, "name": "沈新", "sex": "2", "born_on": "2001-05-04", "on": str(f.today)}
    young = p.post(f.branch, "/procedures/join/new", **(typed | {"born_on": "2010-01-01"}))
    assert young.status_code == 422
    assert Dossier.objects.count() == 0
    assert p.post(f.branch, "/procedures/join/new", **typed).status_code == 302
    assert names(p.get(f.branch, "/procedures/")) == ["沈新"]
    outside = p.post(f.branch, "/procedures/join/new", **(typed | {"branch": str(f.tree.s1.public_id), "name": "别村"}))
    assert outside.status_code == 422


def test_papers_are_kept_and_shown_within_the_scope(p: Pages) -> None:
    f = p.files
    dossier = f.open("褚材")
    page = p.post(f.branch, at(dossier, "papers"), kind="application", title="申请书",
                  file=SimpleUploadedFile("a.exe", b"MZ not a paper"))  # fmt: skip
    assert page.status_code == 422
    for _ in range(2):
        kept = p.post(f.branch, at(dossier, "papers"), kind="application", title="申请书",
                      file=SimpleUploadedFile("a.pdf", b"%PDF-1.4 x"))  # fmt: skip
        assert kept.status_code == 302
    annex = Annex.objects.get()
    shown = p.as_(f.town).get(at(dossier, f"papers/{annex.sha256}"))
    assert shown.content == b"%PDF-1.4 x"
    assert shown.headers["Content-Disposition"].startswith("attachment")


def test_a_joint_review_in_the_browser(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("蒋书记", procedure="secretary"), "nominate")
    assert "请各部门联审" in p.get(f.county, at(dossier))
    assert p.post(f.county, at(dossier, "do/ask")).status_code == 302
    url = at(dossier, "do/answer")
    assert p.post(f.county, url, body="court", agrees="yes").status_code == 422
    for body in ("discipline", "police", "court", "petitions", "environment"):
        assert p.post(f.county, url, body=body, agrees="yes", document="回函").status_code == 302
    assert p.post(f.county, at(dossier, "do/close"), step="joint_review", on=str(f.today)).status_code == 302


def test_english_is_whole(p: Pages) -> None:
    f = p.files
    dossier = f.walk(f.open("Eve"), "recommend")
    client = p.as_(f.town)
    client.cookies[COOKIE] = "en"
    for url in ("/procedures/", at(dossier), "/procedures/?p=secretary"):
        page = client.get(url).content.decode().partition("<main")[2].partition("</main>")[0]
        text = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
        text = re.sub(r"北一村党支部|town的人|branch的人|北镇党委|例|根脉|中文", "", text)
        assert not re.findall(r"[\u4e00-\u9fff]+", text), (url, re.findall(r"[\u4e00-\u9fff]+", text)[:10])
    f.on(f.today + timedelta(days=1))


def test_what_stands_in_no_row_may_not_enter_and_the_row_is_named(p: Pages) -> None:
    who = p.files.branch
    assert "可以进，清单第 1 行" in p.get(who, "/procedures/admission/?list=grid_tasks&q=走访联系群众")
    refused = p.get(who, "/procedures/admission/?list=grid_tasks&q=行政执法检查")
    assert "第 7 行写明“行政执法检查”不得进：网格没有执法权" in refused
    assert "没有哪一行准它进" in p.get(who, "/procedures/admission/?list=rooms&q=茶室%00")
    ten = p.get(who, "/procedures/admission/?list=ten_points")
    assert ten.count("正文未公开，由本地填写）</th>") == 10
    assert "问一问" not in ten
    assert Client().get("/procedures/admission/").status_code == 302
