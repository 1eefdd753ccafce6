"""What a check finds, one sentence each; what was recorded is never told, because only digests of it are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from django.utils.translation import gettext_noop as _


class Fault(StrEnum):
    """How a file can differ from what was exported."""

    CELL = "cell"
    FORMULA = "formula"
    ROW_ADDED = "row_added"
    ROW_REMOVED = "row_removed"
    ORDER = "order"
    HEADER = "header"
    COLUMN_ADDED = "column_added"
    COLUMN_REMOVED = "column_removed"
    LINE = "line"
    NOTE = "note"
    SHEET = "sheet"
    RECORD = "record"


SENTENCES: Mapping[Fault, str] = {
    Fault.CELL: _("工作表“{sheet}” {address}：“{column}”一格改过（{row}）"),
    Fault.FORMULA: _("工作表“{sheet}” {address}：“{column}”一格换成了公式（{row}）"),
    Fault.ROW_ADDED: _("工作表“{sheet}”第 {line} 行是多出来的（{row}）"),
    Fault.ROW_REMOVED: _("少了一行：导出时的第 {was} 条，原在第 {line} 行"),
    Fault.ORDER: _("工作表“{sheet}”第 {line} 行换了位置：导出时是第 {was} 条（{row}）"),
    Fault.HEADER: _("工作表“{sheet}” {address}：列名改过，原来这一列是“{column}”"),
    Fault.COLUMN_ADDED: _("工作表“{sheet}”第 {letter} 列是多出来的"),
    Fault.COLUMN_REMOVED: _("少了一列：“{column}”"),
    Fault.LINE: _("工作表“{sheet}” {address}：表头上方的说明改过（标题、截至时间、范围、口径、导出人、校验码这几行）"),
    Fault.NOTE: _("工作表“{sheet}” {address}：说明页改过"),
    Fault.SHEET: _("少了工作表“{sheet}”"),
    Fault.RECORD: _("系统里留存的核对记录本身对不上封存的记录，这次核对不能作数，请告诉系统管理员"),
}
KEYED_BY = _("{column}：{value}")
NO_KEY = _("第 {line} 行")


@dataclass(frozen=True)
class Finding:
    """One difference; `params` fill its sentence."""

    fault: Fault
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the reader's language."""
        params = dict(self.params)
        if "row" in params:
            column, value, line = cast(tuple[str, str, int], params["row"])
            words = translate(KEYED_BY if value else NO_KEY)
            params["row"] = words.format(column=column, value=value, line=line)
        return translate(SENTENCES[self.fault]).format(**params)
