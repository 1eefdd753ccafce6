"""The list of files by stage: whose turn it is, from when and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Tree
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.procedures import words
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures import queries
from genmai.processes.registers.procedures.mechanism import installed, rules_of, section_of
from genmai.processes.registers.procedures.policies import KEEP, REVIEW, VIEW, levels
from genmai.processes.registers.procedures.queries import PAGE, Filters
from genmai.processes.registers.procedures.rules import Procedure

STATES: Mapping[str, Any] = {
    "open": gettext_lazy("正在办的"), "done": gettext_lazy("办完的"), "ended": gettext_lazy("终止的"),
}  # fmt: skip
WHENS: Mapping[str, Any] = {
    "ready": gettext_lazy("轮到办了"), "late": gettext_lazy("过了期限"), "waiting": gettext_lazy("时间还没到"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One file in the list."""

    dossier: Dossier
    name: str
    branch: str
    turn: str
    body: str
    since: str
    until: str
    badge: tuple[str, str]


def check_view(viewer: Viewer) -> None:
    """Raises NotPermitted."""
    if not viewer.paths(VIEW, Reach.VIEW, tree=Tree.PARTY) and not viewer.may(REVIEW, reach=Reach.VIEW):
        raise NotPermitted("not_permitted", "党员的档案由党组织来看，您的账号没有这个权限")


def may_open(viewer: Viewer, ref: str, rules: Procedure) -> bool:
    """Whether new files are opened at this viewer's rung."""
    rungs = set().union(*(levels(section_of(ref).bodies[body]) for body in rules.opened_by))
    return viewer.level in rungs and bool(viewer.paths(KEEP, Reach.CAPTURE, tree=Tree.PARTY))


@signed_in
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """The files of one procedure in scope."""
    asked = cast(AskedRequest, request)
    viewer, today = asked.viewer, day_of(asked.now)
    check_view(viewer)
    known = installed()
    filters, rules, ref = filters_of(request.GET)
    procedure = filters.procedure
    number = _number(request.GET.get("page", ""))
    found, total = queries.page(viewer, filters=filters, day=today, offset=(number - 1) * PAGE)
    counted = queries.counts(viewer, filters=filters, day=today)
    context = {
        "nav_key": "procedures", "now": asked.now, "rules": rules, "title": say(rules.title), "procedure": procedure,
        "subject": say(rules.subject), "rows": [_row(one, today) for one in found], "page": Told(found, number, total),
        "tabs": _tabs(request, rules, counted, filters.stage), "filters": filters, "whole": sum(counted.values()),
        "dues": queries.dues(viewer, procedure=procedure, day=today), "kinds": _kinds(known, procedure),
        "whens": [("", _("全部")), *WHENS.items()], "states": list(STATES.items()),
        "may_open": may_open(viewer, ref, rules),
        "narrowed": bool(filters.words or filters.stage or filters.when or filters.state != "open"),
    }  # fmt: skip
    return render(request, "procedures/list.html", context)


def filters_of(given: Mapping[str, str]) -> tuple[Filters, Procedure, str]:
    """What an address asks for, by which rules, and their name. Raises NotFound where no procedure is installed."""
    known = installed()
    if not known:
        raise NotFound("这里没有安装带步骤的流程")
    procedure = given.get("p", "")
    procedure = procedure if procedure in known else "join" if "join" in known else next(iter(known))
    rules = rules_of(known[procedure], procedure)
    stage, when, state = (given.get(name, "") for name in ("stage", "when", "state"))
    filters = Filters(
        procedure=procedure,
        stage=stage if stage in rules.stages else "",
        state=state if state in STATES else "open",
        when=when if when in WHENS else "",
        words=given.get("q", "").replace("\x00", "").strip()[:40],
    )
    return filters, rules, known[procedure]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1


class Told(Page[Any]):
    """A page of rows already fetched, for the pager."""

    def __init__(self, rows: list[Any], number: int, total: int, size: int = PAGE) -> None:
        super().__init__(rows, number, Paginator(range(total), size))


def _row(dossier: Dossier, today: date) -> Row:
    rules = rules_of(dossier.mechanism, dossier.procedure)
    return Row(
        dossier,
        dossier.subject.display_name,
        dossier.branch.short_name,
        words.turn(dossier, rules),
        words.body(dossier, dossier.next_by) if dossier.next_by else "",
        words.day(dossier.next_from, today) if dossier.next_from and dossier.next_from > today else "",
        words.day(dossier.next_until, today),
        words.badge(dossier, today),
    )


def _kinds(known: dict[str, str], chosen: str) -> list[Tab]:
    return [Tab(say(rules_of(ref, key).title), f"?p={key}", key == chosen) for key, ref in known.items()]


def _tabs(request: HttpRequest, rules: Procedure, counted: dict[str, int], chosen: str) -> list[Tab]:
    kept = request.GET.copy()
    for name in ("stage", "page"):
        kept.pop(name, None)

    def address(value: str) -> str:
        query = kept.copy()
        if value:
            query["stage"] = value
        return f"?{query.urlencode()}"

    order = sorted(rules.stages, key=lambda key: rules.stages[key].order)
    found = [Tab(_("全部"), address(""), not chosen, sum(counted.values()))]
    return found + [
        Tab(say(rules.stages[key].title), address(key), key == chosen, counted.get(key, 0)) for key in order
    ]
