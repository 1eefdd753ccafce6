"""The register of honours beside the quota; disciplines only for who may; corrections, mistakes and letters in the browser."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, identity, member, party_account, party_viewer
from tests.factories.organisations import AT, SETUP
from tests.interfaces.web.pages import CLOCK, NOW, browser, keyed, text_of

from genmai.directory.roster.commands.corrections import correct
from genmai.directory.roster.commands.letters import issue_letter
from genmai.directory.roster.commands.standing import record_standing
from genmai.directory.roster.commands.transfers import ask
from genmai.directory.roster.models import Letter, Membership, Proposal, Standing
from genmai.interfaces.web.exports.registry import registry
from genmai.interfaces.web.honours import exports
from genmai.kernel.ids import key_of
from genmai.reports.exports.shape import Asked

pytestmark = pytest.mark.django_db


def given(person: int, key: str, **more: Any) -> Standing:
    about = {"kind": "honour", "code": "province_master", "body": "省委组织部", "document": "表彰"} | more
    return record_standing(actor=SETUP, at=AT, key=key_of(key), person_id=person, decided_on=date(2026, 1, 5), **about)


def test_the_register_counts_beside_the_quota_and_says_when_it_is_passed(tree: PartyTree) -> None:
    for number in range(13):
        given(member(f"名师{number}", tree.n1, number).person_id, f"h{number}")
    given(member("南人", tree.s1, 30).person_id, "south", code="district_doer")
    north = browser("bei", "party_office", tree.north)
    page = text_of(north.get("/honours/"))
    assert "多 1 个" in page
    assert "南人" not in page
    assert "一条一条 13" in page
    row = member("再来一个", tree.n2, 31)
    address = f"/members/{row.person.public_id}/"
    form = keyed("n", code="province_master", year="2026", body="省委组织部", decided_on="2026-03-01", document="2号")
    shown = text_of(north.post(f"{address}honour", {**form, "step": "preview"}))
    assert "全市名额 12 个；您管的范围里已登记 13 个，再记这一个是第 14 个" in shown
    assert "比名额多 2 个" in shown
    assert Standing.objects.filter(person=row.person).count() == 0
    done = north.post(f"{address}honour", {**form, "step": "do"})
    assert done.status_code == 302
    made = Standing.objects.get(person=row.person)
    mistaken = north.post(f"{address}standing/{made.public_id}/mistaken", keyed("m", reason="登错人"))
    assert mistaken.status_code == 302
    assert "再来一个" not in text_of(north.get("/honours/"))
    assert "没有找到" in text_of(north.get("/honours/?year=1999&level=nonsense&page=x"))


def test_the_queries_of_the_register_do_not_grow(tree: PartyTree) -> None:
    north = browser("bei", "party_office", tree.north)
    counts = []
    for start, n in ((0, 2), (2, 15)):
        for number in range(start, start + n):
            given(member(f"名师{number}", tree.n1, number).person_id, f"h{number}")
        north.get("/honours/")
        with CaptureQueriesContext(connection) as queries:
            response = north.get("/honours/")
        counts.append(len(queries))
        assert len(response.content) < 150_000
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_a_discipline_is_told_to_those_with_the_right_and_oneself(tree: PartyTree) -> None:
    row = member("受处分的", tree.n1, 1)
    given(row.person_id, "h")
    office = browser("bei", "party_office", tree.north)
    branch = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/"
    assert branch.get(f"{address}discipline").status_code == 404
    assert branch.get("/honours/?kind=discipline").status_code == 403
    form = keyed("d", code="warning", body="镇纪委", decided_on="2026-03-01", document="处分决定")
    shown = text_of(office.post(f"{address}discipline", {**form, "step": "preview"}))
    assert "省兴村（治社）名师" in shown
    assert "影响期到 2027-03-01" in shown
    assert office.post(f"{address}discipline", {**form, "step": "do"}).status_code == 302
    assert "警告" in text_of(office.get(address))
    assert "影响期内" in text_of(office.get("/honours/?kind=discipline"))
    assert Standing.objects.filter(kind="honour", ends=None).count() == 1, "it only proposes"
    for page in (branch.get(address), branch.get("/honours/"), branch.get("/members/proposals"), branch.get("/inbox/")):
        assert page.status_code == 200
        assert "警告" not in text_of(page)
        assert "受了处分" not in text_of(page)
    made = Standing.objects.get(kind="discipline")
    assert branch.get(f"{address}standing/{made.public_id}/end").status_code == 404
    own = Client()
    account = party_account("own", "branch_secretary", tree.s1)
    type(account).objects.filter(pk=account.pk).update(person=row.person)
    account.refresh_from_db()
    own.force_login(account)
    assert "警告" in text_of(own.get(address))
    assert "受了处分，研究荣誉和职务怎么办" in text_of(office.get("/inbox/"))
    assert Proposal.objects.get().body_id == tree.north.pk


def test_particulars_are_put_right_and_the_file_is_read_as_known_then(tree: PartyTree) -> None:
    row = member("张实例", tree.n1, 1, phone="13800005678", education="31")
    client = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/"
    shown = client.get(f"{address}correct").content.decode()
    assert 'value="张实例"' in shown
    assert identity(1) not in shown
    form = keyed("c", name="张示例", identity="", phone="", sex="1", born_on="1990-03-07", education="21", reason="")
    wrong = client.post(f"{address}correct", form)
    assert (wrong.status_code, "这里还没有填" in text_of(wrong)) == (422, True)
    birth = client.post(f"{address}correct", {**form, "reason": "核对", "born_on": "1991-01-01"})
    assert "出生日期或性别和身份证号不一致" in text_of(birth)
    with patch(CLOCK, lambda: NOW + timedelta(days=3)):
        assert client.post(f"{address}correct", {**form, "reason": "身份证核对"}).status_code == 302
        page = text_of(client.get(address))
        then = text_of(client.get(f"{address}?known=2026-03-03"))
    assert "张示例" in page
    assert "更正过的" in page
    assert "大学" in page or "学历" in page
    assert "张实例" in then
    assert "张示例" not in then
    assert "登记荣誉" not in then, "the past is looked at, not changed"


def test_a_mistake_is_taken_back_and_an_enrolment_restored(tree: PartyTree) -> None:
    row = member("误登", tree.n1, 1)
    client = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/"
    assert client.post(f"{address}withdraw", keyed("w", reason="")).status_code == 422
    gone = client.post(f"{address}withdraw", keyed("w", reason="重复登记"), follow=True)
    assert "名册上没有误登了" in text_of(gone)
    assert client.get(address).status_code == 404
    south = browser("s1", "branch_secretary", tree.s1)
    assert south.post(f"{address}restore", keyed("r0")).status_code == 404
    assert client.post(f"{address}restore", keyed("r")).status_code == 302
    assert client.get(address).status_code == 200


def test_letters_lead_out_and_in_and_wait_in_my_work(tree: PartyTree) -> None:
    row = member("要走", tree.n1, 1)
    client = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/"
    form = keyed("l", place="杭州某支部", reach="nowhere", number="8 号", issued_on="2026-03-01", reason="home")
    assert client.post(f"{address}letter", form).status_code == 422
    assert client.post(f"{address}letter", {**form, "reach": "within_province"}).status_code == 302
    listed = text_of(client.get("/members/letters"))
    assert "还剩 89 天" in listed
    assert "介绍信等回执" in text_of(client.get("/inbox/"))
    assert "要走" not in text_of(browser("s1", "branch_secretary", tree.s1).get("/members/letters"))
    letter = Letter.objects.get()
    receipt = keyed("r", receipt="回执 1", on="2026-03-02")
    assert client.post(f"/members/letters/{letter.public_id}/receipt", receipt).status_code == 302
    assert not Membership.objects.filter(person=row.person, valid_to=None).exists()
    assert client.post(f"/members/letters/{letter.public_id}/reopen", keyed("o")).status_code == 302
    assert client.post(f"/members/letters/{letter.public_id}/withdraw", keyed("w", seen="3")).status_code == 302
    incoming = keyed("i", branch=tree.n1.code, place="上海某支部", number="沪 7", issued_on="2025-11-01", valid_days="90",
                     arrived="across_provinces", name="新来的", identity=identity(9), phone="", stage="full", on="2026-03-02",
                     joined_on="2014-05-01", receipt="回执 2")  # fmt: skip
    late = client.post("/members/letters/new", incoming)
    assert (late.status_code, "介绍信 2026-01-30 就过了有效期" in text_of(late)) == (422, True)
    good = client.post("/members/letters/new", {**incoming, "issued_on": "2026-02-01"})
    assert good.status_code == 302
    assert "转入北一村党支部" in text_of(client.get("/members/letters"))


def test_who_must_take_a_transfer_has_it_in_their_work_with_its_day(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    ask(actor=SETUP, at=NOW, key=key_of("t"), person_id=row.person_id, to=tree.s1, reason="home")
    taking, giving = browser("s1", "branch_secretary", tree.s1), browser("n1", "branch_secretary", tree.n1)
    page = text_of(taking.get("/inbox/"))
    assert "转来的党员等着接收" in page
    assert "2026-05-31 前，还剩 90 天" in page
    assert "有党员要转到我们支部，等着接收" in page
    other = text_of(giving.get("/inbox/"))
    assert "等着接收" not in other


def test_what_a_branch_can_do_itself_is_not_asked_of_the_town_above_it(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    ask(actor=SETUP, at=NOW, key=key_of("t"), person_id=row.person_id, to=tree.s1, reason="home")
    town = browser("nan", "party_office", tree.south)
    assert "转来的党员等着接收" in text_of(town.get("/inbox/")), "nobody nearer keeps the branch"
    browser("s1", "branch_secretary", tree.s1)
    assert "转来的党员等着接收" not in text_of(town.get("/inbox/"))


def test_the_register_leaves_as_a_sheet_of_ones_own_scope_and_disciplines_in_none(tree: PartyTree) -> None:
    given(member("名师", tree.n1, 1).person_id, "h1")
    given(member("南人", tree.s1, 2).person_id, "h2")
    given(member("受处分的", tree.n1, 3).person_id, "d", kind="discipline", code="warning", until=date(2027, 1, 5))
    office = party_viewer("bei", "party_office", tree.north)
    found = [row[:3] for row in exports.rows(office, Asked({"kind": "discipline"}, NOW))]
    assert found == [("名师", "省兴村（治社）名师", "2026")]
    assert list(exports.rows(office, Asked({"year": "2020"}, NOW))) == []
    assert "honours" in registry()


def test_who_decides_without_the_right_is_not_told_of_a_discipline(tree: PartyTree) -> None:
    row = member("受处分的", tree.n1, 1)
    given(row.person_id, "d", kind="discipline", code="warning", until=date(2027, 1, 5))
    proposal = Proposal.objects.get()
    general = browser("zong", "branch_secretary", tree.north)
    assert "受处分的" not in text_of(general.get("/members/proposals"))
    assert general.get(f"/members/proposals/{proposal.public_id}").status_code == 404
    assert "受了处分" not in text_of(general.get("/inbox/"))
    office = browser("bei", "party_office", tree.north)
    assert "受处分的" in text_of(office.get("/members/proposals"))


def test_the_queries_of_a_file_and_of_my_work_do_not_grow(tree: PartyTree) -> None:
    row = member("有很多的", tree.n1, 1)
    client = browser("n1", "branch_secretary", tree.n1)
    pages = (f"/members/{row.person.public_id}/", f"/members/{row.person.public_id}/?known=2026-03-01", "/inbox/")
    counts = []
    for start, n in ((0, 2), (2, 6)):
        for number in range(start, start + n):
            given(row.person_id, f"h{number}", year=2000 + number)
            correct(
                actor=SETUP, at=AT + timedelta(minutes=number), key=key_of("c", number), person_id=row.person_id,
                given={"education": f"{number + 11}"}, reason="核对",
            )  # fmt: skip
            coming = member(f"要来{number}", tree.s1, 10 + number)
            ask(actor=SETUP, at=NOW, key=key_of("t", number), person_id=coming.person_id, to=tree.n1, reason="home")
            issue_letter(
                actor=SETUP, at=AT, key=key_of("l", number), person_id=member(f"要走{number}", tree.n1, 30 + number).person_id,
                place="外地", reach="within_province", number="1", issued_on=date(2026, 3, 1), reason="home",
            )  # fmt: skip
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
    then = text_of(client.get(pages[1]))
    assert "那天还没有登记这个人" in then
    assert "1990-03-07" not in then
    assert counts[:3] == counts[3:]
    assert max(counts) <= 34
