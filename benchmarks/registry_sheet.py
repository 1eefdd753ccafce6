"""A members' sheet of a made-up city, seeded: right numbers, common names, branches that exist."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from genmai.directory.roster.registry.definition import code_set, definition
from genmai.kernel.identity_numbers import identity_check_character

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰飞鹏辉红波建国志文永春海燕云龙雪梅"
_AREAS = ("330203", "330205", "330206", "330211", "330212", "330213", "330225", "330226", "330281", "330282")
_FIRST = date(1940, 1, 1)


def write(path: Path, *, rows: int, branches: Sequence[str], seed: int = 20261122, shared: bool = False) -> None:
    """`rows` members over the branches. `shared`: with a table of shared strings, as spreadsheets themselves save."""
    sheet = definition("members")
    options = {"constant_memory": not shared, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet(sheet.sheet.title)
        for column, one in enumerate(sheet.columns):
            page.write_string(0, column, one.label)
        for line, cells in enumerate(members(rows, branches, seed), 1):
            for column, cell in enumerate(cells):
                if cell:
                    page.write_string(line, column, cell)


def members(rows: int, branches: Sequence[str], seed: int) -> Iterator[list[str]]:
    """Cells in the order of the definition, those not kept too."""
    chance = random.Random(seed)  # noqa: S311  made-up people, the same for a seed
    words = {name: [one[0] for one in code_set(name).values()] for name in ("education", "degree", "occupation")}
    others = [one[0] for one in code_set("ethnicity").values()]
    for number in range(rows):
        born = _FIRST + timedelta(days=chance.randrange(23_500))
        order = number // 200 % 1000  # with day and area: no number twice among half a million
        seventeen = f"{_AREAS[number % 10]}{born:%Y%m%d}{order:03d}"
        joined = max(date(born.year + 19 + chance.randrange(25), born.month, min(born.day, 28)), date(1949, 10, 1))
        joined = min(joined, date(2024, 6, 1))
        full = joined.replace(year=joined.year + 1)
        yield [
            branches[number % len(branches)],
            chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=1 + (chance.random() < 0.8))),
            "男" if order % 2 else "女",
            seventeen + identity_check_character(seventeen),
            born.isoformat(),
            "汉族" if chance.random() < 0.97 else chance.choice(others),
            chance.choice(words["education"]),
            chance.choice(words["degree"]) if chance.random() < 0.3 else "",
            f"{born.year + 20}-08-01",
            chance.choice(words["occupation"]),
            "正式党员",
            "正常",
            joined.isoformat(),
            full.isoformat(),
            f"1{chance.choice('3578')}{chance.randrange(10**9):09d}",
            f"{full:%Y}-{1 + number % 12:02d}-01" if full.year < 2025 else "2024-09-01",
            "县内转入",
            "浙江省宁波市",
            f"示例路 {number % 900} 号",
            "浙江宁波",
        ]
