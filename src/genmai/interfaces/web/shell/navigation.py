"""Where each role can go from every page. A page builder adds one row; rows whose page is not there are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.view_models import NavItem

# Role keys of directory.access.roles; administrators and auditors see no cases.
BASE = frozenset({"grid_worker", "village_cadre", "village_secretary"})
DESKS = frozenset({"town_desk", "district_office"})
LEADERS = frozenset({"town_leader", "district_leader"})
HANDLING = BASE | DESKS | LEADERS | {"department"}
INSPECTED = DESKS | LEADERS | {"department"}

ESTATES = DESKS | LEADERS | {"village_cadre", "village_secretary", "estate_party"}
PARTY = frozenset({"branch_secretary", "party_office", "party_organiser"})

OVER_MEMBERS = frozenset({"party_office", "party_organiser"})
FLOWING = BASE | OVER_MEMBERS | {"branch_secretary"}

Counts = Mapping[str, int]
# The letter that leads to a page after g; a page without one is reached by its number.
GO = {
    "inbox": "i",
    "dispatch": "d",
    "hotline": "h",
    "cases": "c",
    "unit": "u",
    "import": "m",
    "board": "b",
    "people": "p",
}


@dataclass(frozen=True)
class Entry:
    """One place to go: `url_name` is reversed at drawing time; `roles` are keys of directory.access.roles."""

    key: str
    label: object
    url_name: str
    icon: str
    roles: frozenset[str]


ENTRIES = (
    Entry("inbox", _("我的事"), "my_work", "inbox", HANDLING | PARTY),
    Entry("board", _("总览"), "board", "figures", DESKS | LEADERS),
    Entry("dispatch", _("派单"), "dispatch_desk", "dispatch", DESKS | {"village_secretary"}),
    Entry("hotline", _("接电话"), "hotline", "phone", DESKS | {"village_secretary"}),
    Entry("cases", _("全部事项"), "cases", "list", HANDLING),
    Entry("inspection", _("暗访督查"), "inspection", "inspect", INSPECTED),
    Entry("bank", _("挂账"), "problem_bank", "clock", DESKS | LEADERS | {"department"}),
    Entry("hot_spots", _("热点"), "hot_spots", "place", DESKS | LEADERS),
    Entry("estates", _("小区"), "estates", "estate", ESTATES),
    Entry("meetings", _("联席会议"), "meetings", "meeting", ESTATES | {"department"}),
    Entry("procedures", _("档案"), "procedures", "report", PARTY),
    Entry("standards", _("亮显专项"), "standards", "done", PARTY),
    Entry("members", _("党员"), "members", "people", PARTY),
    Entry("statistics", _("党员统计"), "statistics", "figures", PARTY),
    Entry("registry", _("导入名册"), "registry", "import", frozenset({"party_office", "party_organiser"})),
    Entry("flowing", _("流动党员"), "flowing", "people", FLOWING),
    Entry("duplicates", _("重复的人"), "duplicates", "people", OVER_MEMBERS),
    Entry("unit", _("本单位"), "my_unit", "unit", HANDLING),
    Entry("emergency", _("应急"), "emergencies", "warning", DESKS | LEADERS),
    Entry("import", _("导入"), "import_sheet", "import", DESKS),
    Entry(
        "organisations",
        _("组织"),
        "organisations",
        "unit",
        DESKS | LEADERS | {"village_secretary", "administrator", "party_organiser", "party_office"},
    ),
    Entry("people", _("账号"), "people", "people", frozenset({"security_administrator"})),
    Entry("looking", _("不寻常的查看"), "looking", "warning", frozenset({"security_auditor"})),
    Entry("security", _("安全日志"), "security_log", "list", frozenset({"security_auditor"})),
)


def entries_for(role: str, counts: Counts | None = None) -> list[NavItem]:
    """The rail of a role, with what waits in each place."""
    counts = counts or {}
    items = []
    for entry in ENTRIES:
        if role not in entry.roles:
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        items.append(
            NavItem(entry.key, str(entry.label), url, entry.icon, counts.get(entry.key, 0), GO.get(entry.key, ""))
        )
    return items


def counts_of(request: HttpRequest) -> Counts:
    """What waits for this person, if the page's middleware has put a counter on the request."""
    counter: Callable[[], Counts] | None = getattr(request, "nav_counts", None)
    return counter() if counter else {}
