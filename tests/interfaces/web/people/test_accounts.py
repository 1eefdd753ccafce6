"""Accounts through the pages: who may, what it changes, and that the auditor reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import PASSWORD, account, grant
from tests.factories.organisations import SmallDistrict, small_district
from tests.factories.residents import resident
from tests.interfaces.web.pages import CLOCK, NOW, text_of

from genmai.directory.access.models import Account, Grant, Look, SecurityEvent
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> Iterator[SmallDistrict]:
    with patch(CLOCK, lambda: NOW):
        yield small_district()


@pytest.fixture
def admin(district: SmallDistrict, client: Client) -> Client:
    client.force_login(account("guanli", "security_administrator", district.district))
    return client


@pytest.fixture
def secretary(district: SmallDistrict) -> Account:
    return account("n1-shuji", "village_secretary", district.n1, password=PASSWORD)


def keyed(key: str, /, **more: Any) -> dict[str, Any]:
    return {"key": str(key_of(key)), **more}


def test_the_list_is_searched_by_name_login_and_unit(
    admin: Client, secretary: Account, district: SmallDistrict
) -> None:
    account("s1-shuji", "village_secretary", district.s1)
    for find in ("n1-shu", "n1-shuji的人", "北一"):
        page = text_of(admin.get("/people/", {"q": find}))
        assert "北一村 村社书记" in page
        assert "s1-shuji" not in page
    assert "s1-shuji" in text_of(admin.get("/people/", {"role": "village_secretary"}))
    assert "没有找到" in text_of(admin.get("/people/", {"q": "\x00%_无此人"}))


def test_a_grant_given_counts_from_its_day_and_an_ended_one_no_more(
    admin: Client, secretary: Account, district: SmallDistrict
) -> None:
    given = keyed("g", role="town_desk", organisation="北镇", valid_from="2026-03-02", document="北镇〔2026〕1号")
    assert [admin.post(f"/people/{secretary.pk}/grant", given).status_code for _ in range(2)] == [302, 302]
    held = Grant.objects.get(account=secretary, role="town_desk")
    assert held.organisation_id == district.north.pk
    admin.post(f"/people/{secretary.pk}/grants/{held.pk}/end", keyed("e"))
    held.refresh_from_db()
    assert held.valid_to == date(2026, 3, 2)
    kinds = list(SecurityEvent.objects.order_by("id").values_list("kind", "login"))
    assert kinds == [("granted", "n1-shuji")] * 2 + [("grant_ended", "n1-shuji")]


def test_a_unit_that_could_be_two_is_never_guessed(admin: Client, secretary: Account) -> None:
    given = keyed("g", role="grid_worker", organisation="第一网格", valid_from="2026-03-02")
    response = admin.post(f"/people/{secretary.pk}/grant", given)
    assert response.status_code == 422
    assert "请写清是哪一个" in text_of(response)
    assert "330299001201001" in text_of(response)
    assert Grant.objects.filter(account=secretary).count() == 1


@pytest.mark.parametrize(
    "wrong", [{"organisation": "没有这个镇"}, {"organisation": "x\x00"}, {"role": "emperor"}, {"valid_from": "31.12."},
              {"valid_to": "2026-03-01"}]
)  # fmt: skip
def test_a_wrong_grant_is_refused_in_words_and_nothing_is_written(
    admin: Client, secretary: Account, wrong: dict[str, str]
) -> None:
    given = {**keyed("g", role="town_desk", organisation="北镇", valid_from="2026-03-02"), **wrong}
    assert admin.post(f"/people/{secretary.pk}/grant", given).status_code == 422
    assert Grant.objects.filter(account=secretary).count() == 1
    assert not SecurityEvent.objects.exists()


def test_a_new_password_is_shown_once_works_and_stands_in_no_log(admin: Client, secretary: Account) -> None:
    response = admin.post(f"/people/{secretary.pk}/password", keyed("p"))
    found = re.search(r'code-slip">([a-z0-9-]{19})<', response.content.decode())
    assert found
    assert "no-store" in response.headers["Cache-Control"]
    theirs = Client()
    assert theirs.post("/sign-in", {"login": "n1-shuji", "password": PASSWORD}).status_code == 422
    assert theirs.post("/sign-in", {"login": "n1-shuji", "password": found[1]}).status_code == 302
    assert found[1] not in text_of(admin.get(f"/people/{secretary.pk}/"))
    assert not SecurityEvent.objects.filter(detail__contains=found[1]).exists()
    assert SecurityEvent.objects.filter(kind="password_reset", login="n1-shuji").count() == 1


def test_a_closed_account_is_out_at_once(admin: Client, secretary: Account) -> None:
    theirs = Client()
    theirs.force_login(secretary)
    assert theirs.get("/account").status_code == 200
    admin.post(f"/people/{secretary.pk}/close", keyed("c"))
    assert theirs.get("/account").status_code == 302
    assert "已停用" in text_of(admin.get(f"/people/{secretary.pk}/"))


def test_a_new_colleague_gets_account_grant_and_password_in_one_go(admin: Client, district: SmallDistrict) -> None:
    given = keyed(
        "n", name="孙新", login="n2-sun", role="village_cadre", organisation="北二社区", valid_from="2026-03-02"
    )
    response = admin.post("/people/new", given)
    found = re.search(r'code-slip">([a-z0-9-]{19})<', response.content.decode())
    assert found
    assert Client().post("/sign-in", {"login": "n2-sun", "password": found[1]}).status_code == 302
    again = admin.post("/people/new", {**given, "key": str(key_of("other"))})
    assert (again.status_code, "已有人使用" in text_of(again)) == (422, True)
    assert Account.objects.filter(login="n2-sun").count() == 1
    assert admin.post("/people/new", {**given, "login": "大写 LOGIN"}).status_code == 422


def test_nobody_changes_their_own_account(admin: Client, district: SmallDistrict) -> None:
    mine = Account.objects.get(login="guanli")
    given = keyed("g", role="town_desk", organisation="北镇", valid_from="2026-03-02")
    assert admin.post(f"/people/{mine.pk}/grant", given).status_code == 422
    assert admin.post(f"/people/{mine.pk}/password", keyed("p")).status_code == 403
    assert admin.post(f"/people/{mine.pk}/close", keyed("c")).status_code == 403
    held = mine.grants.get()
    assert admin.post(f"/people/{mine.pk}/grants/{held.pk}/end", keyed("e")).status_code == 403
    assert "您自己的账号" in text_of(admin.get(f"/people/{mine.pk}/"))
    assert Grant.objects.filter(account=mine).count() == 1


def test_a_grant_is_ended_only_on_the_page_of_its_own_account(
    admin: Client, secretary: Account, district: SmallDistrict
) -> None:
    other = account("s1-shuji", "village_secretary", district.s1)
    held = other.grants.get()
    assert admin.post(f"/people/{secretary.pk}/grants/{held.pk}/end", keyed("e")).status_code == 404
    held.refresh_from_db()
    assert held.valid_to is None


def test_why_somebody_can_or_cannot_is_said(admin: Client, secretary: Account) -> None:
    asked = {"login": "n1-shuji", "permission": "cases:view"}
    inside = text_of(admin.get("/people/why", {**asked, "organisation": "330299001201001"}))
    assert "可以" in inside
    assert "北一村的村社书记" in inside
    outside = text_of(admin.get("/people/why", {**asked, "organisation": "东村"}))
    assert "不可以" in outside
    assert "不在这个范围内" in outside
    assert admin.get("/people/why", {**asked, "login": "nobody", "organisation": "东村"}).status_code == 422


def test_the_auditor_reads_both_logs_and_everybody_else_only_their_own(
    admin: Client, secretary: Account, district: SmallDistrict
) -> None:
    admin.post(f"/people/{secretary.pk}/close", keyed("c"))
    person = resident()
    Look.objects.create(
        at=NOW,
        account=secretary,
        organisation=district.n1,
        person=person,
        fields="name,phone",
        purpose="回电话核实地点",
    )
    auditor, worker = Client(), Client()
    auditor.force_login(account("shenji", "security_auditor", district.district))
    worker.force_login(account("wangge", "grid_worker", district.n1a))
    assert "停用账号" in text_of(auditor.get("/people/security"))
    assert "n1-shuji" in text_of(auditor.get("/people/security", {"login": "n1-shuji"}))
    assert "回电话核实地点" in text_of(auditor.get("/people/looks"))
    for client in (worker, admin):
        assert "停用账号" not in text_of(client.get("/people/security", {"login": "n1-shuji"}))
        assert "回电话核实地点" not in text_of(client.get("/people/looks"))
    Look.objects.create(
        at=NOW, account=secretary, person=Account.objects.get(login="wangge").person, fields="phone", purpose="通知值班"
    )
    assert "通知值班" in text_of(worker.get("/people/looks"))


ADDRESSES = ("", "new", "why", "{id}/")
ACTS = ("{id}/grant", "{id}/password", "{id}/close", "{id}/grants/{grant}/end", "new")


@pytest.mark.parametrize("role", ["town_desk", "district_leader", "security_auditor", "grid_worker"])
def test_who_keeps_no_accounts_gets_nothing_on_any_address(
    district: SmallDistrict, secretary: Account, role: str
) -> None:
    client = Client()
    client.force_login(account("other", role, district.district))
    ids = {"id": secretary.pk, "grant": secretary.grants.get().pk}
    for address in ADDRESSES:
        assert client.get(f"/people/{address}".format(**ids)).status_code == 403, address
        assert Client().get(f"/people/{address}".format(**ids)).status_code == 302
    before = (secretary.password, Grant.objects.count(), Account.objects.count())
    for address in ACTS:
        posted = keyed("x", role="administrator", organisation="北镇", valid_from="2026-03-02", name="x", login="xyz")
        assert client.post(f"/people/{address}".format(**ids), posted).status_code == 403, address
    secretary.refresh_from_db()
    assert (secretary.password, Grant.objects.count(), Account.objects.count()) == before
    assert secretary.is_active


def test_the_list_costs_the_same_for_many(
    admin: Client, district: SmallDistrict, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        grant(account(f"a{n}", "grid_worker", district.n1a), "village_cadre", district.n1)
    with django_assert_max_num_queries(7):
        response = admin.get("/people/")
    assert len(response.content) < 150_000


def test_the_daily_job_prunes_what_is_older_than_six_months(district: SmallDistrict) -> None:
    from genmai.interfaces.jobs.daily import prune_security_log

    for days in (10, 200):
        SecurityEvent.objects.create(at=NOW - timedelta(days=days), kind="signed_in", login="x")
    assert prune_security_log.run(at=NOW) == "pruned 1 lines of the security log"
    assert SecurityEvent.objects.count() == 1


def test_who_may_see_something_at_a_unit_is_said_by_body_and_role(
    admin: Client, secretary: Account, district: SmallDistrict
) -> None:
    account("s1-shuji", "village_secretary", district.s1)
    account("beizhen", "town_desk", district.north, view=False)
    ended = account("laoren", "village_secretary", district.n1)
    ended.is_active = False
    ended.save(update_fields=["is_active"])
    grant(account("jiangzhi", "village_secretary", district.n1), "grid_worker", district.s1, until=date(2026, 3, 1))
    page = text_of(admin.get("/people/who", {"permission": "cases:view", "organisation": "330299001201001"}))
    assert "n1-shuji的人" in page
    assert "jiangzhi的人" in page
    for name in ("s1-shuji", "beizhen", "laoren"):
        assert f"{name}的人" not in page
    assert "1 人" in text_of(admin.get("/people/who", {"permission": "cases:dispatch", "organisation": "东村"}))
    assert "没有人" in text_of(admin.get("/people/who", {"permission": "people:merge", "organisation": "东村"}))
    assert admin.get("/people/who", {"permission": "cases:view", "organisation": "没有的村"}).status_code == 422
    mine = Client()
    mine.force_login(secretary)
    assert mine.get("/people/who", {"permission": "cases:view", "organisation": "东村"}).status_code == 403
