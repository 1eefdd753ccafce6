"""A sheet of estates: tried first, each fault at its row, the failing rows handed back."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.interfaces.web.estates.people import Browsers

from genmai.processes.registers.models import Estate

pytestmark = pytest.mark.django_db


def sheet(*lines: tuple[Any, ...]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    table = book.add_worksheet()
    for number, line in enumerate(
        (("所属社区", "小区名称", "类型", "户数", "物业情况", "物业公司", "合同到期日"), *lines)
    ):
        table.write_row(number, 0, line)
    book.close()
    return out.getvalue()


def hand_in(b: Browsers, data: bytes) -> str:
    return str(b.post(b.world.town, "/estates/import", file=SimpleUploadedFile("小区.xlsx", data)).content.decode())


def test_a_sheet_is_tried_first_and_each_fault_names_its_row(b: Browsers) -> None:
    good = [
        ("北二社区", "春江花城", "商品房小区", 666, "专业物业", "安居物业", "2027-01-01"),
        ("北二社区", "文化北区", "老旧小区", 90, "无物业", "", ""),
    ]
    bad = [
        ("东村", "别镇小区", "老旧小区", 9, "无物业", "", ""),
        ("北二社区", "一", "城堡", 9, "无物业", "", ""),
        ("北二社区", "二", "老旧小区", 9, "专业物业", "", ""),
        ("北二社区", "文化北区", "老旧小区", 9, "无物业", "", ""),
    ]
    page = hand_in(b, sheet(*good, *bad))
    assert "共 6 行：可以新登记 2 个，早已登记 0 个，4 行有问题" in page
    for said in ("第 4 行", "没有这个社区，或者不在您管的范围内", "请填物业企业的名称", "这张表里写了两次"):
        assert said in page
    assert not Estate.objects.exists()
    digest = re.findall(r'name="sha256" value="(\w+)"', page)[0]
    for _ in range(2):
        assert b.post(b.world.town, "/estates/import/confirm", sha256=digest, filename="小区.xlsx").status_code == 302
    assert sorted(Estate.objects.values_list("place__name", flat=True)) == ["文化北区", "春江花城"]
    assert "早已登记 2 个" in hand_in(b, sheet(*good))
    assert b.post(b.world.town, "/estates/import/confirm", sha256="ab" * 32, filename="x.xlsx").status_code == 404
    assert "没有找到内容" in hand_in(b, sheet())


def test_the_failing_rows_come_back_as_a_sheet_that_may_be_handed_in_alone(b: Browsers) -> None:
    good = ("北二社区", "春江花城", "商品房小区", 666, "专业物业", "安居物业", "2027-01-01")
    bad = [("东村", "别镇小区", "老旧小区", 9, "无物业", "", ""), ("北二社区", "一", "城堡", 9, "专业物业", "", "")]
    page = hand_in(b, sheet(good, *bad))
    link = re.findall(r'href="(/estates/import/failing[^"]+)"', page)[0].replace("&amp;", "&")
    answer = b.as_(b.world.town).get(link)
    assert answer.status_code == 200
    table = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell.value for cell in row] for row in table.iter_rows()]
    assert [line[1] for line in lines] == ["小区名称", "别镇小区", "一"]
    assert "没有这个社区，或者不在您管的范围内" in lines[1][-1]
    assert "[3]" in lines[1][-1], "its row in the sheet handed in"
    assert "共 2 行：可以新登记 0 个，早已登记 0 个，2 行有问题" in hand_in(b, answer.content)
    for who, address in ((b.world.town, f"{link[:40]}00{link[42:]}"), (b.world.dept, link)):
        assert b.as_(who).get(address).status_code in (403, 404)
