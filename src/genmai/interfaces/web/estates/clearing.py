"""The list of estates without management, to zero: the figure, its months, the list, and the deeds behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import children, organisations_by_id
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import listing, words
from genmai.interfaces.web.shell import charts as draw
from genmai.interfaces.web.shell.time_words import SHANGHAI, exact_words, month_words
from genmai.interfaces.web.shell.view_models import Chart
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.measures.scores.case_figures import month_of, months_until
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Clearing, Estate
from genmai.processes.registers.queries import clearance
from genmai.processes.registers.queries import estates as queries
from genmai.processes.registers.queries.clearance import RULE, Left

MONTHS = 6


@dataclass(frozen=True)
class Line:
    """One estate on the list."""

    stay: Clearing
    badge: tuple[str, str]
    way: str
    late: bool
    last: str


def unit_for(asked: AskedRequest) -> Organisation:
    """The unit whose figure this is: the one asked for, else the viewer's own."""
    listing.check_view(asked.viewer)
    return unit_of(asked.viewer, asked.GET.get("org", ""), asked.now)


def unit_of(viewer: Viewer, code: str, now: datetime) -> Organisation:
    """The same from the words of an address. Raises NotFound outside the scope."""
    found = listing.unit_named(viewer, code, now)
    if found is not None:
        return found
    own = viewer.organisation_id
    if own is None or not viewer.may("estates:view", viewer.path, Reach.VIEW):
        raise NotFound
    return organisations_by_id(viewer, ids=[own], at=now)[own]


def ends_of(months: tuple[str, ...], now: datetime) -> list[datetime]:
    """The end of each month, of the running one now."""
    found = []
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(min(datetime.combine(after, time(), SHANGHAI), now))
    return found


@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """How many are left, since when, and what is being done about each."""
    asked = cast(AskedRequest, request)
    unit = unit_for(asked)
    months = months_until(month_of(asked.now), MONTHS)
    figures = clearance.left(asked.viewer, path=unit.path, moments=ends_of(months, asked.now))
    below = [o for o in children(asked.viewer, organisation=unit, at=asked.now) if o.kind in ("town", "community")]
    by_unit = clearance.by_unit(asked.viewer, paths=[o.path for o in below], until=asked.now)
    context = {
        "nav_key": "estates", "now": asked.now, "unit": unit, "lines": lines_of(asked.viewer, unit, asked.now),
        "chart": _chart(unit, months, figures),
        "below": [(o, by_unit[o.path]) for o in below if by_unit[o.path].d],
    }  # fmt: skip
    return render(request, "estates/clearing.html", context)


def lines_of(viewer: Viewer, unit: Organisation, now: datetime) -> list[Line]:
    """The list at and below a unit."""
    stays = [stay for stay in queries.open_stays(viewer) if stay.estate.home_path.startswith(unit.path)]
    return [_line(stay, now) for stay in stays]


def _line(stay: Clearing, now: datetime) -> Line:
    rules = rules_of(stay.estate.mechanism)
    steps = sorted(stay.steps.all(), key=lambda one: one.at)
    late = stay.planned_by is not None and stay.planned_by < now.astimezone(SHANGHAI).date()
    way = words.title(rules.ways, stay.way) if stay.way else ""
    shape, word = words.STAYS[stay.state]
    return Line(stay, (shape, str(word)), way, late, steps[-1].text if steps else "")


def _chart(unit: Organisation, months: tuple[str, ...], figures: list[Left]) -> Chart:
    question = _("还剩几个小区没有物业？")
    last, first = figures[-1], figures[0]
    answer = _("%(name)s登记的 %(d)s 个小区里，还剩 %(n)s 个没有物业。") % {
        "name": unit.short_name, "d": last.d, "n": last.n,
    }  # fmt: skip
    if last.d and not last.n:
        answer = _("%(name)s登记的 %(d)s 个小区都有人管了。") % {"name": unit.short_name, "d": last.d}
    elif first.d and first.n != last.n:
        answer += _("%(month)s底是 %(n)s 个。") % {"month": _month(months[0]), "n": first.n}
    shown = [
        draw.Column(str(int(month[5:])), float(one.n) if one.d else None, str(one.n))
        for month, one in zip(months, figures, strict=True)
    ]
    rows = [
        [month, _count(unit, month, one.n), _count(unit, month, one.d)]
        for month, one in zip(months, figures, strict=True)
    ]
    return Chart(
        question, answer, draw.columns(question, shown) if any(one.d for one in figures) else "",
        (_("到月底"), _("没有物业的"), _("登记的小区")), list(reversed(rows)),
        _("单位：个。只数登记过的小区；截至 %(at)s，规则 %(rule)s") % {"at": exact_words(last.until), "rule": RULE},
    )  # fmt: skip


def _month(month: str) -> str:
    return month_words(date.fromisoformat(f"{month}-01"))


def _count(unit: Organisation, month: str, n: int) -> str | SafeString:
    url = f"{reverse('estates_behind')}?org={unit.code}&month={month}"
    return format_html('<a href="{}">{}</a>', url, n) if n else "0"


@signed_in
@require_safe
def behind(request: HttpRequest) -> HttpResponse:
    """The estates in the figure of a month, each with the deed that decides."""
    asked = cast(AskedRequest, request)
    unit = unit_for(asked)
    month, until = month_asked(request.GET.get("month", ""), asked.now)
    found = clearance.behind(asked.viewer, path=unit.path, until=until)
    estates = named(asked.viewer, [one.estate_id for one in found])
    lines = [(one, estates[one.estate_id]) for one in found if one.estate_id in estates]
    left = sum(1 for one in found if one.left)
    context = {
        "nav_key": "estates", "now": asked.now, "unit": unit, "month": month, "until": until, "lines": lines,
        "n": left, "d": len(found), "rule": RULE,
        "kinds": kinds(),
    }  # fmt: skip
    return render(request, "estates/behind.html", context)


def kinds() -> dict[str, str]:
    """What each deed that decides says of an estate."""
    return {
        "estate.registered": _("登记时就有人管"), "estate.unmanaged": _("列入清单"), "estate.cleared": _("有人管了"),
        "estate.delisted": _("列错了，撤下"),
    }  # fmt: skip


def month_asked(typed: str, now: datetime) -> tuple[str, datetime]:
    """The month of an address in words (without one, the running month) and its end. Raises BadInput."""
    month = typed or month_of(now)
    until = _until(month, now)
    return _month(month), until


def _until(month: str, now: datetime) -> datetime:
    try:
        known = date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise BadInput("bad_month", "月份应写成 2026-03 的样子", field="month", allowed="2026-03") from wrong
    if known.year < 2000 or month > month_of(now):
        raise BadInput("bad_month", "月份应写成 2026-03 的样子", field="month", allowed="2026-03")
    return ends_of((month,), now)[0]


def named(viewer: Viewer, ids: list[UUID]) -> dict[UUID, Estate]:
    """Estates in the viewer's scope by public id."""
    rows = queries.visible(viewer).select_related("place", "home").filter(public_id__in=ids)
    return {estate.public_id: estate for estate in rows}


__all__ = ["behind", "kinds", "lines_of", "month_asked", "named", "page", "unit_for", "unit_of"]
