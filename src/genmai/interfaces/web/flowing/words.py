"""Words and shapes of states; a mechanism's own words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from genmai.mechanisms.schema import Text

CANDIDATE: Mapping[str, tuple[str, Any]] = {
    "found": ("new", _("等人联系")),
    "trying": ("in-hand", _("联系过，还没联系上")),
    "declared": ("done", _("本人已报到")),
    "not_member": ("done", _("本人说不是党员")),
    "here": ("done", _("组织关系就在本地")),
    "closed": ("done", _("联系不上，先放下")),
    "expired": ("done", _("名单到期销毁，没来得及联系")),
}
RECORD: Mapping[str, tuple[str, Any]] = {
    "planned": ("new", _("拟流出")),
    "out": ("new", _("已流出，流入地还没接上")),
    "declared": ("new", _("本人已报到，等流出地核对")),
    "settled": ("in-hand", _("已流入，双方都确认")),
    "keeping": ("in-hand", _("联系中")),
    "lost": ("late", _("失联")),
    "returned": ("done", _("已返回")),
    "transferred": ("done", _("组织关系已转")),
    "withdrawn": ("done", _("登记错了，已撤下")),
}
SOURCES: Mapping[str, Any] = {
    "screening": _("数据筛选"), "registration": _("新居民登记"), "visit": _("网格走访"),
}  # fmt: skip
VERBS: Mapping[str, Any] = {
    "find": _("登记"), "miss": _("没联系上"), "declare": _("本人报到"), "deny": _("说不是党员"),
    "settle": _("组织关系就在本地"), "close": _("联系不上，先放下"), "plan": _("登记拟流出"), "leave": _("登记流出"),
    "confirm": _("流出地确认"), "disown": _("流出地说不是本支部的"), "contact": _("联系上了"), "reach": _("联系上了"),
    "care": _("关爱和学习"), "lose": _("认定失联"), "come_back": _("返回"), "transfer": _("转走组织关系"),
    "withdraw": _("撤下登记"), "name_home": _("问清了在哪个支部"),
}  # fmt: skip
CLOCKS: Mapping[str, Any] = {
    "transfer": _("离开满六个月，地方固定的话，请研究转组织关系"),
    "silent": _("很久没联系上了，请想办法联系"),
    "lost": _("半年以上没联系上，请支部研究"),
}
EVENTS: Mapping[str, Any] = {
    "listed": _("交来名单"), "failed": _("没有比对成"), "again": _("请再比对一次"), "compared": _("比对完，找到候选"), "opened": _("有人看了一行"), "destroyed": _("销毁密钥和名单"),
}  # fmt: skip
SIDES: Mapping[str, Any] = {"home": _("流出地做"), "host": _("流入地做"), "both": _("两边都做")}
FAILED: Mapping[str, Any] = {
    "memory": _("电脑的内存不够，名单和党员名册放不下"),
    "sealed": _("名单打不开：封存它的密钥和这台电脑现在用的对不上"),
    "stopped": _("比对到一半，程序被停掉了，多半是电脑内存不够"),
    "broken": _("比对的程序出了错"),
}


def say(text: Text | None) -> str:
    """In the reader's language."""
    if text is None:
        return ""
    return text.en if get_language() == "en" else text.zh


def titles(rows: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and words of a section's rows."""
    return [(key, say(row if isinstance(row, Text) else row.title)) for key, row in rows.items()]
