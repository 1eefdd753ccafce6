"""The problem bank of the viewer's scope: what waits, for what, since when, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, overload

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell.view_models import ChosenFilter
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.mechanism import loop as current_loop
from genmai.processes.cases.models import BankEntry
from genmai.processes.cases.queries import problem_bank as queries
from genmai.processes.cases.queries.problem_bank import Filters


class Found(Sequence[BankEntry]):
    """The matching stays, read one page at a time."""

    def __init__(self, viewer: Viewer, filters: Filters, at: datetime, total: int) -> None:
        self.viewer, self.filters, self.at, self.total = viewer, filters, at, total

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, index: int) -> BankEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[BankEntry]: ...
    def __getitem__(self, index: int | slice) -> BankEntry | list[BankEntry]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop = index.start or 0, index.stop or self.total
        return queries.page(self.viewer, filters=self.filters, at=self.at, offset=start, limit=max(stop - start, 0))


@dataclass(frozen=True)
class Line:
    """One matter in the bank."""

    url: str
    number: str
    title: str
    place: str
    owner: str
    reason: str
    missing: str
    waited: str
    reviews: int
    review_at: datetime
    late: bool


@never_cache
@signed_in
@require_safe
def problem_bank(request: HttpRequest) -> HttpResponse:
    """One page of the list, with the sums of all that match."""
    asked = cast(AskedRequest, request)
    viewer, now, query = asked.viewer, asked.now, request.GET
    owners = queries.owners(viewer, at=now)
    reasons = _reasons()
    filters = _read(query, {one.organisation.code for one in owners}, set(dict(reasons)))
    sums = queries.sums(viewer, filters=filters, at=now)
    page = Paginator(Found(viewer, filters, now, sums.all), queries.PAGE).get_page(query.get("page"))
    page.object_list = cast(Any, [_line(one, now) for one in page.object_list])
    bodies = [(o.organisation.code, f"{o.organisation.short_name} {o.n}") for o in owners]
    selects = [
        ("owner", gettext("哪个单位"), filters.owner, bodies),
        ("reason", gettext("为什么"), filters.reason, reasons),
    ]
    context = {
        "nav_key": "bank", "now": now, "page": page, "sums": sums, "filters": filters, "selects": selects,
        "chosen": _chosen(query, filters, dict(bodies), dict(reasons)), "headline": _headline(sums),
    }  # fmt: skip
    return render(request, "problem_bank/list.html", context)


def _reasons() -> list[tuple[str, str]]:
    bank = definition_of(current_loop()).bank
    return [(key, words.say(text)) for key, text in bank.reasons.items()] if bank else []


def _read(query: QueryDict, codes: set[str], reasons: set[str]) -> Filters:
    """The filters of an address; what makes no sense, or lies outside the scope, is left out."""
    owner, reason = query.get("owner", ""), query.get("reason", "")
    return Filters(
        owner=owner if owner in codes else "",
        reason=reason if reason in reasons else "",
        late=query.get("late") == "1",
        old=query.get("old") == "1",
    )


def _headline(sums: queries.Sums) -> str:
    if not sums.all:
        return gettext("现在没有挂账的事。")
    said = ngettext("挂账 {n} 件", "挂账 {n} 件", sums.all).format(n=sums.all)
    late = gettext("{n} 件到期没复查").format(n=sums.late) if sums.late else gettext("都按时复查了")
    return gettext("{all}，{late}；{old} 件挂了三个月以上。").format(all=said, late=late, old=sums.old)


def _line(entry: BankEntry, now: datetime) -> Line:
    case = entry.case
    bank = definition_of(case.mechanism).bank
    reason = bank.reasons.get(entry.reason) if bank else None
    days = max((now - entry.banked_at).days, 0)
    return Line(
        url=reverse("case", args=[case.public_id]),
        number=case.number,
        title=words.title_of(case, 34),
        place=case.place_text or case.home.short_name,
        owner=entry.owner.short_name,
        reason=words.say(reason) if reason else "",
        missing=entry.missing,
        waited=ngettext("{n} 天", "{n} 天", days).format(n=days),
        reviews=entry.reviews,
        review_at=entry.review_due_at,
        late=entry.review_due_at < now,
    )


def _chosen(query: QueryDict, filters: Filters, bodies: dict[str, str], reasons: dict[str, str]) -> list[ChosenFilter]:
    """The filters in force, each with the address without it."""
    found = [
        ("owner", bodies.get(filters.owner, "")),
        ("reason", reasons.get(filters.reason, "")),
        ("late", gettext("到期没复查的") if filters.late else ""),
        ("old", gettext("挂了三个月以上的") if filters.old else ""),
    ]
    return [ChosenFilter(label, _without(query, name)) for name, label in found if label]


def _without(query: QueryDict, name: str) -> str:
    kept = query.copy()
    for gone in (name, "page"):
        kept.pop(gone, None)
    return f"?{kept.urlencode()}" if kept else "?"
