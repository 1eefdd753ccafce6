"""The list of estates, those without management first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import descendants, organisations_by_code
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import words
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Estate, Management
from genmai.processes.registers.queries import estates as queries
from genmai.processes.registers.queries import matters
from genmai.processes.registers.queries.estates import PAGE, Facts, Filters


@dataclass(frozen=True)
class Row:
    """One estate in the list."""

    estate: Estate
    facts: Facts
    badge: tuple[str, str]
    committee: words.Term | None
    contract: words.Term | None
    type: str


def is_party(viewer: Viewer) -> bool:
    """A party of an estate: its entrance is what it takes part in."""
    return bool(viewer.paths("cases:party", Reach.VIEW))


def check_view(viewer: Viewer) -> None:
    """Raises NotPermitted."""
    if not viewer.paths("estates:view", Reach.VIEW):
        raise NotPermitted("not_permitted", "小区由社区、镇街和区来看，您的账号没有这个权限")


def unit_of(asked: AskedRequest) -> Organisation | None:
    """The unit the address narrows to. Raises NotFound outside the scope."""
    return unit_named(asked.viewer, asked.GET.get("org", ""), asked.now)


def unit_named(viewer: Viewer, typed: str, now: datetime) -> Organisation | None:
    """The unit of a code, None without one. Raises NotFound outside the scope."""
    code = typed.strip()[:40].replace("\x00", "")
    if not code:
        return None
    found = organisations_by_code(viewer, codes=[code], at=now).get(code)
    if found is None or not viewer.may("estates:view", found.path, Reach.VIEW):
        raise NotFound
    return found


@signed_in
@require_safe
def estates(request: HttpRequest) -> HttpResponse:
    """All estates in scope; filters stand in the address."""
    asked = cast(AskedRequest, request)
    viewer, day = asked.viewer, day_of(asked.now)
    check_view(viewer)
    if is_party(viewer):
        return redirect("estates_together")
    unit = unit_of(asked)
    how = request.GET.get("how", "")
    filters = Filters(
        words=request.GET.get("q", "").replace("\x00", "").strip()[:40],
        management=how if how in Management.values else "",
        organisation_id=unit.pk if unit else None,
    )
    number = _number(request.GET.get("page", ""))
    found, total = queries.page(viewer, filters=filters, day=day, offset=(number - 1) * PAGE)
    counted = queries.counts(viewer, filters=filters, day=day)
    waiting = matters.counts(viewer)
    context = {
        "nav_key": "estates", "now": asked.now, "rows": [row_of(estate, facts, day) for estate, facts in found],
        "page": Told(found, number, total), "tabs": _tabs(request, counted, how), "q": filters.words, "how": how,
        "units": _units(viewer, asked), "unit": unit, "may_register": viewer.may("estates:manage"),
        "waiting": waiting.get("submitted", 0), "may_meet": bool(viewer.paths("meetings:view", Reach.VIEW)),
        "left": counted.get("none", 0), "whole": sum(counted.values()), "narrowed": bool(filters.words or how or unit),
    }  # fmt: skip
    return render(request, "estates/list.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1


class Told(Page[Any]):
    """A page of rows already fetched, for the pager."""

    def __init__(self, rows: list[Any], number: int, total: int, size: int = PAGE) -> None:
        super().__init__(rows, number, Paginator(range(total), size))


def row_of(estate: Estate, facts: Facts, day: Any) -> Row:
    """As the list shows it."""
    rules = rules_of(estate.mechanism)
    managed = facts.management.management if facts.management else Management.NONE.value
    kind = words.title(rules.types, facts.profile.estate_type) if facts.profile else ""
    return Row(
        estate, facts, words.managed_badge(managed), words.term(facts.committee, rules, day),
        words.term(facts.management, rules, day), kind,
    )  # fmt: skip


def _tabs(request: HttpRequest, counted: dict[str, int], how: str) -> list[Tab]:
    kept = request.GET.copy()
    for name in ("how", "page"):
        kept.pop(name, None)

    def address(value: str) -> str:
        query = kept.copy()
        if value:
            query["how"] = value
        return f"?{query.urlencode()}"

    found = [Tab(_("全部"), address(""), not how, sum(counted.values()))]
    order = ("none", "professional", "owners", "community")
    return found + [
        Tab(str(words.MANAGEMENT[key]), address(key), how == key, counted[key]) for key in order if counted.get(key)
    ]


def _units(viewer: Viewer, asked: AskedRequest) -> list[tuple[str, str]]:
    """Towns for the district, communities for a town; nothing to choose for a community."""
    if viewer.organisation_id is None or viewer.level < 4:
        return []
    kind = OrganisationKind.TOWN if viewer.level > 4 else OrganisationKind.COMMUNITY
    ours = Organisation(pk=viewer.organisation_id)
    return [(o.code, o.short_name) for o in descendants(viewer, organisation=ours, at=asked.now, kinds=[kind])]


__all__ = ["Told", "check_view", "estates", "is_party", "row_of", "unit_named", "unit_of"]
