"""The register: counts beside the quota, then row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Standing, StandingKind, Tree
from genmai.directory.roster.queries import honours as queries
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.scope import check_sees
from genmai.interfaces.web.organisations import asking
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach

PAGE = 50


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Honours by kind and year; or disciplines, for who has that right. Six queries at most."""
    asked = cast(AskedRequest, request)
    check_sees(asked.viewer)
    right = bool(asked.viewer.paths(queries.DISCIPLINE, Reach.VIEW, tree=Tree.PARTY))
    kind = StandingKind.DISCIPLINE if request.GET.get("kind") == "discipline" else StandingKind.HONOUR
    if kind == StandingKind.DISCIPLINE and not right:
        raise NotPermitted("not_permitted", "处分由镇街党建办和组织部登记，您的账号没有这个权限")
    question = asking.read(asked.viewer, {name: request.GET.get(name, "") for name in ("as_at", "known")}, asked.now)
    when: dict[str, Any] = {"as_at": question.as_at, "known_at": question.known_at}
    rows = queries.standings(asked.viewer, kind=kind, at=asked.now, **when)
    code, year, level = request.GET.get("code", ""), _year(request.GET.get("year", "")), request.GET.get("level", "")
    honours, levels = mechanism.honours().honours, mechanism.members().levels
    shown = narrowed(rows, request.GET)
    found = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    base = reverse("honours")
    context: dict[str, Any] = {
        "nav_key": "members", "now": asked.now, "kind": kind.value, "page": found, "year": year, "code": code,
        "level": level, "total": found.paginator.count, "narrowed": bool(code or year or level),
        "rows": [_line(asked, row) for row in queries.seen_as(found.object_list, **when)], "asked": question,
        "action": base, "today_url": base + question.today().kept(**_chosen(request)), "hidden": list(_chosen(request).items()),
        "years": queries.years(rows) if kind == StandingKind.HONOUR else [],
        "codes": [(key, words.say(one.title)) for key, one in honours.items()],
        "levels": [(key, words.say(one)) for key, one in levels.items()],
        "tabs": [
            Tab(_("荣誉"), base + question.kept(), kind == StandingKind.HONOUR),
            *([Tab(_("处分"), base + question.kept(kind="discipline"), kind == StandingKind.DISCIPLINE)] if right else []),
        ],
        "rule": mechanism.ref_of(mechanism.HONOURS),
    }  # fmt: skip
    if kind == StandingKind.HONOUR:
        context["counts"] = [
            (words.say(honours[one.code].title), words.chosen(levels, one.level), one, words.say(honours[one.code].source),
             base + question.kept(code=one.code, year=str(year or "")),
             -one.left if one.left is not None and one.left < 0 else 0)
            for one in queries.counts(rows, year=year, **when)
        ]  # fmt: skip
    return render(request, "honours/register.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What the address narrows to besides the day."""
    return {name: request.GET[name][:40] for name in ("kind", "year", "level", "code") if request.GET.get(name)}


def narrowed(rows: QuerySet[Standing], asked: Mapping[str, str]) -> QuerySet[Standing]:
    """By kind, year and level of the address; a value that is none narrows to nothing, or, of a year, not at all."""
    for name, value in (("code", asked.get("code", "")[:40]), ("year", _year(asked.get("year", ""))),
                        ("level", asked.get("level", "")[:24])):  # fmt: skip
        rows = rows.filter(**{name: value}) if value else rows
    return rows


def _line(asked: AskedRequest, row: Standing) -> tuple[Standing, str, str, str, str]:
    """A row, its name and level, and how it stands in shape and word."""
    level = words.chosen(mechanism.members().levels, row.level) if row.level else "—"
    return (row, name_of(row), level, *state_of(row, asked))


def name_of(row: Standing) -> str:
    """In the reader's language where the mechanism names it; else as it was written."""
    listed = mechanism.honours().honours if row.kind == StandingKind.HONOUR else mechanism.members().disciplines
    return words.say(listed[row.code].title) if row.code in listed else row.name


def state_of(row: Standing, asked: AskedRequest) -> tuple[str, str]:
    """Shape and word of how an honour or discipline stands today, or on the day it was asked about."""
    if row.ended is not None:
        return "late", _("已撤销")
    if row.kind == StandingKind.HONOUR:
        return "done", _("有效")
    if row.until is not None and row.until <= (row.asked_day or day_of(asked.now)):
        return "done", _("影响期满")
    return "in-hand", _("影响期内")


def _year(typed: str) -> int | None:
    return int(typed) if typed.isdigit() and len(typed) == 4 else None
