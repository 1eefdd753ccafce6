"""Shapes and words of estates: how managed, how a term stands, where a matter is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.words import say
from genmai.processes.registers.estate_rules import EstateRules
from genmai.processes.registers.models import Clearing, Entry, EntryKind, Management

MANAGEMENT: Mapping[str, object] = {
    Management.PROFESSIONAL.value: _("专业物业"),
    Management.OWNERS.value: _("业主自管"),
    Management.COMMUNITY.value: _("社区托管"),
    Management.NONE.value: _("没有物业"),
}
KINDS: Mapping[str, object] = {
    EntryKind.PROFILE.value: _("基本情况"),
    EntryKind.COMMITTEE.value: _("业主委员会"),
    EntryKind.MANAGEMENT.value: _("物业管理"),
    EntryKind.COMMISSIONER.value: _("小区专员"),
    EntryKind.ASSET.value: _("小区资产"),
}
STAYS: Mapping[str, tuple[str, object]] = {
    "listed": ("late", _("没有物业，还没定办法")),
    "planned": ("in-hand", _("办法已定，正在落实")),
    "cleared": ("done", _("已有人管")),
    "struck": ("done", _("列错了，已撤下")),
}
REVIEWS: Mapping[str, tuple[str, object]] = {
    "submitted": ("new", _("等审核")),
    "returned": ("in-hand", _("已退回，要改")),
    "passed": ("in-hand", _("审核通过，等表决")),
    "voted": ("done", _("表决结果已登记")),
    "withdrawn": ("done", _("已收回")),
}
TESTS: Mapping[str, object] = {
    "owners_voting": _("参与的业主人数"),
    "area_voting": _("参与的建筑面积"),
    "owners_for": _("同意的业主人数"),
    "area_for": _("同意的建筑面积"),
}


def titles(rows: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and words of a table of the mechanism."""
    return [(key, say(row if hasattr(row, "zh") else row.title)) for key, row in rows.items()]


def title(rows: Mapping[str, Any], key: str) -> str:
    """The words of one key; the key itself where the mechanism no longer has it."""
    found = rows.get(key)
    return say(found if hasattr(found, "zh") else found.title) if found is not None else key


@dataclass(frozen=True)
class Term:
    """How a term or contract stands on a day: shape, word."""

    shape: str
    word: str


def term(entry: Entry | None, rules: EstateRules, day: date) -> Term | None:
    """Running, ending soon, over; None where nothing ends."""
    if entry is None or entry.valid_to is None:
        return None
    if entry.valid_to <= day:
        return Term("late", gettext("已到期"))
    if entry.valid_to <= day + timedelta(days=rules.follow_up_days):
        return Term("new", gettext("快到期"))
    return Term("in-hand", gettext("任期内") if entry.kind == EntryKind.COMMITTEE else gettext("合同期内"))


def managed_badge(management: str, stay: Clearing | None = None) -> tuple[str, str]:
    """Shape and word of how an estate is managed."""
    if management != Management.NONE.value:
        return "done", str(MANAGEMENT.get(management, management))
    if stay is not None and stay.state == "planned":
        return "in-hand", gettext("没有物业，正在清零")
    return "late", str(MANAGEMENT["none"])


def fact_words(entry: Entry, rules: EstateRules) -> str:
    """One entry in one line, for the history."""
    if entry.struck:
        return gettext("撤回：") + gettext("这一条记错了")
    if entry.kind == EntryKind.PROFILE:
        return gettext("{type}，{n} 户").format(type=title(rules.types, entry.estate_type), n=entry.households)
    if entry.kind == EntryKind.COMMITTEE:
        return gettext("{n} 人，其中党员 {p} 人，任期到 {until}").format(
            n=entry.members, p=entry.party_members, until=entry.valid_to
        )
    if entry.kind == EntryKind.MANAGEMENT:
        said = str(MANAGEMENT.get(entry.management, entry.management))
        named = f"{said} {entry.organisation.short_name}" if entry.organisation else said
        return gettext("{what}，合同到 {until}").format(what=named, until=entry.valid_to) if entry.valid_to else named
    if entry.kind == EntryKind.COMMISSIONER:
        return entry.person.display_name if entry.person else ""
    return asset_words(entry, rules)


def asset_words(entry: Entry, rules: EstateRules) -> str:
    """What it is and how much."""
    amount = f"{entry.quantity.normalize():f} {entry.unit}".strip() if entry.quantity is not None else ""
    return " ".join(part for part in (title(rules.assets, entry.asset), entry.title, amount) if part)
