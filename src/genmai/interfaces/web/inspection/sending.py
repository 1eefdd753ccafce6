"""Notices of a round, taking in hand, chasing, and the round's own steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say as in_language
from genmai.interfaces.web.inspection import rows
from genmai.interfaces.web.inspection.views import base, inspecting, round_of
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound
from genmai.processes.cases.commands import findings, rounds
from genmai.processes.cases.commands.rounds import Outcome
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.queries.rounds import Narrowed
from genmai.reports.circular.wording import notice_words

MOST = 500  # findings on one notice


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who has findings waiting and who was told; sending goes to all, or to those ticked, in one action."""
    asked, viewer, found = inspecting(request, public_id)
    done: Sequence[Outcome] = ()
    if request.method == "POST":
        chosen = _chosen(request) if request.POST.get("which") == "some" else None
        found, done = rounds.notify(
            actor=actor(request), at=asked.now, key=key(request), round=public_id, bodies=chosen, seen=seen(request)
        )
        found.organisation = read.one(viewer, public_id=public_id).organisation
        if all(one.done for one in done):
            say(request, _("{n} 条都下发了").format(n=len(done)))
            return redirect("inspection_notices", public_id)
    waiting = read.waiting(viewer, round=found)
    sent = read.notified(viewer, round=found)
    listed = read.in_list_order(viewer, ids={*waiting, *sent})
    context = base(request, found, True) | {
        "bodies": [(body, waiting.get(body.pk, 0), sent.get(body.pk, 0)) for body in listed],
        "waiting": sum(waiting.values()), "outcomes": rows.outcome_rows(done, sentence_of), "key": new_key(),
    }  # fmt: skip
    return render(request, "inspection/notices.html", context)


def _chosen(request: HttpRequest) -> list[UUID]:
    try:
        chosen = [UUID(text) for text in request.POST.getlist("body")]
    except ValueError as wrong:
        raise NotFound() from wrong
    if not chosen:
        raise BadInput("none", "还没有勾选单位", field="body", allowed="名单里的单位")
    return chosen


@never_cache
@signed_in
@require_safe
def notice(request: HttpRequest, public_id: UUID, body_id: UUID) -> HttpResponse:
    """The notice to one body, as it is printed: what it must put right and by when."""
    _asked, viewer, found = round_of(request, public_id)
    body = read.body(viewer, public_id=body_id)
    lines, _more = read.findings(viewer, round=found, narrowed=Narrowed(body_id=body.pk), limit=MOST)
    if not lines:
        raise NotFound()
    context = base(request, found, read.inspects(viewer, found)) | {
        "body": body,
        "rows": rows.finding_rows(found, lines),
        "opening": notice_words(found, body=body.name, count=len(lines), say=in_language, translate=_),
    }
    return render(request, "inspection/notice.html", context)


@signed_in
@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A body takes all of its own findings in hand."""
    asked, _viewer, _found = round_of(request, public_id)
    done = findings.accept_all(actor=actor(request), at=asked.now, key=key(request), round=public_id)
    rounds.catch_up(actor=rounds.SYSTEM, at=asked.now)
    say(request, _told(done, _("{n} 条已签收")))
    return redirect("inspection_round", public_id)


@signed_in
@require_POST
def chase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask after the ticked ones, or after all that are not put right."""
    asked, _viewer, found = inspecting(request, public_id)
    cases = None
    if request.POST.get("which") != "all":
        cases = _ticked(request)
    done = findings.chase(
        actor=actor(request), at=asked.now, key=key(request), round=public_id, cases=cases,
        text=request.POST.get("text", "")[:500],
    )  # fmt: skip
    if all(one.done for one in done):
        say(request, _("催了 {n} 条").format(n=len(done)) if done else _("没有要催的，都改好了"))
        return redirect("inspection_findings", public_id)
    context = base(request, found, True) | {"outcomes": rows.outcome_rows(done, sentence_of)}
    return render(request, "inspection/outcomes.html", context)


@signed_in
@require_POST
def chase_soon(request: HttpRequest) -> HttpResponse:
    """Ask after the ticked ones of the list of what runs out soon, whatever round they are of."""
    asked = cast(AskedRequest, request)
    done = findings.chase_named(
        actor=actor(request), at=asked.now, key=key(request), cases=_ticked(request),
        text=request.POST.get("text", "")[:500],
    )  # fmt: skip
    good = sum(one.done for one in done)
    say(request, _told(done, _("催了 {n} 条")) if good else _("没有催：{why}").format(why=_first_reason(done)))
    return redirect("inspection")


def _first_reason(done: Sequence[Outcome]) -> str:
    return next((sentence_of(one.refused) for one in done if one.refused is not None), _("都改好了"))


def _ticked(request: HttpRequest) -> list[UUID]:
    try:
        cases = [UUID(text) for text in request.POST.getlist("case")]
    except ValueError as wrong:
        raise NotFound() from wrong
    if not cases:
        raise BadInput("none", "还没有勾选要催的问题", field="case", allowed="名单里没改好的")
    return cases


def _told(done: Sequence[Outcome], words: str) -> str:
    good = sum(one.done for one in done)
    said = words.format(n=good)
    bad = len(done) - good
    return said if not bad else said + _("，{n} 条没办成").format(n=bad)


@signed_in
@require_POST
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The second look is over for what was put right so far."""
    return _step(request, public_id, rounds.finish_check, _("复查完了，可以出通报"))


@signed_in
@require_POST
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything is closed."""
    return _step(request, public_id, rounds.archive, _("这一批已归档"))


def _step(request: HttpRequest, public_id: UUID, command: Any, words: str) -> HttpResponse:
    asked, _viewer, _found = inspecting(request, public_id)
    done: Round = command(actor=actor(request), at=asked.now, key=key(request), round=public_id, seen=seen(request))
    say(request, words)
    return redirect("inspection_round", done.public_id)
