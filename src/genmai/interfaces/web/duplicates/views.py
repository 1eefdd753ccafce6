"""The list of pairs, one pair side by side, and the three things a person may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.roster.commands import merging
from genmai.directory.roster.linkage.explaining import probability_of
from genmai.directory.roster.models.linkage import Verdict
from genmai.directory.roster.policies import heads_of
from genmai.directory.roster.queries import duplicates as queries
from genmai.directory.roster.queries.duplicates import PAGE, Side
from genmai.interfaces.web.duplicates.waterfall import drawn
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.listing import Told
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.kernel.viewer import Viewer

BADGES: dict[str, tuple[str, Any]] = {
    Verdict.OPEN: ("new", gettext_lazy("还没看")),
    Verdict.SAME: ("done", gettext_lazy("已合并")),
    Verdict.DIFFERENT: ("done", gettext_lazy("不是同一个人")),
}
SEXES = {"1": gettext_lazy("男"), "2": gettext_lazy("女")}
TABLES = {
    "roster_membership": gettext_lazy("组织关系"),
    "roster_post": gettext_lazy("职务"),
    "roster_standing": gettext_lazy("奖惩"),
    "roster_duesmonth": gettext_lazy("党费"),
    "roster_transfer": gettext_lazy("转接"),
    "cases_caller": gettext_lazy("反映过的事"),
    "access_account": gettext_lazy("登录账号"),
}


@dataclass(frozen=True)
class Row:
    """One thing both records say, and whether they agree."""

    label: str
    first: str
    second: str

    @property
    def agrees(self) -> bool:
        return bool(self.first) and self.first == self.second


def _check(viewer: Viewer) -> None:
    if not heads_of(viewer, "people:merge"):
        raise NotPermitted("not_permitted", "是不是同一个人，由镇街和区里管党员信息的人来定，您的账号没有这个权限")


def likely(weight: float) -> str:
    """How sure, in words people use; the number stands beside."""
    share = probability_of(weight)
    if share >= 0.999:
        return _("几乎可以肯定")
    return _("很可能") if share >= 0.99 else _("可能")


def percent(weight: float) -> str:
    """99.2 %, never 100."""
    return f"{min(probability_of(weight) * 100, 99.9):.1f}%"


@signed_in
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Open pairs, the likeliest first; what was said of the others in tabs."""
    asked = cast(AskedRequest, request)
    _check(asked.viewer)
    verdict = request.GET.get("state", Verdict.OPEN)
    verdict = verdict if verdict in Verdict.values else Verdict.OPEN.value
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1
    found, total = queries.page(asked.viewer, verdict=verdict, offset=(number - 1) * PAGE)
    people = [one for pair in found for one in (pair.first_id, pair.second_id)]
    branches = queries.branches_of(asked.viewer, people=people)
    counted = queries.counts(asked.viewer)
    rows = [
        (pair, branches.get(pair.first_id), branches.get(pair.second_id), likely(pair.weight), percent(pair.weight))
        for pair in found
    ]
    tabs = [Tab(str(BADGES[one][1]), f"?state={one}", one == verdict, counted.get(one, 0)) for one in Verdict.values]
    context = {
        "nav_key": "duplicates", "now": asked.now, "rows": rows, "tabs": tabs, "verdict": verdict,
        "badge": BADGES[verdict], "page": Told(found, number, total, PAGE),
    }  # fmt: skip
    return render(request, "duplicates/list.html", context)


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Two records side by side."""
    asked = cast(AskedRequest, request)
    _check(asked.viewer)
    pair = queries.one(asked.viewer, public_id=public_id)
    first, second = queries.sides(asked.viewer, pair=pair)
    made = queries.standing_merge(asked.viewer, pair=pair)
    moved = queries.moved(asked.viewer, merge=made) if made else {}
    context = {
        "nav_key": "duplicates", "now": asked.now, "pair": pair, "badge": BADGES[pair.verdict],
        "rows": _rows(first, second), "first": first, "second": second,
        "explained": drawn(queries.explained(asked.viewer, pair=pair).lines), "likely": likely(pair.weight), "percent": percent(pair.weight),
        "merge": made, "moved": [(TABLES.get(table, _("其他记录")), n) for table, n in sorted(moved.items())],
        "said": [(said, BADGES[said.verdict][1]) for said in queries.judgements(asked.viewer, pair=pair)],
        "keys": [new_key() for _each in range(3)],
    }  # fmt: skip
    return render(request, "duplicates/pair.html", context)


def _rows(first: Side, second: Side) -> list[Row]:
    def both(label: str, read: Any) -> Row:
        return Row(label, str(read(first) or ""), str(read(second) or ""))

    def profile(name: str) -> Any:
        return lambda side: getattr(getattr(side.person, "profile", None), name, "")

    return [
        both(_("姓名"), lambda side: side.person.display_name),
        both(_("性别"), lambda side: SEXES.get(profile("sex")(side), "")),
        both(_("出生日期"), profile("born_on")),
        both(_("电话"), lambda side: side.phone),
        both(_("身份证号"), lambda side: _("有，号码不显示") if side.has_identity else ""),
        both(_("现在的支部"), lambda side: side.membership.branch.name if side.membership else ""),
        both(_("入党日期"), lambda side: side.membership.joined_on if side.membership else ""),
        both(_("职务"), lambda side: "、".join(f"{post.organisation.short_name}{post.title}" for post in side.posts)),
    ]


@signed_in
@require_POST
def same(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person: the record that stays is named."""
    asked = cast(AskedRequest, request)
    try:
        keep = UUID(request.POST.get("keep", ""))
    except ValueError as wrong:
        raise BadInput("not_of_the_pair", "请选留下哪一条", field="keep") from wrong
    merging.merge(
        actor=actor(asked), at=asked.now, key=key(asked), pair=public_id, keep=keep, seen=seen(asked),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    say(request, _("已合并，随时可以在这一页撤销"))
    return redirect("duplicate", public_id)


@signed_in
@require_POST
def different(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Two people, for good."""
    asked = cast(AskedRequest, request)
    merging.say_different(
        actor=actor(asked), at=asked.now, key=key(asked), pair=public_id, seen=seen(asked),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    say(request, _("记住了：不是同一个人，以后不再提"))
    return redirect("duplicates")


@signed_in
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the standing merge back."""
    asked = cast(AskedRequest, request)
    pair = queries.one(asked.viewer, public_id=public_id)
    made = queries.standing_merge(asked.viewer, pair=pair)
    if made is not None:
        merging.unmerge(
            actor=actor(asked), at=asked.now, key=key(asked), merge=made.public_id,
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
        say(request, _("已撤销合并，移过来的都移回去了"))
    return redirect("duplicate", public_id)
