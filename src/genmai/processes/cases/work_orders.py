"""The work-order sheet: which columns a matter needs, and its good rows as work orders. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.sheets import Field, GoodRow, Matching, Problem, Sheet, Workbook, check_rows, match_columns
from genmai.kernel.sheets.messages import SheetRefused
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
    Field(key="label", label="分类", aliases=("一级标签", "一级分类", "类别", "诉求类别", "事项分类", "标签"), max_length=80),
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
    """A sheet with its columns matched. `orders` streams; `problems` is complete once it has ended."""

    sheet: Sheet
    matching: Matching
    columns: Mapping[str, int]
    rows: Iterator[GoodRow]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who brought a row's matter: kept only to be answered, sealed under their own key."""

    name: str
    phone: str


def read(workbook: Workbook, *, sheet: str = "", columns: Mapping[str, int] | None = None) -> Reading:
    """Match the columns (or take the user's choice) and go through the rows.

    Raises SheetRefused: `sheet_wrong` naming the missing columns and those there are.
    """
    table = workbook.sheet(sheet or None, FIELDS)
    matching = match_columns(table.header.names, FIELDS)
    chosen = dict(columns) if columns is not None else dict(matching.columns)
    missing = [field.label for field in FIELDS if field.required and field.key not in chosen]
    if missing:
        raise SheetRefused("sheet_wrong", missing="、".join(missing), found="、".join(filter(None, table.header.names)))
    checked = check_rows(table, chosen, FIELDS)
    return Reading(table, matching, chosen, checked.good, checked.problems)


def order_of(row: GoodRow, *, places: Mapping[str, int]) -> tuple[WorkOrder, Contact | None]:
    """A good row as a work order, and its caller apart."""
    values = row.values
    place_text = _text(values["place"])
    phone = _text(values["phone"])
    order = WorkOrder(
        row=row.number,
        ref=_text(values["ref"]) or row.fingerprint[:32],
        text=_text(values["text"]),
        title=_text(values["title"]),
        label=_text(values["label"]),
        asked_at=cast("datetime | None", values["asked_at"]),
        place_id=places.get(place_text),
        place_text=place_text,
    )
    return order, Contact(_text(values["name"]), phone) if phone else None


def refs_of(rows: list[GoodRow]) -> list[str]:
    """The numbers by which rows are known again."""
    return [_text(row.values["ref"]) or row.fingerprint[:32] for row in rows]


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
