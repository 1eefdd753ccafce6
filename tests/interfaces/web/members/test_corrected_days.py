"""The days of admission put right in the browser: shown first, done, taken back; a revocation taken back; other towns see nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, member
from tests.factories.organisations import AT, SETUP
from tests.interfaces.web.pages import browser, text_of

from genmai.directory.roster.commands.standing import record_standing
from genmai.directory.roster.commands.transfers import accept, ask
from genmai.directory.roster.models import Correction, Membership, Standing
from genmai.kernel.ids import key_of
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db


def press(client: Client, page: str, where: str) -> Any:
    """The way back a toast on the page offers, pressed."""
    for action, inner in re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.S):
        if where in action:
            fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inner))
            fields.pop("csrfmiddlewaretoken", None)
            return client.post(action, fields)
    raise AssertionError("no way back on the page")


def test_the_days_are_shown_first_put_right_and_taken_back(tree: PartyTree) -> None:
    row = member("张实例", tree.n1, 1)
    client = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/"
    file = text_of(client.get(address))
    assert "党龄 10 年" in file
    form = {
        "key": str(key_of("c")), "name": "张实例", "sex": "1", "born_on": "1990-03-07", "joined_on": "2011-05-01",
        "full_on": "2012-05-01", "reason": "档案写的是另一天",
    }  # fmt: skip
    missing = client.post(f"{address}correct", {**form, "step": "preview"})
    assert (missing.status_code, "请写明依据的文件或会议" in text_of(missing)) == (422, True)
    form["document"] = "入党志愿书"
    early = text_of(client.post(f"{address}correct", {**form, "step": "preview", "full_on": "2012-04-30"}))
    assert "转正不能早于 2012-05-01。党章：预备期一年" in early
    shown = text_of(client.post(f"{address}correct", {**form, "step": "preview"}))
    for words in ("2014-05-01 → 2011-05-01", "2015-05-01 → 2012-05-01", "1 行的日期跟着改", "统计里的入党时期："):
        assert words in shown
    assert (Correction.objects.count(), Deed.objects.filter(kind="member.corrected").count()) == (0, 0)
    done = client.post(f"{address}correct", {**form, "step": "do"}, follow=True)
    assert Membership.objects.get(person=row.person, valid_to=None).joined_on == date(2011, 5, 1)
    told = text_of(done)
    assert "党龄 13 年" in told
    assert "入党日期、转正日期：档案写的是另一天" in told
    assert f"/members/{row.person.public_id}/corrections/" in client.get(address).content.decode()
    assert press(client, done.content.decode(), "/corrections/").status_code == 302
    assert Membership.objects.get(person=row.person, valid_to=None).joined_on == date(2014, 5, 1)
    assert "刚登记就发现错了" in text_of(client.get(address))
    assert Correction.objects.count() == 4
    far = browser("nan", "party_office", tree.south)
    for way in ("correct", f"corrections/{key_of('c')}/undo"):
        assert far.get(f"{address}{way}").status_code == 404
        assert far.post(f"{address}{way}", {"key": str(key_of("f")), "reason": "x"}).status_code == 404
    other = member("李样本", tree.n1, 2)
    assert client.get(f"/members/{other.person.public_id}/corrections/{key_of('c')}/undo").status_code == 404


def test_the_day_follows_to_the_branch_the_member_came_from(tree: PartyTree) -> None:
    row = member("张实例", tree.s1, 1)
    sent = ask(actor=SETUP, at=AT, key=key_of("t"), person_id=row.person_id, to=tree.n1, reason="home")
    accept(actor=SETUP, at=AT, key=key_of("a"), transfer=sent, arrived="within_county")
    client = browser("n1", "branch_secretary", tree.n1)
    address = f"/members/{row.person.public_id}/correct"
    form = {
        "key": str(key_of("c")), "name": "张实例", "sex": "1", "born_on": "1990-03-07", "joined_on": "2011-05-01",
        "full_on": "2015-05-01", "reason": "档案写的是另一天", "document": "入党志愿书", "step": "do",
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    live = Membership.objects.filter(person=row.person, withdrawn_at=None)
    assert {(one.branch_id, one.joined_on) for one in live} == {
        (tree.s1.pk, date(2011, 5, 1)), (tree.n1.pk, date(2011, 5, 1)),
    }  # fmt: skip


def test_a_revocation_is_taken_back_from_the_file_and_the_register_says_so_on_any_day(tree: PartyTree) -> None:
    row = member("虞师傅", tree.n1, 1)
    given = record_standing(
        actor=SETUP, at=AT, key=key_of("h"), person_id=row.person_id, kind="honour", code="province_master",
        body="省委组织部", decided_on=date(2026, 1, 5), document="表彰",
    )  # fmt: skip
    north, south = browser("bei", "party_office", tree.north), browser("nan", "party_office", tree.south)
    address = f"/members/{row.person.public_id}/"
    way = f"{address}standing/{given.public_id}/"
    end = {"key": str(key_of("e")), "on": "2026-02-01", "body": "省委", "document": "撤字 1 号", "reason": "虚报"}
    page = north.post(f"{way}end", end, follow=True).content.decode()
    assert "撤销错了" in page
    assert "有效" in text_of(north.get("/honours/?as_at=2026-01-20"))
    assert "已撤销" in text_of(north.get("/honours/"))
    assert (south.get(f"{way}resume").status_code, south.post(f"{way}resume", end).status_code) == (404, 404)
    assert press(north, page, "/resume").status_code == 302
    assert "已撤销" not in text_of(north.get("/honours/"))
    file = text_of(north.get(address))
    for words in ("2026-02-01 撤销（撤字 1 号）登记错了", "2026-03-02 收回：刚登记就发现错了"):
        assert words in file
    assert Standing.objects.get().ended is None
    assert "虞师傅" not in text_of(south.get("/honours/?as_at=2026-02-20&known=2026-03-01"))
    assert text_of(north.get("/honours/?as_at=gestern")).count("请填日期") == 1


def test_the_queries_of_a_file_do_not_grow_with_what_was_taken_back(tree: PartyTree) -> None:
    row = member("虞师傅", tree.n1, 1)
    north = browser("bei", "party_office", tree.north)
    address = f"/members/{row.person.public_id}/"
    counts = []
    for start, n in ((0, 1), (1, 8)):
        for number in range(start, start + n):
            given = record_standing(
                actor=SETUP, at=AT, key=key_of("h", number), person_id=row.person_id, kind="honour", name=f"荣誉{number}",
                level="town", body="镇", decided_on=date(2026, 1, 5), document="表彰",
            )  # fmt: skip
            way = f"{address}standing/{given.public_id}/"
            key = {"key": str(key_of("e", number)), "on": "2026-02-01", "body": "镇", "document": "撤", "reason": "x"}
            assert north.post(f"{way}end", key).status_code == 302
            assert north.post(f"{way}resume", {"key": str(key_of("r", number)), "reason": "错"}).status_code == 302
        north.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert north.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
