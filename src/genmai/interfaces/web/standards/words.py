"""What people read about a list: an item's state, a mark's, where the text comes from."""

from __future__ import annotations

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from genmai.mechanisms.schema import Text
from genmai.processes.registers.standards.definition import Item
from genmai.processes.registers.standards.owed import Owed

MARKS = {
    "shown": ("in-hand", gettext_lazy("已亮出，等上级看")),
    "confirmed": ("done", gettext_lazy("上级看过，通过")),
    "returned": ("late", gettext_lazy("上级退回，要重做")),
    "withdrawn": ("new", gettext_lazy("自己撤回了")),
}
PLAIN = gettext_lazy("已亮出")
SOURCES = {
    "public": gettext_lazy("条目见公开文件。"),
    "reconstructed": gettext_lazy("名称见公开报道，逐条内容没有公开：这里的条目是可改的默认，不是正式条文。"),
    "blank": gettext_lazy("条目没有公开，由本地填写。"),
}
EVERY = {
    "once": gettext_lazy("一次办好"),
    "month": gettext_lazy("每月"),
    "quarter": gettext_lazy("每季"),
    "half_year": gettext_lazy("每半年"),
    "year": gettext_lazy("每年"),
}


def say(text: Text | None) -> str:
    """A mechanism's words in the reader's language."""
    if text is None:
        return ""
    return text.en if get_language() == "en" else text.zh


def standing(row: Owed, item: Item, review: bool) -> tuple[str, str]:
    """An item's shape and word for one body."""
    if row.done:
        looked = row.looked >= row.target
        return "done", _("亮了，上级看过") if looked and review else _("亮了")
    if row.shown:
        unit = say(item.unit)
        return "in-hand", _("{n} / {target} {unit}").format(n=row.shown, target=row.target, unit=unit)
    return "new", _("还没亮")


def rhythm(item: Item) -> str:
    """How often and how many."""
    every = str(EVERY[item.every])
    if item.target == 1:
        return every
    return _("{every}{n} {unit}").format(every=every, n=item.target, unit=say(item.unit))
