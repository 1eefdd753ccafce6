"""The lists of the registry as files: the rows of the page, nothing of another town, numbers never in clear, looks noted."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.branches import identity
from tests.factories.flowing import LEFT_ON, Two
from tests.factories.organisations import SETUP
from tests.interfaces.web.exports.files import body, book, header_row, saved
from tests.interfaces.web.exports.registry_site import Site, everything

from genmai.directory.access.models import Look
from genmai.directory.roster.commands import covering, letters, transfers
from genmai.directory.roster.commands.dues import NewDues, record_dues
from genmai.directory.roster.models import Membership, Organisation, Post, Proposal, RegistryImport
from genmai.directory.roster.queries import members, whole_lists
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.territory.days import day_of
from genmai.interfaces import file_check
from genmai.interfaces.web.exports.registry import registry
from genmai.interfaces.web.language import COOKIE
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import NOBODY
from genmai.processes.registers.flowing.commands import candidates, records
from genmai.processes.registers.standards.mechanism import installed
from genmai.reports.exports.limits import Limits, limits
from genmai.reports.exports.shape import Column as One
from genmai.reports.exports.shape import Export, Said

pytestmark = pytest.mark.django_db
MASKED = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dX](?!\d)")


def leave(t: Two, name: str, branch: str, number: int) -> None:
    person = t.member(name, branch, number)
    records.leave(
        actor=t.branch_secretary(branch), at=t.at, key=t.key(), member=person.public_id, reason=reason(),
        left_on=LEFT_ON, host_said="杭州",
    )  # fmt: skip


def reason() -> str:
    from genmai.processes.registers.flowing.mechanism import current, rules_of

    return next(iter(rules_of(current().ref).reasons))


# -- the roll


def test_the_roll_says_every_filter_and_is_the_page(site: Site) -> None:
    t = site.t
    t.member("张示例", "n1", 1, education="21")
    t.member("李样本", "n2", 2, education="81", sex=0)
    t.member("南边人", "s1", 3)
    north = t.town_office()
    assert {row[0] for row in site.rows(north, "members")} == {"张示例", "李样本"}
    data = site.file(north, "members", "sex=female&stage=full")
    page = book(data).worksheets[0]
    above = "\n".join(str(page.cell(n, 1).value) for n in range(1, header_row(page)))
    assert [row[0] for row in body(page)] == ["李样本"]
    for said in ("阶段：正式党员", "哪一天的名册：", "范围：北镇党委及其下级", "女"):
        assert said in above, said
    assert not MASKED.search(everything(data))
    assert [row[0] for row in site.rows(north, "members", "q=zhang")] == ["张示例"]
    assert site.rows(north, "members", "day=2019-01-01") == []
    known = book(site.file(north, "members", "known=2026-03-01")).worksheets[0]
    assert "按哪天知道的：2026-03-01" in [str(known.cell(n, 1).value) for n in range(1, header_row(known))]
    assert [row for row in body(known) if row[0]] == [], "nobody was recorded yet on that day"
    assert site.ask(north, "members", f"branch={t.party.s1.code}").status_code == 404


def test_a_whole_roll_comes_in_blocks_in_the_order_of_the_page(site: Site) -> None:
    t = site.t
    for n in range(7):
        t.member(f"北{n}", ("n1", "n2")[n % 2], n)
    t.member("南边人", "s1", 9)
    viewer, day = t.town_office().viewer, t.at.date()
    for asked, text in ((Asked(day, day), ""), (Asked(day, day, stages=(), statuses=()), "北")):
        whole, total = members.members(viewer, asked=asked, text=text, limit=100)
        for block in (1, 2, 3, 7, 8):
            assert list(whole_lists.roll(viewer, asked=asked, text=text, block=block)) == whole
        assert total == len(whole) == 7


def test_a_purpose_is_asked_for_and_everyone_in_it_can_read_it(site: Site) -> None:
    t = site.t
    one, other = t.member("张示例", "n1", 1), t.member("南边人", "s1", 3)
    north = t.town_office()
    asked = site.ask(north, "members", purpose="")
    assert asked.status_code == 422
    assert not Look.objects.exists()
    site.file(north, "members", purpose="发学习资料")
    assert [(look.person_id, look.purpose) for look in Look.objects.all()] == [(one.pk, "发学习资料")]
    site.file(t.organiser(), "members", purpose="年终核对")
    assert set(Look.objects.filter(purpose="年终核对").values_list("person_id", flat=True)) == {one.pk, other.pk}


# -- what happens to members


def test_transfers_both_sides_see_and_nobody_else(site: Site) -> None:
    t = site.t
    person = t.member("要转", "n1", 1)
    t.member("不转", "n1", 2)
    transfers.ask(
        actor=t.branch_secretary(), at=t.at, key=t.key(), person_id=person.pk, to=t.party.s1, reason="work", document="函1"
    )  # fmt: skip
    for side in ("north", "south"):
        rows = site.rows(t.town_office(side), "members_transfers")
        assert [row[:3] for row in rows] == [["要转", "北一村党支部", "东村党支部"]]
        assert rows[0][5] == "等接收方确认"
    assert Look.objects.filter(person=person).count() == 2
    elsewhere = t.member("本地转", "n1", 3)
    transfers.ask(
        actor=t.branch_secretary(), at=t.at, key=t.key(), person_id=elsewhere.pk, to=t.party.n2, reason="work", document=""
    )  # fmt: skip
    assert "本地转" not in everything(site.file(t.town_office("south"), "members_transfers"))


def test_proposals_stand_with_what_was_decided_and_only_of_ones_own_bodies(site: Site) -> None:
    t = site.t
    for branch, name in (("n1", "北边人"), ("s1", "南边人")):
        person = t.member(name, branch, ord(branch[0]))
        Proposal.objects.create(
            public_id=key_of("proposal", name), person=person, timer="dues", body=getattr(t.party, branch),
            since=date(2025, 6, 1), mechanism="national/dangyuan-guanli@1", raised_at=t.at,
        )  # fmt: skip
    rows = site.rows(t.town_office(), "members_proposals")
    assert [(row[0], row[3]) for row in rows] == [("北边人", "北一村党支部")]
    assert "北边人" not in everything(site.file(t.town_office("south"), "members_proposals"))
    assert site.ask(t.branch_secretary(), "members_proposals").status_code == 403


def test_a_months_dues_are_a_file_without_what_anybody_earns(site: Site) -> None:
    t = site.t
    paid, _silent = t.member("交了", "n1", 1), t.member("没登记", "n1", 2)
    record_dues(
        actor=SETUP, at=t.at, key=t.key(), branch=t.party.n1, month=t.at.date().replace(day=1),
        rows=[NewDues(paid.pk, "paid", payer(), 5000)],
    )  # fmt: skip
    data = site.file(t.town_office(), "members_dues", f"branch={t.party.n1.code}")
    rows = {row[0]: row for row in body(book(data).worksheets[0])}
    assert rows["交了"][1] == "已交"
    assert rows["交了"][3] > 0
    assert rows["没登记"][1] == "没登记"
    assert "5000" not in everything(data)
    assert site.ask(t.town_office("south"), "members_dues", f"branch={t.party.n1.code}").status_code == 404


def payer() -> str:
    from genmai.directory.roster import mechanism

    return next(key for key, one in mechanism.dues().payers.items() if one.rates[0].bands)


# -- flowing members and duplicates


def test_flowing_members_by_tab_within_the_towns_scope(site: Site) -> None:
    t = site.t
    leave(t, "走了的", "n1", 1)
    leave(t, "南边走的", "s1", 2)
    for tab in ("unmatched", "home"):
        rows = site.rows(t.town_office(), "flowing", f"tab={tab}")
        assert [row[0] for row in rows] == ["走了的"], tab
        assert rows[0][1] == "北一村党支部"
        assert "杭州" in rows[0]
    assert site.rows(t.town_office(), "flowing", "tab=host") == []
    assert "走了的" not in everything(site.file(t.town_office("south"), "flowing", "tab=home"))
    assert site.ask(t.branch_secretary(), "flowing").status_code == 403


def test_who_waits_to_be_contacted_leaves_without_name_or_number(site: Site) -> None:
    t = site.t
    candidates.tell(
        actor=t.grid_worker(), at=t.at, key=t.key(), source="visit", host_id=t.district.s1a.pk, name="王建国",
        phone="13805740001",
    )  # fmt: skip
    data = site.file(t.organiser(), "flowing_waiting")
    assert "王" not in everything(data)
    assert "1380" not in everything(data)
    assert not Look.objects.exists(), "nobody's data left the house"
    rows = list(body(book(data).worksheets[0]))
    assert [(row[0], row[2]) for row in rows] == [(1, "网格走访")]
    assert site.rows(t.organiser(), "resident_lists") == []
    assert site.ask(t.grid_worker(), "flowing_waiting").status_code == 403


def test_pairs_are_exported_side_by_side_to_who_answers_for_both(site: Site) -> None:
    t = site.t
    t.pair(t.member("同名甲", "n1", 1), t.member("同名乙", "n2", 2))
    t.pair(t.member("跨镇甲", "n1", 3), t.member("跨镇乙", "s1", 4))
    rows = site.rows(t.town_office(), "duplicates")
    assert [row[:4] for row in rows] == [["同名甲", "北一村党支部", "同名乙", "北二社区党支部"]]
    assert 0.9 < rows[0][5] <= 0.999
    assert len(site.rows(t.organiser(), "duplicates")) == 2
    assert site.rows(t.organiser(), "duplicates", "state=same") == []
    assert Look.objects.count() == 2 + 4
    assert site.ask(t.branch_secretary(), "duplicates").status_code == 403


# -- organisations, sheets brought in, what is everybody's


def test_grids_beside_the_standard_changes_and_what_a_search_finds(site: Site) -> None:
    t = site.t
    desk = t.actor("zhihuishi", "town_desk", t.district.north)
    grids = site.rows(desk, "organisations_standard")
    assert {row[1] for row in grids} == {"北一村第一网格", "北一村第二网格", "北二社区第一网格"}
    assert all(row[-1] for row in grids), "nobody holds a place yet: who is lacking is said"
    assert site.rows(desk, "organisations_found", "q=北一村")[0][1].startswith("北一村")
    assert site.rows(desk, "organisations_found", "q=东村") == []
    assert site.rows(desk, "organisations_changes") == []
    south = Organisation.objects.get(pk=t.district.s1.pk)
    assert site.ask(desk, "organisations_changes", f"of={south.public_id}").status_code == 404


def test_entries_of_grids_stand_among_the_changes_of_grid_and_branch_with_what_took_them_back(site: Site) -> None:
    t = site.t
    desk, grid = t.actor("zhihuishi", "town_desk", t.district.north), t.district.n2a
    branch = Organisation.objects.get(pk=t.party.n1.pk)
    on = day_of(t.at)
    entry: dict[str, Any] = {"actor": SETUP, "at": t.at, "document": "网格台账", "on": on}
    covering.cover(key=t.key(), branch=branch, grid=grid, **entry)
    typed = covering.record_grid_size(key=t.key(), grid=grid, households=3120, large=True, **entry)
    covering.undo_grid_change(actor=SETUP, at=t.at + timedelta(hours=1), key=t.key(), change=typed, reason="多了一个零")
    covering.cover(key=t.key(), branch=Organisation.objects.get(pk=t.party.s1.pk), grid=t.district.s1a, **entry)
    rows = site.rows(desk, "organisations_changes", f"of={grid.public_id}")
    measured, covered = (next(row for row in rows if row[0] == kind) for kind in ("登记网格户数", "支部建到网格"))
    assert measured[1:5] == [grid.name, None, 3120, "是"]
    assert measured[-1] == "多了一个零"
    assert measured[-2] is not None
    assert covered[1:5] == [branch.name, grid.name, None, None]
    assert (covered[6], covered[-2]) == ("网格台账", None)
    assert site.rows(desk, "organisations_changes") == rows, "nothing of the other town"
    card = site.as_(desk).get(f"/organisations/{grid.public_id}/").content.decode()
    assert "organisations_changes" in card


def test_sheets_brought_in_are_listed_for_their_own_town_only(site: Site) -> None:
    t = site.t
    north = t.town_office()
    RegistryImport.objects.create(
        public_id=key_of("import"), kind="members", filename="北镇党员.xlsx", at=t.at,
        by_id=north.viewer.person_id, state=RegistryImport.State.DONE, done=3, new=2, failed=1,
        stored="0" * 64,
    )  # fmt: skip
    rows = site.rows(north, "registry_imports")
    assert [(row[0], row[5], row[6], row[9]) for row in rows] == [("北镇党员.xlsx", 3, 2, 1)]
    assert site.rows(t.town_office("south"), "registry_imports") == []
    assert site.ask(t.branch_secretary(), "registry_imports").status_code == 403


def test_the_lists_of_admission_are_everybodys_in_their_own_language(site: Site) -> None:
    worker = site.t.grid_worker()
    page = book(site.file(worker, "admission")).worksheets[0]
    above = "\n".join(str(page.cell(n, 1).value) for n in range(1, header_row(page)))
    assert "范围：公开的清单" in above
    assert "及其下级" not in above
    assert len(body(page)) > 3
    site.as_(worker).cookies[COOKIE] = "en"
    english = book(site.file(worker, "admission")).worksheets[0]
    assert [cell.value for cell in english[header_row(english)]][:2] == ["Row", "Matter"]
    assert Client().post("/exports/ask", {"what": "admission", "query": ""}).status_code == 302


def test_a_copy_of_who_looked_at_me_is_my_own_and_of_nobody_else(site: Site) -> None:
    t = site.t
    one, other = t.grid_worker(), t.grid_worker("n1a")
    looker = next(a for a in t._accounts.values() if a.person_id == other.viewer.person_id)
    for person in (one.viewer.person_id, other.viewer.person_id):
        Look.objects.create(
            at=t.at, account=looker, person_id=person, fields="export:masked", purpose=f"给{person}打电话", source=""
        )
    rows = site.rows(one, "my_looks", f"person={other.viewer.person_id}")
    assert [row[4] for row in rows] == [f"给{one.viewer.person_id}打电话"]
    assert rows[0][3] == "导出的名单，号码遮挡"


# -- both walls, and checking


def test_the_files_rows_pass_row_security_too(site: Site) -> None:
    """With the application's filter left out on purpose, another town's members are still not in the file."""
    t = site.t
    t.member("北边人", "n1", 1)
    t.member("南边人", "s1", 2)
    careless = Export(
        key="members", title="名册", columns=lambda viewer, asked: (One("姓名", key=True),),
        rows=lambda viewer, asked: ((row.person.display_name,) for row in Membership.objects.select_related("person")),
        count=lambda viewer, asked: Membership.objects.count(), said=lambda viewer, asked: Said("名册"),
        permission="members:export",
    )  # fmt: skip
    with patch.dict(registry(), {"members": careless}):
        assert [row[0] for row in site.rows(t.town_office(), "members")] == ["北边人"]
        assert len(site.rows(t.organiser(), "members")) == 2


@pytest.mark.parametrize("what", ["members", "year_end"])
def test_a_changed_cell_is_named(site: Site, what: str) -> None:
    t = site.t
    t.member("张示例", "n1", 1)
    t.member("李样本", "n1", 2)
    north = t.town_office()
    workbook = book(site.file(north, what))
    page = workbook.worksheets[0]
    line = header_row(page) + 1
    page.cell(line, 2).value = 77 if what == "year_end" else "别的支部"
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = site.as_(north).post("/exports/check", {"file": SimpleUploadedFile("a.xlsx", saved(workbook)), "code": ""})
    told = answer.content.decode()
    assert f"B{line}" in told
    assert "改动过" in told


def test_a_file_too_big_for_the_page_is_not_gone_through_there(site: Site) -> None:
    t = site.t
    for n in range(12):
        t.member(f"党员{n}", "n1", n)
    data = site.file(t.town_office(), "members")
    few = Limits(**{name: getattr(limits(), name) for name in Limits.__annotations__} | {"check_rows": 11})
    from django.core.files.uploadedfile import SimpleUploadedFile

    with (
        patch("genmai.interfaces.file_check.limits", lambda: few),
        patch("genmai.interfaces.file_check.checking.check", side_effect=AssertionError("gone through after all")),
    ):
        answer = Client().post("/exports/check", {"file": SimpleUploadedFile("a.xlsx", data), "code": ""})
        told = answer.content.decode()
        assert answer.status_code == 422
        assert "请登录后再传" in told
        assert "genmai records check" in told
    with patch("genmai.interfaces.file_check.limits", lambda: few):
        assert file_check.check(NOBODY, data=data, most=400).findings == []


def test_the_year_end_tables_have_headers_of_two_levels_and_their_basis(site: Site) -> None:
    t = site.t
    t.member("张示例", "n1", 1, born="19600601")
    page = book(site.file(t.town_office(), "year_end")).worksheets[0]
    last = header_row(page)
    upper = [cell.value for cell in page[last - 1]]
    assert "年龄" in upper
    assert "学历" in upper
    assert page.merged_cells.ranges, "groups are merged over their buckets"
    rows = {row[0]: row for row in body(page)}
    assert rows["合计"][1] == 1
    above = "\n".join(str(page.cell(n, 1).value) for n in range(1, last))
    assert "口径：national/dangnei-tongji@" in above
    assert "截至哪一天：" in above


def test_identity_is_in_no_list(site: Site) -> None:
    t = site.t
    t.member("张示例", "n1", 1, phone="13805740009")
    for what in ("members", "duplicates", "members_transfers", "flowing", "year_end", "turn"):
        told = everything(site.file(t.town_office(), what))
        assert identity(1) not in told
        assert "13805740009" not in told


def test_letters_posts_and_lists_to_show_stay_within_ones_own(site: Site) -> None:
    t = site.t
    person = t.member("要走", "n1", 1)
    letters.issue_letter(
        actor=t.branch_secretary(), at=t.at, key=t.key(), person_id=person.pk, place="外省某县某村党支部",
        reach="across_provinces", reason="work", number="介1号", issued_on=t.at.date(),
    )  # fmt: skip
    rows = site.rows(t.town_office(), "members_letters")
    assert [(row[0], row[3], row[5]) for row in rows] == [("要走", "外省某县某村党支部", "介1号")]
    assert site.rows(t.town_office("south"), "members_letters") == []
    Post.objects.create(
        person=person,
        organisation=t.party.n1,
        key="secretary",
        title="书记",
        valid_from=date(2025, 1, 1),
        recorded_at=t.at,
    )
    of = f"of={t.party.n1.public_id}"
    assert [(row[0], row[2]) for row in site.rows(t.town_office(), "body_posts", of)] == [("要走", "书记")]
    assert site.rows(t.town_office(), "body_posts", f"{of}&as_at=2024-06-01") == []
    assert site.ask(t.town_office("south"), "body_posts", of).status_code == 404
    assert site.ask(t.town_office(), "body_posts", "of=x").status_code == 404
    for what in ("standard_coverage", "standard_lacking", "standard_waiting"):
        told = everything(site.file(t.town_office("south"), what, f"standard={next(iter(installed()))}"))
        assert "北一村" not in told, what
