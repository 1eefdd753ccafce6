"""换届: the village teams before and after a change of term, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster import mechanism
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.scope import scope_of
from genmai.kernel.viewer import Viewer
from genmai.reports.statistics.turn import Ratio, Team, before_and_after, turns


@dataclass(frozen=True)
class Line:
    """One figure before and after."""

    title: str
    before: str
    after: str
    before_of: str
    after_of: str
    small: bool


@signed_in
@require_safe
def turn(request: HttpRequest) -> HttpResponse:
    """Seven queries. The last change of term, unless another day is asked for."""
    asked = cast(AskedRequest, request)
    scope = scope_of(asked, reverse("statistics_turn"))
    days = turns(asked.viewer, path=scope.path, known_at=scope.known_at)
    on = day_asked(request.GET.get("on", "")) or (days[0][0] if days else None)
    before, after = (
        before_and_after(asked.viewer, path=scope.path, on=on, known_at=scope.known_at) if on else (None, None)
    )
    kept = {"branch": scope.body.code if scope.body else "", "known": f"{scope.known}" if scope.known else ""}
    context = {
        "nav_key": "statistics", "scope": scope, "now": asked.now,
        "days": [(day, n, f"?{urlencode({**_said(kept), 'on': day.isoformat()})}") for day, n in days],
        "today_url": f"?{urlencode({**_said({**kept, 'known': ''}), **({'on': on.isoformat()} if on else {})})}", "on": on, "ref": mechanism.ref_of(mechanism.STATISTICS),
        "before": before, "after": after, "small": mechanism.statistics().small,
        "lines": _lines(before, after) if before and after and (before.people or after.people) else [],
    }  # fmt: skip
    return render(request, "statistics/turn.html", context)


def _said(given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _lines(before: Team, after: Team) -> list[Line]:
    return [
        _ratio(_("一肩挑"), before.both, after.both, _("个村社")),
        Line(
            _("平均年龄"), _years(before), _years(after), _("{n} 人").format(n=before.aged),
            _("{n} 人").format(n=after.aged), min(before.aged, after.aged) < mechanism.statistics().small,
        ),
        _ratio(_("大专及以上"), before.college, after.college, _("人")),
        _ratio(_("女性"), before.women, after.women, _("人")),
    ]  # fmt: skip


def _ratio(title: str, before: Ratio, after: Ratio, unit: str) -> Line:
    return Line(
        title, _percent(before), _percent(after), f"{before.n} / {before.d} {unit}", f"{after.n} / {after.d} {unit}",
        before.small or after.small,
    )  # fmt: skip


def _percent(ratio: Ratio) -> str:
    return "—" if ratio.percent is None else f"{ratio.percent}%"


def _years(team: Team) -> str:
    return "—" if team.mean_age is None else _("{n} 岁").format(n=team.mean_age)


def day_asked(typed: str) -> date | None:
    """The day of an address; None for none."""
    try:
        return parse_date(typed.strip())
    except ValueError:
        return None


Figures = tuple[float | None, int | None, int]  # the value, n, of how many
TurnRow = tuple[str, str, Figures, Figures, bool]


def turn_rows_of(viewer: Viewer, path: str, on: date, known_at: datetime | None = None) -> list[TurnRow]:
    """The same lines as numbers, for a sheet; none where nobody held a post on either day."""
    before, after = before_and_after(viewer, path=path, on=on, known_at=known_at)
    if not (before.people or after.people):
        return []
    ages = _age(before), _age(after)
    return [
        (_("一肩挑"), "%", _numbers(before.both), _numbers(after.both), before.both.small or after.both.small),
        (_("平均年龄"), _("岁"), *ages, min(before.aged, after.aged) < mechanism.statistics().small),
        (_("大专及以上"), "%", _numbers(before.college), _numbers(after.college), before.college.small or after.college.small),
        (_("女性"), "%", _numbers(before.women), _numbers(after.women), before.women.small or after.women.small),
    ]  # fmt: skip


def _numbers(ratio: Ratio) -> Figures:
    return None if ratio.percent is None else float(ratio.percent), ratio.n, ratio.d


def _age(team: Team) -> Figures:
    return None if team.mean_age is None else float(team.mean_age), None, team.aged
