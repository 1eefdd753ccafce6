"""The work-order sheet: which columns a matter needs, and its good rows as work orders. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.sheets import Field, GoodRow, Matching, Problem, Sheet, Workbook, check_rows, match_columns
from genmai.processes.cases.commands.importing import WorkOrder
from genmai.processes.cases.commands.intake import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE

# Names of columns as hotlines and work-order platforms head them; the user may match others by hand.
FIELDS = (
    Field(
        key="ref",
        label="工单编号",
        aliases=("留言编号", "编号", "工单号", "事项编号", "受理编号", "诉求编号", "单号"),
        max_length=80,
    ),
    Field(
        key="title",
        label="标题",
        aliases=("留言主题", "主题", "诉求标题", "事项标题", "工单标题"),
        max_length=LONGEST_TITLE,
    ),
    Field(
        key="text",
        label="内容",
        aliases=("留言详情", "诉求内容", "详情", "工单内容", "反映内容", "主要内容", "问题描述", "事项描述"),
        required=True,
        kind="multiline",
        max_length=LONGEST_TEXT,
    ),
    Field(
        key="asked_at",
        label="反映时间",
        aliases=("留言时间", "时间", "受理时间", "来电时间", "登记时间", "诉求时间", "提交时间"),
        kind="datetime",
    ),
    Field(
        key="label",
        label="分类",
        aliases=("一级标签", "一级分类", "类别", "诉求类别", "事项分类", "标签"),
        max_length=80,
    ),
    Field(
        key="place",
        label="地点",
        aliases=("事发地点", "发生地址", "地址", "诉求地点", "村社", "社区", "所属村社", "所在村社"),
        max_length=LONGEST_PLACE,
    ),
    Field(key="name", label="反映人", aliases=("姓名", "来电人", "诉求人", "联系人"), max_length=40),
    Field(key="phone", label="联系电话", aliases=("电话", "来电号码", "手机", "手机号", "联系方式"), kind="phone"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet with its columns matched. `rows` streams; `problems` is complete once it has ended."""

    sheet: Sheet
    matching: Matching
    rows: Iterator[GoodRow]
    problems: list[Problem]

    @property
    def columns(self) -> Mapping[str, int]:
        return self.matching.columns


def table_of(
    workbook: Workbook,
    *,
    sheet: str = "",
    columns: Mapping[str, int | None] | None = None,
    fields: tuple[Field, ...] = FIELDS,
) -> tuple[Sheet, Matching]:
    """The sheet and how its columns match; `columns` as the user chose them, None for "not in this sheet".

    Raises SheetRefused: `sheet_unknown_name`, `sheet_no_rows`, `sheet_mapping`. A needed column may be missing still.
    """
    table = workbook.sheet(sheet or None, fields)
    matching = match_columns(table.header.names, fields)
    if columns is not None:
        absent: dict[str, int | None] = {field.key: None for field in fields}
        matching = matching.override(absent | dict(columns))
    return table, matching


def read(
    workbook: Workbook,
    *,
    sheet: str = "",
    columns: Mapping[str, int | None] | None = None,
    fields: tuple[Field, ...] = FIELDS,
) -> Reading:
    """Match the columns (or take the user's choice) and go through the rows.

    Raises SheetRefused: `sheet_wrong` naming the missing columns and those there are.
    """
    table, matching = table_of(workbook, sheet=sheet, columns=columns, fields=fields)
    matching.check()
    checked = check_rows(table, matching.columns, fields)
    return Reading(table, matching, checked.good, checked.problems)


def order_of(row: GoodRow, *, places: Mapping[str, int]) -> WorkOrder:
    """A good row as a work order."""
    values = row.values
    place_text = _text(values["place"])
    return WorkOrder(
        row=row.number,
        ref=ref_of(row),
        text=_text(values["text"]),
        title=_text(values["title"]),
        label=_text(values["label"]),
        asked_at=cast("datetime | None", values["asked_at"]),
        place_id=places.get(place_text),
        place_text=place_text,
        name=_text(values["name"]),
        phone=_text(values["phone"]),
    )


def ref_of(row: GoodRow) -> str:
    """The number by which a row is known again: its own, or its fingerprint."""
    return _text(row.values["ref"]) or row.fingerprint[:32]


def places_by_name(*, within: str) -> dict[str, int]:
    """Names of villages, communities and towns below a place's path → id; a name that stands twice is left out.

    Two 和丰社区 are two places: a sheet that names neither town leaves the matter at the desk instead of guessing.
    """
    kinds = (PlaceKind.TOWN, PlaceKind.VILLAGE, PlaceKind.COMMUNITY)
    found: dict[str, list[int]] = {}
    for pk, name in Place.objects.filter(path__startswith=within, kind__in=kinds).values_list("pk", "name"):
        found.setdefault(name, []).append(pk)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
