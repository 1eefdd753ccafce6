"""The list of rounds, a new one, one round and the list of its findings."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say as in_language
from genmai.interfaces.web.inspection import figures, rows
from genmai.interfaces.web.inspection.forms import RoundForm
from genmai.interfaces.web.shell.view_models import Crumb, Tab
from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import rounds as commands
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.queries.rounds import Narrowed

NAV = "inspection"
SOON = 30  # of what runs out soon; the file has all of it


@never_cache
@signed_in
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """Rounds in the viewer's scope, newest first; above them what runs out soon, to be chased from here."""
    asked = cast(AskedRequest, request)
    soon = rows.due_rows(read.due_soon(asked.viewer, at=asked.now, limit=SOON + 1))
    context = {
        "nav_key": NAV, "now": asked.now, "rows": rows.round_rows(read.rounds(asked.viewer)),
        "may_open": read.may_open(asked.viewer), "soon": soon[:SOON], "more_soon": len(soon) > SOON,
        "may_chase": any(row.ours for row in soon), "key": new_key(),
    }  # fmt: skip
    return render(request, "inspection/rounds.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a round."""
    asked = cast(AskedRequest, request)
    if not read.may_open(asked.viewer) or asked.viewer.organisation_id is None:
        raise NotPermitted("not_inspecting", "督查由区里组织，您的账号没有这个权限")
    form, status = RoundForm(), 200
    if request.method == "POST":
        form, status = RoundForm(request.POST), 422
        if form.is_valid():
            try:
                made = commands.open_round(
                    actor=actor(request), at=asked.now, key=key(request), mechanism=mechanism.inspection(),
                    organisation=asked.viewer.organisation_id, **form.cleaned_data,
                )  # fmt: skip
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
                status = status_of(refused)
            else:
                return redirect("inspection_round", made.public_id)
    context = {"nav_key": NAV, "now": asked.now, "form": form, "key": new_key()}
    return render(request, "inspection/new.html", context, status=status)


def round_of(request: HttpRequest, public_id: UUID) -> tuple[AskedRequest, Viewer, Round]:
    """The request, the viewer and the round in their scope. Raises NotFound."""
    asked = cast(AskedRequest, request)
    return asked, asked.viewer, read.one(asked.viewer, public_id=public_id)


def inspecting(request: HttpRequest, public_id: UUID) -> tuple[AskedRequest, Viewer, Round]:
    """The same, for pages that only who inspects has. Raises NotFound for anybody else, as for absence."""
    asked, viewer, found = round_of(request, public_id)
    if not read.inspects(viewer, found):
        raise NotFound()
    return asked, viewer, found


@never_cache
@signed_in
@require_safe
def round_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One round: its figures and the next step; for a body, what it must put right."""
    asked, viewer, found = round_of(request, public_id)
    ours = read.inspects(viewer, found)
    table = figures.read_figures(viewer, found, figures.known_at(found, asked.now, request.GET.get("known", "")))
    context = base(request, found, ours) | {
        "figures": table,
        "cards": figures.cards(found, table, asked.now),
        "classes": figures.by_class(found, table, asked.now),
        "bodies": figures.by_body(found, table, asked.now),
        "steps": rows.steps(found),
        "waiting": sum(read.waiting(viewer, round=found).values()) if ours else 0,
        "whole": ours or table.whole,
        "key": new_key(),
    }
    if not context["whole"]:
        lines, more = read.findings(viewer, round=found)
        drawn = rows.finding_rows(found, lines)
        context |= {"rows": drawn, "more": more, **_own(viewer, lines)}
        return render(request, "inspection/own.html", context)
    return render(request, "inspection/round.html", context)


def _own(viewer: Viewer, lines: list[read.FindingLine]) -> dict[str, Any]:
    """How many wait for the viewer's own organisation to take them in hand, and whose notice is theirs."""
    mine = [line.finding for line in lines if line.finding.case.lead_id == viewer.organisation_id]
    lead = next((finding.case.lead for finding in mine), None)
    waiting = sum(finding.case.state == "dispatched" for finding in mine) if viewer.may("cases:handle") else 0
    return {"to_accept": waiting, "own_body": lead.public_id if lead else None}


def base(request: HttpRequest, found: Round, ours: bool) -> dict[str, Any]:
    """What every page of a round shows at its head."""
    kind, word = rows.round_badge(found)
    return {
        "nav_key": NAV,
        "now": cast(AskedRequest, request).now,
        "round": found,
        "ours": ours,
        "kind": kind,
        "word": word,
        "period": rows.period(found.inspected_from, found.inspected_to),
        "crumbs": [Crumb(_("暗访督查"), reverse("inspection")), Crumb(found.title)],
    }


@never_cache
@signed_in
@require_safe
def findings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Findings of a round by class, body, and how far each is; all of it in the address."""
    _asked, viewer, found = round_of(request, public_id)
    narrowed = narrowed_to(viewer, found, request.GET)
    chosen = narrowed != Narrowed()
    number = _page(request.GET.get("page", ""))
    lines, more = read.findings(viewer, round=found, narrowed=narrowed, offset=(number - 1) * read.PAGE)
    ours = read.inspects(viewer, found)
    context = base(request, found, ours) | {
        "rows": rows.finding_rows(found, lines), "more": more, "page_number": number, "key": new_key(),
        "next_url": _address(request.GET, page=str(number + 1)), "back_url": _address(request.GET, page=str(number - 1)),
        "tabs": _tabs(request.GET), "chosen": chosen, "classes": classes(found),
        "service": narrowed.service, "late": narrowed.late, "state": request.GET.get("state", ""),
        "may_chase": ours and found.state in ("notified", "rectifying", "reinspected", "issued"),
    }  # fmt: skip
    return render(request, "inspection/findings.html", context)


def classes(found: Round) -> list[tuple[str, str]]:
    """Keys and words of the round's classes, in order."""
    definition, rules = rules_of(found.mechanism)
    ordered = sorted(rules.classes, key=lambda one: rules.classes[one].order)
    return [(one, in_language(definition.kinds[one].title)) for one in ordered]


def narrowed_to(viewer: Viewer, found: Round, asked: QueryDict) -> Narrowed:
    """What an address asks of a list of findings."""
    service = asked.get("class", "")
    known = dict(classes(found))
    state = asked.get("state", "")
    body_id = None
    if asked.get("body"):
        try:
            body_id = read.body(viewer, public_id=UUID(asked.get("body", ""))).pk
        except ValueError as wrong:
            raise NotFound() from wrong
    return Narrowed(
        service=service if service in known else "",
        body_id=body_id,
        states=(state,) if state in rows.FINDING_BADGES else (),
        late=bool(asked.get("late")),
    )


def _tabs(asked: QueryDict) -> list[Tab]:
    current = asked.get("state", "")
    whole = Tab(_("全部"), _address(asked, state="", page=""), not current)
    return [whole] + [
        Tab(str(rows.FINDING_BADGES[state][1]), _address(asked, state=state, page=""), state == current)
        for state in rows.TABS
    ]


def _address(asked: QueryDict, **changed: str) -> str:
    query = asked.copy()
    for name, value in changed.items():
        query[name] = value
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return f"?{query.urlencode()}"


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdigit() and len(text) < 6 else 1
