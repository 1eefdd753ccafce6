"""Where each role can go from every page. Data: a page builder adds one row; rows whose page is not there are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.shell.view_models import NavItem

OFFICE = frozenset({"town_desk", "department", "district_office", "leader", "administrator"})
BASE = frozenset({"grid_worker", "village_secretary"})
EVERYONE = OFFICE | BASE

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """One place to go: `url_name` is reversed at drawing time; `roles` are the role keys that see it."""

    key: str
    label: object
    url_name: str
    icon: str
    roles: frozenset[str]


ENTRIES = (
    Entry("inbox", _("我的事"), "my_work", "inbox", EVERYONE),
    Entry("dispatch", _("派单"), "dispatch_desk", "dispatch", frozenset({"town_desk", "district_office"})),
    Entry("hotline", _("接电话"), "hotline", "phone", frozenset({"town_desk", "district_office", "village_secretary"})),
    Entry("cases", _("全部事项"), "cases", "list", EVERYONE),
    Entry("unit", _("本单位"), "my_unit", "unit", EVERYONE),
    Entry("import", _("导入"), "import_sheet", "import", frozenset({"town_desk", "district_office", "administrator"})),
    Entry("people", _("人员"), "people", "people", frozenset({"administrator"})),
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
        items.append(NavItem(entry.key, str(entry.label), url, entry.icon, counts.get(entry.key, 0)))
    return items


def counts_of(request: HttpRequest) -> Counts:
    """What waits for this person, if the page's middleware has put a counter on the request."""
    counter: Callable[[], Counts] | None = getattr(request, "nav_counts", None)
    return counter() if counter else {}
