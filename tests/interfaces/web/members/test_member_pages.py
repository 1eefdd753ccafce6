"""The roll, one member's file, transfers, dues and proposals through the pages; a town sees nothing of another."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, identity, member, party_account
from tests.interfaces.web.pages import NOW, browser, keyed, text_of

from genmai.directory.roster.models import DuesMonth, Membership, Person, Standing, Transfer
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db


def test_the_roll_shows_ones_branches_and_filters_from_the_address(tree: PartyTree) -> None:
    member("张示例", tree.n1, 1, phone="13800005678", education="21")
    member("李样本", tree.n2, 2, sex=0, education="81")
    north = browser("bei", "party_office", tree.north)
    page = text_of(north.get("/members/"))
    assert "张示例" in page
    assert "李样本" in page
    assert "李样本" not in text_of(north.get("/members/", {"below": tree.n1.code}))
    assert "张示例" not in text_of(north.get("/members/", {"sex": "female"}))
    assert "李样本" not in text_of(north.get("/members/", {"q": "zhangs"}))
    assert "没有找到" in text_of(north.get("/members/", {"q": "\x00无此人", "education": "nonsense", "page": "9x"}))
    assert "这里还没有党员" in text_of(browser("kong", "party_office", tree.south).get("/members/"))


def test_a_town_sees_nothing_of_another_in_page_count_address_or_error(tree: PartyTree) -> None:
    there = member("南人", tree.s1, 2, phone="13900001234")
    north = browser("bei", "party_office", tree.north)
    outside = north.get("/members/", {"branch": tree.s1.code})
    nowhere = north.get("/members/", {"branch": "no-such-branch"})
    assert (outside.status_code, nowhere.status_code) == (404, 404)
    assert text_of(outside).replace(tree.s1.code, "") == text_of(nowhere).replace("no-such-branch", "")
    for text in ("南人", "nanren", "1234", identity(2)):
        page = text_of(north.get("/members/", {"q": text}))
        assert "0 名" in page
        assert "东村" not in page
    for tail in ("", "change", "transfer", "honour", "discipline", "correct", "withdraw", "letter"):
        response = north.get(f"/members/{there.person.public_id}/{tail}")
        assert response.status_code == 404
        assert "南人" not in text_of(response)
    assert "南人" not in text_of(north.get("/members/transfers"))
    assert browser("wu", "administrator", tree.committee).get("/members/").status_code == 403


def test_the_queries_do_not_grow_with_the_members(tree: PartyTree) -> None:
    north = browser("bei", "party_office", tree.north)
    counts = []
    for n in (2, 20):
        for number in range(n):
            member(f"党员{n}-{number}", tree.n1, n + number)
        for address in (
            "/members/",
            "/members/transfers",
            "/members/proposals",
            "/members/letters",
            f"/members/dues?branch={tree.n1.code}",
        ):
            north.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = north.get(address)
            assert len(response.content) < 150_000
            counts.append(len(queries))
    assert counts[:5] == counts[5:]
    assert max(counts) <= 16


def test_a_member_is_enrolled_changed_and_read_with_masked_numbers(tree: PartyTree) -> None:
    north = browser("bei", "party_office", tree.north)
    given = keyed(
        "e", branch=tree.n1.code, name="新党员", identity=identity(7), phone="13800001111", stage="probationary",
        arrived="developed", on="2026-02-01", joined_on="2026-02-01",
    )  # fmt: skip
    wrong = north.post("/members/new", {**given, "identity": identity(7)[:-1] + "?"})
    assert (wrong.status_code, "身份证号不对" in text_of(wrong)) == (422, True)
    made = [north.post("/members/new", given) for _ in range(2)]
    assert [one.status_code for one in made] == [302, 302]
    assert Membership.objects.count() == 1
    page = north.get(made[0].headers["Location"])
    assert identity(7) not in page.content.decode()
    assert "13800001111" not in page.content.decode()
    assert "138****1111" in text_of(page)
    address = made[0].headers["Location"]
    changed = north.post(
        f"{address}change",
        keyed("c", stage="full", status="normal", on="2026-03-02", full_on="2026-03-02", document="大会"),
    )
    assert changed.status_code == 302
    assert text_of(north.get(address)).count("正式党员") >= 1
    assert "预备党员" in text_of(north.get("/members/", {"day": "2026-02-15"}))
    given = keyed(
        "s", code="good_member", year="2026", body="北镇党委", decided_on="2026-01-01", document="1号", step="do"
    )
    assert north.post(f"{address}honour", given).status_code == 302
    standing = Standing.objects.get()
    ended = keyed("z", on="2026-03-01", body="北镇党委", document="2号", reason="弄虚作假")
    assert north.post(f"{address}standing/{standing.public_id}/end", ended).status_code == 302
    assert "2026-03-01 撤销" in text_of(north.get(address))


def test_both_branches_see_a_transfer_and_only_the_other_moves_the_member(tree: PartyTree) -> None:
    row = member("要转", tree.n1, 1)
    from_side, to_side = browser("n1", "branch_secretary", tree.n1), browser("s1", "branch_secretary", tree.s1)
    address = f"/members/{row.person.public_id}/"
    assert "请写清是哪一个" in text_of(from_side.post(f"{address}transfer", keyed("t", to="党支部", reason="home")))
    asked = from_side.post(f"{address}transfer", keyed("t", to="东村党支部", reason="home", document="介绍信1号"))
    assert asked.status_code == 302
    transfer = Transfer.objects.get()
    assert "等接收方确认" not in text_of(to_side.get("/members/transfers"))
    assert "要转" in text_of(to_side.get("/members/transfers"))
    assert "要转" in text_of(from_side.get("/members/transfers"))
    assert to_side.get(address).status_code == 404, "before acceptance the file is the old branch's"
    act = f"/members/transfers/{transfer.public_id}/"
    refused = from_side.post(f"{act}accept", keyed("a", arrived="within_county", seen="1"))
    assert refused.status_code == 404
    assert Membership.objects.get(person=row.person, valid_to=None).branch_id == tree.n1.pk
    assert "要转" in text_of(from_side.get("/members/")), "nothing has moved"
    assert to_side.post(f"{act}accept", keyed("b", arrived="within_county", seen="1")).status_code == 302
    assert Membership.objects.get(person=row.person, valid_to=None).branch_id == tree.s1.pk
    assert to_side.get(address).status_code == 200
    assert from_side.get(address).status_code == 404
    assert "要转" in text_of(from_side.get("/members/", {"day": "2026-03-01"})), "the past stands"


def test_a_months_dues_are_recorded_on_one_sheet(tree: PartyTree) -> None:
    one, two = member("甲", tree.n1, 1), member("乙", tree.n1, 2)
    north = browser("n1", "branch_secretary", tree.n1)
    given = keyed(
        "d", branch=tree.n1.code, month="2026-02",
        **{f"status-{one.person_id}": "paid", f"payer-{one.person_id}": "salaried", f"base-{one.person_id}": "5001",
           f"status-{two.person_id}": "", f"payer-{two.person_id}": "salaried"},
    )  # fmt: skip
    assert [north.post("/members/dues", given).status_code for _ in range(2)] == [302, 302]
    row = DuesMonth.objects.get()
    assert (row.person_id, row.month, str(row.amount), row.status) == (one.person_id, date(2026, 2, 1), "75.02", "paid")
    assert "75.02" in text_of(north.get(f"/members/dues?branch={tree.n1.code}&month=2026-02"))
    excused = {**keyed("x", branch=tree.n1.code, month="2026-02"), f"status-{two.person_id}": "excused",
               f"payer-{two.person_id}": "low"}  # fmt: skip
    assert "免交要写明批准的文件" in text_of(north.post("/members/dues", excused))
    assert DuesMonth.objects.count() == 1


def test_whoever_is_not_named_has_paid_with_one_tap(tree: PartyTree) -> None:
    """A branch of ninety is done in three taps: who has not paid is chosen, all others are said at once."""
    late, *others = (member(f"党员{n}", tree.n1, n) for n in range(1, 6))
    north = browser("n1", "branch_secretary", tree.n1)
    page = f"/members/dues?branch={tree.n1.code}&month=2026-02"
    assert 'name="rest" value="paid"' in north.get(page).content.decode()
    payers = {f"payer-{one.person_id}": "salaried" for one in (late, *others)}
    given = {
        **keyed("r", branch=tree.n1.code, month="2026-02"),
        f"status-{late.person_id}": "due",
        **payers,
        "rest": "paid",
    }
    assert north.post("/members/dues", given).status_code == 302
    said = {row.person_id: row.status for row in DuesMonth.objects.all()}
    assert said == {late.person_id: "due"} | {one.person_id: "paid" for one in others}
    again = {**given, **keyed("r2", branch=tree.n1.code, month="2026-02")}
    assert north.post("/members/dues", again).status_code == 302
    assert DuesMonth.objects.count() == 5, "what is known is not said again"


def test_numbers_nobody_wrote_down_are_not_offered(tree: PartyTree) -> None:
    known, unknown = member("有号", tree.n1, 1), member("没号", tree.n1, 2)
    Person.objects.filter(pk=unknown.person_id).update(identity_sealed=None, phone_sealed=None)
    north = browser("n1", "branch_secretary", tree.n1)
    assert "看完整的号码" in text_of(north.get(f"/members/{known.person.public_id}/"))
    page = text_of(north.get(f"/members/{unknown.person.public_id}/"))
    assert "看完整的号码" not in page
    assert "谁看过我的信息" not in page, "looks at the reader are not this person's"


def test_a_member_who_signs_in_reads_their_own_file(tree: PartyTree) -> None:
    from tests.factories.organisations import AT, SETUP

    from genmai.directory.roster.commands.members import NewMember, enrol

    account = party_account("wo", "branch_secretary", tree.s1)
    client = Client()
    client.force_login(account)
    assert client.get("/members/mine").status_code == 404
    enrol(
        actor=SETUP, at=AT, key=key_of("own"), branch=tree.n2, member=NewMember(account.person.display_name),
        stage="full", on=date(2026, 1, 1), joined_on=date(2014, 5, 1), person=account.person,
    )  # fmt: skip
    page = client.get("/members/mine", follow=True)
    assert "我的档案" in text_of(page)
    assert "转组织关系" not in text_of(page)


def test_the_roll_is_read_as_it_was_known_on_a_day(tree: PartyTree) -> None:
    row = member("误登", tree.n1, 1)
    member("常在", tree.n1, 2)
    north = browser("n1", "branch_secretary", tree.n1)
    later = NOW + timedelta(days=3)
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: later):
        north.post(f"/members/{row.person.public_id}/withdraw", keyed("w", reason="重复登记"))
        north.get("/members/")  # what was said of it is read once
        now, then = text_of(north.get("/members/")), text_of(north.get("/members/", {"known": "2026-03-03"}))
        wrong = north.get("/members/", {"known": "nonsense"})
    assert ("误登" in now, "误登" in then, "常在" in now, "常在" in then) == (False, True, True, True)
    assert "按 2026-03-03 知道的" in then
    assert wrong.status_code == 422


def test_a_sheet_of_dues_recorded_by_mistake_is_taken_back_at_once(tree: PartyTree) -> None:
    one, two = member("甲", tree.n1, 1), member("乙", tree.n1, 2)
    north = browser("n1", "branch_secretary", tree.n1)
    sheet = f"/members/dues?branch={tree.n1.code}&month=2026-02"
    first = keyed(
        "d", branch=tree.n1.code, month="2026-02",
        **{f"status-{one.person_id}": "due", f"payer-{one.person_id}": "salaried"},
    )  # fmt: skip
    north.post("/members/dues", first)
    rest = {f"payer-{row.person_id}": "salaried" for row in (one, two)} | {f"status-{one.person_id}": "paid"}
    wrong = keyed("w", branch=tree.n1.code, month="2026-02", rest="paid", **rest)
    page = text_of(north.post("/members/dues", wrong, follow=True))
    assert "记下了 2 名党员的党费" in page
    assert "2 名党员的党费 撤回" in page, "the way back is offered"
    back = keyed("b", branch=tree.n1.code, month="2026-02", sheet=wrong["key"])
    other = browser("s1", "branch_secretary", tree.s1)
    assert other.post("/members/dues/back", back).status_code == 404
    assert [north.post("/members/dues/back", back).status_code for _ in range(2)] == [302, 302]
    page = text_of(north.get(sheet))
    assert "甲 未交" in page, "what was said before counts again"
    assert "乙 没登记" in page
    assert "没登记" not in text_of(north.get(f"/members/{two.person.public_id}/"))
    assert DuesMonth.objects.count() == 5, "nothing is rubbed out"
    north.post(
        "/members/dues", keyed("e", branch=tree.n1.code, month="2026-02", **{**rest, f"status-{one.person_id}": "paid"})
    )
    late = north.post("/members/dues/back", keyed("l", branch=tree.n1.code, month="2026-02", sheet=wrong["key"]))
    assert "这之后又登记过" in text_of(late)
    none = keyed(
        "n",
        branch=tree.n1.code,
        month="2026-02",
        **{f"status-{one.person_id}": "none", f"payer-{one.person_id}": "salaried"},
    )
    assert "没有这个状态" in text_of(north.post("/members/dues", none))
    assert north.post("/members/dues/back", keyed("x", branch=tree.n1.code, sheet="x")).status_code == 404
