"""A residents' list as a sheet: which columns, and what is wrong with which row. Reads from memory, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from genmai.kernel.identity_numbers import birth_in, normalise_identity, sex_in
from genmai.kernel.sheets import Field, check_rows, match_columns, open_sheet
from genmai.processes.registers.flowing.commands.lists import NewResident

FIELDS = (
    Field(key="name", label="姓名", aliases=("名字", "居民姓名"), required=True, max_length=40),
    Field(key="identity", label="身份证号", aliases=("公民身份号码", "身份证", "证件号码"), max_length=30),
    Field(key="born", label="出生日期", aliases=("出生年月", "出生年月日", "生日"), kind="date"),
    Field(key="sex", label="性别", kind="choice", choices={"1": ("男", "男性"), "2": ("女", "女性")}),
    Field(key="phone", label="电话", aliases=("手机", "手机号", "联系电话", "手机号码"), max_length=30),
    Field(key="place", label="村社", aliases=("社区", "村", "现住村社", "居住社区"), max_length=60),
)


def read(data: bytes, filename: str, places: Mapping[str, int]) -> tuple[list[NewResident], list[dict[str, Any]]]:
    """Rows, and faults by row and column. Raises SheetRefused. Birth and sex follow from a number where they are missing."""
    sheet = open_sheet(data, filename).sheet(None, FIELDS)
    matching = match_columns(sheet.header.names, FIELDS)
    matching.check()
    checked = check_rows(sheet, matching.columns, FIELDS)
    rows, faults = [], []
    for row in checked.good:
        values = row.values
        identity = str(values.get("identity") or "")
        known = normalise_identity(identity) if identity else None
        if identity and known is None:
            faults.append({"row": row.number, "column": _("身份证号"), "what": _("号码不对，请核对或留空")})
            continue
        rows.append(_resident(values, known, places))
    faults += [
        {"row": one.row, "column": one.column_name or one.column, "what": one.text(_)} for one in checked.problems
    ]
    return rows, sorted(faults, key=lambda one: one["row"])


def _resident(values: Mapping[str, Any], identity: str | None, places: Mapping[str, int]) -> NewResident:
    born, sex = values.get("born"), str(values.get("sex") or "")
    if identity and not born:
        born = birth_in(identity)
    if identity and not sex:
        sex = sex_in(identity)
    place = str(values.get("place") or "")
    return NewResident(
        str(values.get("name") or ""), str(values.get("phone") or ""), identity or "", born, sex, places.get(place)
    )
