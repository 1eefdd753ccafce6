"""Many matters at once: what is selected, what will happen with each, and what became of it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.roster.queries import children, departments, organisations_by_id
from genmai.interfaces.web.desk_tools import selecting
from genmai.interfaces.web.desk_tools.bulk_forms import FORMS, BulkForm
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import ready
from genmai.interfaces.web.handle_case.actions import ACTIONS
from genmai.interfaces.web.handle_case.rows import case_url
from genmai.interfaces.web.handle_case.words import title_of
from genmai.interfaces.web.shell import view_models
from genmai.interfaces.web.shell.moving import moving_part
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import bulk
from genmai.processes.cases.models import BulkRow, BulkRun
from genmai.processes.cases.queries import bulk as queries
from genmai.processes.cases.queries.load import loads
from genmai.processes.cases.queries.templates import templates

SHOWN = 100
BADGES = {"waiting": "new", "done": "done", "refused": "late", "changed": "in-hand"}
OVER = (BulkRun.State.DONE, BulkRun.State.STOPPED)


def _verb(request: HttpRequest) -> str:
    verb = request.POST.get("verb", "")
    if verb not in FORMS:
        raise Http404
    return verb


def _form(request: HttpRequest, verb: str, *, bound: bool) -> BulkForm:
    asked = cast(AskedRequest, request)
    viewer, bodies = asked.viewer, []
    if verb == "dispatch":
        own = organisations_by_id(viewer, ids=[viewer.organisation_id or 0], at=asked.now)
        below = [one for o in own.values() for one in children(viewer, organisation=o, at=asked.now)]
        bodies = [o for o in [*own.values(), *below] if o.kind != "department"] + list(
            departments(viewer, at=asked.now)
        )
    known = loads(viewer, ids=[o.pk for o in bodies], at=asked.now) if bodies else {}
    return FORMS[verb](request.POST if bound else None, bodies=bodies, loads=known)


@never_cache
@signed_in
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is selected, what stands in the way of which, and what is to be said once. Nothing is done yet."""
    verb = _verb(request)
    chosen = selecting.selected(cast(AskedRequest, request), request.POST)
    return _preview(request, verb, chosen, _form(request, verb, bound=False))


def _preview(
    request: HttpRequest, verb: str, chosen: selecting.Selected, form: BulkForm, fault: str = "", status: int = 200
) -> HttpResponse:
    asked = cast(AskedRequest, request)
    lines = selecting.lines(asked, chosen, verb)
    offered = templates(asked.viewer, category="") if verb == "reply" else []
    context = {
        "nav_key": "dispatch", "now": asked.now, "verb": verb, "label": ACTIONS[verb].label, "form": form, "fault": fault,
        "lines": lines[:SHOWN], "n": len(lines), "able": sum(not one.why for one in lines), "capped": chosen.capped,
        "most": mechanism.desk_rules().bulk_most, "packed": selecting.packed(lines), "query": chosen.query, "key": new_key(),
        "more": max(len(lines) - SHOWN, 0), "offered": [(one.key, ready.said(one.title), ready.said(one.text)) for one in offered],
    }  # fmt: skip
    return render(request, "desk_tools/bulk_preview.html", context, status=status)


@never_cache
@signed_in
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Begin: a few are done at once, many by the worker."""
    asked, verb = cast(AskedRequest, request), _verb(request)
    form = _form(request, verb, bound=True)
    chosen = selecting.unpacked(asked, request.POST)
    if not form.is_valid():
        return _preview(request, verb, chosen, form, status=422)
    try:
        given, rows = selecting.given(asked, verb, form.cleaned_data, chosen)
        begun = bulk.begin(
            actor=actor(request), at=asked.now, key=key(request), verb=verb, given=given, rows=rows, back=chosen.query
        )
        if len(rows) <= mechanism.desk_rules().bulk_inline:
            bulk.go_on(actor=actor(request), at=asked.now, key=key(request), run=begun.public_id)
    except NotFound:
        raise
    except Refused as refused:
        return _preview(request, verb, chosen, form, sentence_of(refused), status_of(refused))
    return redirect("bulk_one", begun.public_id)


@never_cache
@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it is, and what became of each."""
    asked = cast(AskedRequest, request)
    found = queries.progress(asked.viewer, public_id=public_id)
    rows = queries.outcome_rows(asked.viewer, run=found.run)
    left = [row for row in rows if row.outcome in (BulkRow.Outcome.REFUSED, BulkRow.Outcome.CHANGED)]
    left = left if found.run.verb in FORMS else []
    may_back = bulk.may_go_back(found.run, asked.now) and found.counts.get(BulkRow.Outcome.DONE, 0)
    context = {
        "may_back": may_back, "back_key": new_key(),
        "nav_key": "dispatch", "now": asked.now, "run": found.run, "label": ACTIONS[found.run.verb].label, "verb": found.run.verb,
        "progress": _progress(found), "over": found.run.state in OVER, "counts": found.counts, "total": found.total,
        "rows": [_line(row) for row in rows[:SHOWN]], "more": max(len(rows) - SHOWN, 0), "left": left, "key": new_key(),
        "back": f"{reverse('dispatch_desk')}?{found.run.back}" if found.run.back else reverse("dispatch_desk"),
    }  # fmt: skip
    return render(request, "desk_tools/bulk_run.html", context)


def _line(row: BulkRow) -> dict[str, Any]:
    outcome = BulkRow.Outcome(row.outcome)
    reason = row.reason
    said = sentence_of(Refused(reason["code"], reason["message"], **reason["params"])) if reason else ""
    return {
        "url": case_url(row.case), "title": title_of(row.case, 40), "number": row.case.number, "why": said,
        "kind": BADGES[outcome], "word": gettext(outcome.label),
    }  # fmt: skip


@never_cache
@signed_in
@require_safe
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The block that asks for itself; once it is over, the page anew."""
    found = queries.progress(cast(AskedRequest, request).viewer, public_id=public_id)
    return moving_part(request, _progress(found), over=found.run.state in OVER)


def _progress(found: queries.Progress) -> view_models.Progress:
    state = BulkRun.State(found.run.state)
    return view_models.Progress(
        title=gettext(state.label), finished=found.gone_through, total=max(found.total, 1),
        poll_url=reverse("bulk_progress", args=[found.run.public_id]), done=state in OVER,
    )  # fmt: skip


@never_cache
@signed_in
@require_POST
def stop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """No further rows; what is done stays done."""
    bulk.stop(actor=actor(request), at=cast(AskedRequest, request).now, key=key(request), run=public_id)
    return redirect("bulk_one", public_id)


@never_cache
@signed_in
@require_POST
def back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what a run of dispatches gave away; its own page says what became of each."""
    asked = cast(AskedRequest, request)
    common: dict[str, Any] = {"actor": actor(request), "at": asked.now, "key": key(request)}
    try:
        begun = bulk.begin_back(**common, run=public_id)
    except NotFound:
        raise
    except Refused as refused:
        say(request, sentence_of(refused))
        return redirect("bulk_one", public_id)
    if begun.rows.count() <= mechanism.desk_rules().bulk_inline:
        bulk.go_on(**common, run=begun.public_id)
    return redirect("bulk_one", begun.public_id)
