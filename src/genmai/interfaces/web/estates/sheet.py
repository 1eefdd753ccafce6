"""A sheet of estates: which columns, what each row says, what is wrong with it. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from genmai.directory.roster.models import Organisation
from genmai.kernel.sheets import (
    Field,
    GoodRow,
    Problem,
    Sheet,
    SheetRefused,
    check_rows,
    failing_rows_file,
    match_columns,
    open_sheet,
)
from genmai.kernel.sheets.markup import column_letter
from genmai.processes.registers.commands.estates import NewEstate
from genmai.processes.registers.estate_rules import EstateRules

MOST = 500  # rows at once: every row is taken in while the person waits

_WRONG = {
    "estate_no_home": _("没有这个社区，或者不在您管的范围内"),
    "estate_homes": _("有几个社区叫这个名字，请写编码"),
    "estate_no_manager": _("请填物业企业的名称"),
    "estate_no_households": _("请填户数"),
    "estate_twice": _("这张表里写了两次"),
}

_MANAGED = {
    "professional": ("专业物业", "物业企业", "物业公司", "有"),
    "owners": ("业主自管", "自管"),
    "community": ("社区托管", "托管"),
    "none": ("没有物业", "无物业", "无", "没有"),
}


@dataclass(frozen=True, slots=True)
class Fault(Problem):
    """What one cell alone can't show."""

    @property
    def message(self) -> str:
        """The msgid of what is wrong."""
        return _WRONG[self.code]


@dataclass(frozen=True)
class Reading:
    """Every row read: those that can be taken, with their numbers, and what is wrong with the others."""

    good: list[tuple[int, NewEstate]]
    faults: list[Problem]
    table: Sheet

    def failing(self, translate: Callable[[str], str]) -> bytes:
        """The failing rows alone as a sheet, what is wrong beside each: repaired, it may be handed in by itself."""
        return failing_rows_file(self.table, self.faults, translate)

    @property
    def rows(self) -> int:
        return len(self.good) + len({fault.row for fault in self.faults})


def fields(rules: EstateRules) -> tuple[Field, ...]:
    """The columns of a sheet of estates; types as the mechanism names them."""
    types = {key: (title.zh, title.en) for key, title in rules.types.items()}
    return (
        Field(key="home", label="社区", aliases=("所属社区", "所在社区", "村社"), required=True, max_length=60),
        Field(key="name", label="小区名称", aliases=("小区", "名称"), required=True, max_length=40),
        Field(key="estate_type", label="小区类型", aliases=("类型",), required=True, kind="choice", choices=types),
        Field(key="households", label="户数", aliases=("总户数",), required=True, kind="integer"),
        Field(key="management", label="谁来管", aliases=("物业情况", "管理方式", "有无物业"), required=True,
              kind="choice", choices=_MANAGED),
        Field(key="manager", label="物业企业", aliases=("物业公司", "物业名称"), max_length=60),
        Field(key="manager_until", label="合同到期", aliases=("合同到期日", "到期日期"), kind="date"),
    )  # fmt: skip


def read(data: bytes, filename: str, *, rules: EstateRules, homes: Sequence[Organisation], since: date) -> Reading:
    """Go through the sheet. Raises SheetRefused for a file or table that can't be taken at all."""
    wanted = fields(rules)
    table = open_sheet(data, filename).sheet(None, wanted)
    matching = match_columns(table.header.names, wanted)
    matching.check()
    checked = check_rows(table, matching.columns, wanted)
    by_name: dict[str, list[Organisation]] = {}
    for home in homes:
        for name in {home.code, home.short_name, home.name}:
            by_name.setdefault(name, []).append(home)
    good: list[tuple[int, NewEstate]] = []
    faults: list[Problem] = []
    seen: set[tuple[int, str]] = set()
    for row in checked.good:
        fault = _fault(row, by_name, seen)
        if fault is not None:
            faults.append(_problem(table, matching.columns, row, *fault))
        else:
            good.append((row.number, _estate(row.values, by_name[str(row.values["home"])][0], since)))
    if len(good) > MOST:
        raise SheetRefused("sheet_too_many_rows", rows=len(good), most=MOST)
    faults += checked.problems
    if not good and not faults:
        raise SheetRefused("sheet_no_rows")
    return Reading(good, sorted(faults, key=lambda one: one.row), table)


def _fault(
    row: GoodRow, by_name: Mapping[str, list[Organisation]], seen: set[tuple[int, str]]
) -> tuple[str, str, str] | None:
    """What one cell alone can't show (the community, the manager's name, the same estate twice): field, code, allowed."""
    values = row.values
    found, name = by_name.get(str(values["home"]), []), str(values["name"])
    if not found:
        return "home", "estate_no_home", ""
    if len(found) > 1:
        return "home", "estate_homes", "、".join(one.code for one in found)
    if values["management"] == "professional" and not values["manager"]:
        return "manager", "estate_no_manager", ""
    if not values["households"]:
        return "households", "estate_no_households", "≥ 1"
    if (found[0].pk, name) in seen:
        return "name", "estate_twice", ""
    seen.add((found[0].pk, name))
    return None


def _problem(table: Sheet, columns: Mapping[str, int], row: GoodRow, field: str, code: str, allowed: str) -> Problem:
    """The same as every other problem of a sheet; a column that is not there is the one after the last."""
    names = table.header.names
    place = columns.get(field, len(names))
    shown = row.values.get(field)
    return Fault(
        row=row.number, column=column_letter(place), column_name=names[place] if place < len(names) else "",
        field=field, shown="" if shown is None else str(shown), code=code, allowed=allowed,
    )  # fmt: skip


def _estate(values: Mapping[str, Any], home: Organisation, since: date) -> NewEstate:
    return NewEstate(
        name=values["name"], home_id=home.pk, estate_type=values["estate_type"], households=values["households"],
        management=values["management"], since=since, manager=values["manager"] or "",
        manager_until=values["manager_until"],
    )  # fmt: skip
