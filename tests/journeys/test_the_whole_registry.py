"""What issue 4 is for, in a browser and with the real worker behind it.

A district's organisation officer fetches the templates, brings in organisations and members, mends the failing rows of
the returned sheet, finds a flowing member from a registration list, moves a branch, and reads last July's figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.accounts import PASSWORD, account, grant
from tests.factories.party import PartyTree, party_tree
from tests.journeys.background import worker

from genmai.directory.roster.models import Membership, Organisation, Person, RegistryImport, Tree
from genmai.directory.territory.days import day_of
from genmai.kernel.identity_numbers import identity_check_character

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TODAY = day_of(datetime.now(UTC))
JULY = date(TODAY.year - (TODAY.month <= 7), 7, 31)
FAR = "安徽省阜南县王店孜乡"
Row = dict[str, str]

ORGANISATIONS: list[Row] = [
    {"编码": "zz-1", "全称": "北一村先锋党支部", "类别": "党支部", "所在单位性质类别": "村社", "上级党组织": "party-village", "成立日期": "2016-07-01"},
    {"编码": "zz-2", "全称": "北一村乡贤党支部", "类别": "党小组", "所在单位性质类别": "村社", "上级党组织": "party-village", "成立日期": "2016-07-01"},
    {"编码": "zz-3", "全称": "北一村产业党支部", "类别": "党支部", "所在单位性质类别": "村社", "上级党组织": "party-nowhere", "成立日期": "2016-07-01"},
]  # fmt: skip


def person(number: int, name: str = "", *, branch: str = "zz-1", arrived: date = date(2018, 3, 1)) -> Row:
    """A made-up member; the number makes birth, sex and phone."""
    born = date(1950 + number % 45, number % 12 + 1, number % 28 + 1)
    head = f"330299{born:%Y%m%d}{number % 1000:03d}"
    return {
        "当前所在党支部唯一标识": branch, "姓名": name or "赵钱孙李周吴郑王"[number % 8] + "一二三四五六七"[number % 7] + "甲乙丙丁戊"[number % 5],
        "公民身份号码": head + identity_check_character(head), "人员类别": "正式党员", "入党日期": "2012-07-01",
        "转正日期": "2013-07-01", "最高学历": "大学本科", "手机": f"1380574{number:04d}", "转入日期": arrived.isoformat(),
    }  # fmt: skip


@dataclass
class Office:
    """The officer's browser, and the folder things are downloaded to."""

    page: Page
    site: str
    folder: Path

    def sign_in(self, login: str, size: dict[str, int] = DESK) -> None:
        self.page.context.clear_cookies()
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.page.goto(f"{self.site}/sign-in?next=/account")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="我的账号")).to_be_visible()

    def fetch(self, link: str) -> Path:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=link, exact=True).click()
        path = self.folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    def filled(self, title: str, rows: Sequence[Row]) -> Path:
        """The template as it is downloaded, its example row overwritten."""
        self.page.goto(f"{self.site}/registry/")
        path = self.fetch(title)
        book = openpyxl.load_workbook(path)
        sheet = book[book.sheetnames[0]]
        heads = [cell.value for cell in sheet[1]]
        for line, row in enumerate(rows, 2):
            for column, head in enumerate(heads, 1):
                sheet.cell(line, column).value = row.get(str(head), None)
        book.save(path)
        return path

    def hand_in(self, kind: str, path: Path) -> None:
        self.page.goto(f"{self.site}/registry/")
        self.page.get_by_label("是哪一种表").select_option(kind)
        self.page.set_input_files("input[type=file]", path)
        self.page.get_by_role("button", name="检查这份表").click()
        expect(self.page.get_by_role("heading", name=path.name)).to_be_visible()

    def figures(self, **expected: int) -> None:
        """What the dry run or the import counted."""
        words = {"new": "新增", "changed": "有变", "same": "没变", "failed": "出错"}
        for key, n in expected.items():
            told = self.page.locator("dl.facts div", has=self.page.get_by_text(words[key], exact=True)).locator("dd")
            expect(told).to_contain_text(f"{n:,} 行".replace(",", " ") if n > 9999 else f"{n} 行")

    def bring_in(self) -> None:
        """Confirmed; the background takes it to its end, and the page shows it by itself."""
        self.page.get_by_role("button", name="导入这").click()
        expect(self.page.locator("progress, dl.facts").first).to_be_visible()
        expect(self.page.get_by_text("已完成").first).to_be_visible(timeout=40_000)

    def failing(self) -> Path:
        return self.fetch("下载只有出错行的表")


def mended(path: Path, changes: dict[str, Row]) -> Path:
    """The returned sheet with cells put right: by the first column's value, which cells become what."""
    book = openpyxl.load_workbook(path)
    sheet = book[book.sheetnames[0]]
    heads = [cell.value for cell in sheet[1]]
    assert heads[-1] == "哪里不对"
    assert sheet.max_row == len(changes) + 1
    for line in range(2, sheet.max_row + 1):
        assert sheet.cell(line, len(heads)).value
        for head, value in next(made for key, made in changes.items() if key in [c.value for c in sheet[line]]).items():
            sheet.cell(line, heads.index(head) + 1).value = value
    book.save(path)
    return path


@pytest.fixture
def tree(settings: Any, tmp_path: Path, live_server) -> PartyTree:
    settings.GENMAI_DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "attachments"
    found = party_tree()
    officer = account("zuzhibu", "party_organiser", found.bodies["root"], password=PASSWORD, tree=Tree.PARTY)
    grant(officer, "party_organiser", found.district.district)
    account("cunshuji", "village_secretary", found.district.s1, password=PASSWORD)
    account("nanzhen", "party_office", found.bodies["town2"], password=PASSWORD, tree=Tree.PARTY)
    return found


@pytest.fixture
def office(page: Page, live_server, tmp_path: Path) -> Iterator[Office]:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    yield Office(page, live_server.url, tmp_path)
    assert said == []


def test_brought_in_mended_found_moved_and_read(
    office: Office, tree: PartyTree, databases: Any, tmp_path: Path
) -> None:
    with worker(databases, tmp_path):
        office.sign_in("zuzhibu")
        organisations_come_in(office)
        members_come_in(office)
        a_big_sheet_is_stopped(office)
        a_flowing_member_is_found(office, tree)
    a_branch_moves(office)
    last_july_is_read(office)
    it_is_carried_away_and_checked(office)


def organisations_come_in(office: Office) -> None:
    page = office.page
    office.hand_in("organisations", office.filled("党组织信息表", ORGANISATIONS))
    office.figures(new=1, failed=2)
    wrong = page.locator("#problems ~ .table-frame tbody tr")
    expect(wrong).to_have_count(2)
    expect(wrong.nth(0)).to_contain_text("第 3 行")
    for words in ("类别", "党小组", "联合党支部"):  # column, what is written, what is allowed
        expect(wrong.nth(0)).to_contain_text(words)
    for words in ("第 4 行", "上级党组织", "party-nowhere"):
        expect(wrong.nth(1)).to_contain_text(words)
    assert not Organisation.objects.filter(code="zz-1").exists(), "a dry run writes nothing"
    office.bring_in()
    again = mended(office.failing(), {"zz-2": {"类别": "党支部"}, "zz-3": {"上级党组织": "party-village"}})
    office.hand_in("organisations", again)
    office.figures(new=2, failed=0)
    office.bring_in()
    assert Organisation.objects.filter(code__startswith="zz-").count() == 3
    office.hand_in("organisations", again)
    office.figures(new=0, changed=0, same=2, failed=0)


def members_come_in(office: Office) -> None:
    rows = [person(n, branch=f"zz-{n % 3 + 1}") for n in range(24)]
    rows += [person(100, "励玮涵"), person(101, "新来人", arrived=TODAY)]
    typed = person(102, "号码错"), person(103, "没支部", branch="zz-9")
    right = typed[0]["公民身份号码"]
    typed[0]["公民身份号码"] = right[:-1] + ("1" if right[-1] != "1" else "2")
    office.hand_in("members", office.filled("党员名册", [*rows, *typed]))
    office.figures(new=26, failed=2)
    wrong = office.page.locator("#problems ~ .table-frame tbody tr")
    expect(wrong.nth(0)).to_contain_text("公民身份号码")
    expect(wrong.nth(0)).not_to_contain_text(right[6:14])  # a number is shown with stars
    expect(wrong.nth(1)).to_contain_text("zz-9")
    office.bring_in()
    again = mended(office.failing(), {"号码错": {"公民身份号码": right}, "没支部": {"当前所在党支部唯一标识": "zz-1"}})
    office.hand_in("members", again)
    office.figures(new=2, failed=0)
    office.bring_in()
    before = Membership.objects.count()
    office.hand_in("members", again)
    office.figures(new=0, same=2, failed=0)
    expect(office.page.locator("main")).to_contain_text("和表里写的一样，不用再导入")
    expect(office.page.get_by_role("button", name="导入这")).to_have_count(0)
    assert Membership.objects.count() == before, "the same file twice changes nothing"


def a_big_sheet_is_stopped(office: Office) -> None:
    """Too big to be checked while one waits: progress is seen, the page may be left, and stopping leaves nothing."""
    page, before = office.page, Person.objects.count()
    office.hand_in("members", office.filled("党员名册", [person(n, branch="zz-2") for n in range(200, 6200)]))
    expect(page.locator("progress")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("正在检查")
    page.goto(f"{office.site}/organisations/")  # left, and found again
    page.goto(f"{office.site}/registry/")
    page.locator("tbody .row-link").first.click()
    expect(page.get_by_role("button", name="导入这")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="导入这").click()
    page.get_by_role("button", name="取消", exact=True).click()
    expect(page.get_by_text("已取消").first).to_be_visible(timeout=40_000)
    expect(page.locator("main")).to_contain_text("什么也没有写入")
    assert RegistryImport.objects.latest("id").state == "cancelled"
    assert Person.objects.count() == before


def a_flowing_member_is_found(office: Office, tree: PartyTree) -> None:
    page = office.page
    known = person(100, "励玮涵")
    book = openpyxl.Workbook()
    book.active.append(["姓名", "出生日期", "手机号", "村社"])
    for n in range(40):
        book.active.append([f"外来{n}", f"{1960 + n}-05-1{n % 9}", f"1390000{n:04d}", "东村"])
    born = known["公民身份号码"][6:14]
    book.active.append(["励玮涵", f"{born[:4]}-{born[4:6]}-{born[6:]}", known["手机"], "东村"])
    book.save(office.folder / "新居民.xlsx")
    page.goto(f"{office.site}/flowing/lists/")
    page.set_input_files("input[type=file]", office.folder / "新居民.xlsx")
    page.get_by_label("叫什么").fill("十月新居民")
    page.get_by_label("凭哪份函件").fill("公安函〔2026〕5 号")
    page.get_by_role("button", name="收下并比对").click()
    expect(page.get_by_role("heading", name="十月新居民")).to_be_visible()
    expect(page.get_by_text("已比对")).to_be_visible(timeout=60_000)  # by itself
    page.get_by_role("link", name="看等着联系的人").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody .row-link").click()
    expect(page.locator("h1")).to_have_text("励**")
    reasons = page.locator("section[aria-labelledby=why] tbody")
    expect(reasons).to_contain_text("姓名")
    expect(reasons).to_contain_text("更像")

    office.sign_in("cunshuji", PHONE)  # who lives near them goes and asks
    page.goto(f"{office.site}/flowing/?tab=contact")
    page.locator("tbody .row-link").click()
    expect(page.locator("section[aria-labelledby=why]")).to_have_count(0)
    page.locator("details.reveal summary").click()  # the reason is asked for and stands there already
    page.locator("details.reveal").get_by_role("button", name="看", exact=True).click()
    expect(page.locator("h1")).to_have_text("励玮涵")
    page.get_by_label("他说组织关系在哪个支部").fill(FAR)
    page.locator("form[action$=declare] input[type=radio]").first.check()
    page.get_by_role("button", name="本人说是党员，报到").click()
    expect(page.locator("[data-toast]")).to_contain_text("已登记报到")

    branch = Organisation.objects.get(code="zz-1")
    account("zhibu", "branch_secretary", branch, password=PASSWORD, tree=Tree.PARTY)
    office.sign_in("zhibu", PHONE)  # the other side says who it is
    page.goto(f"{office.site}/flowing/?tab=unmatched")
    page.locator("tbody .row-link").click()
    page.locator("form[action$=confirm] input[type=radio]").first.check()
    page.get_by_role("button", name="确认是本支部的党员").click()
    expect(page.locator(".page-head")).to_contain_text("已流入，双方都确认")
    sides = page.locator("table", has_text="流出地支部")
    expect(sides).to_contain_text("北一村先锋党支部")
    expect(sides).to_contain_text("东村")


def a_branch_moves(office: Office) -> None:
    page = office.page
    office.sign_in("nanzhen")
    page.goto(f"{office.site}/members/?q=励玮涵")
    expect(page.locator("tbody tr")).to_have_count(0)
    office.sign_in("zuzhibu")
    page.goto(f"{office.site}/organisations/?q=北一村先锋")
    page.locator(".tree-name").click()
    for undo in (True, False):
        page.get_by_role("link", name="改到别的上级下面").click()
        page.get_by_label("新的上级").fill("南镇党委")
        page.get_by_label("依据的文件").fill("区委〔2026〕9 号")
        page.get_by_role("button", name="先看会变什么").click()
        expect(page.locator(".outcome")).to_contain_text("北一村先锋党支部 → 南镇党委")
        page.get_by_role("button", name="确认登记").click()
        expect(page.locator("main")).to_contain_text(f"南镇党委 {TODAY} – 现在")
        if undo:
            page.locator("main form[action$='/undo/'] button").click()
            expect(page.locator("main")).not_to_contain_text(f"南镇党委 {TODAY} – 现在")
    office.sign_in("nanzhen")  # whom it came to sees its people from this moment on
    page.goto(f"{office.site}/members/?q=励玮涵")
    expect(page.locator("tbody tr")).to_have_count(1)


def last_july_is_read(office: Office) -> None:
    page = office.page

    def town(name: str) -> str:
        return page.locator("#spread ~ .table-frame tbody tr", has_text=name).locator("td").first.inner_text()

    office.sign_in("zuzhibu")
    page.goto(f"{office.site}/statistics/")
    expect(page.locator(".page-head")).to_contain_text("34 名党员")  # 6 before, 28 from the sheets
    now = int(town("北镇")), int(town("南镇"))
    page.get_by_label("截至哪一天").fill(JULY.isoformat())
    expect(page.locator(".page-head")).to_contain_text(f"截至 {JULY}")
    expect(page.locator(".page-head")).to_contain_text("33 名党员")  # who came today was not here
    here = Membership.objects.filter(branch__code="zz-1", valid_to=None).count()
    assert (int(town("北镇")), int(town("南镇"))) == (now[0] + here - 1, now[1] - here), (
        "figures follow the tree of their day"
    )
    assert sum(now) == 34


def it_is_carried_away_and_checked(office: Office) -> None:
    """The figures of that day as a sheet with its check code: as it was given out it is known again, changed it is not."""
    page = office.page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    path = office.folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    written = [str(cell.value) for line in sheet.iter_rows(max_row=12) for cell in line if cell.value is not None]
    assert any(JULY.isoformat() in words for words in written), "the day stands on the sheet"
    assert "校验码" in str(sheet.oddFooter.left.text), "every printed page carries it"

    def told(sent: Path) -> str:
        page.goto(f"{office.site}/exports/check")
        page.set_input_files("input[type=file]", sent)
        page.get_by_role("button", name="核对", exact=True).click()
        expect(page.locator("main .state").first).to_be_visible()
        return page.locator("main").inner_text()

    assert "没有改动：和导出时一样" in told(path)
    line, column = next(
        (cell.row, cell.column) for row in sheet.iter_rows(min_row=6) for cell in row if isinstance(cell.value, int)
    )
    sheet.cell(line, column).value += 1
    changed = office.folder / "changed.xlsx"
    book.save(changed)
    assert "没有改动：和导出时一样" not in told(changed)
