"""The dispatch desk: what waits on the left, the matter and the duty list's answer in the middle, alike ones at the right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.territory.queries import path_name
from genmai.interfaces.web.dispatch_desk import duty
from genmai.interfaces.web.edge.posting import key, new_key, seen
from genmai.interfaces.web.edge.refusing import status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import page, words
from genmai.interfaces.web.handle_case.actions import ACTIONS
from genmai.interfaces.web.handle_case.fields import VerbForm
from genmai.interfaces.web.handle_case.rows import row
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.handle_case.views import standing_of, told
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Key, MatterRow, Undo
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists
from genmai.processes.cases.queries.marks import marks

HERE = ("dispatch", "take_on", "answer_at_once", "decline", "merge", "classify")


def _may_use(viewer: Viewer) -> bool:
    return bool(viewer.paths("cases:dispatch", Reach.CAPTURE))


@never_cache
@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The list, and the matter chosen in the address; the first of the list when none is."""
    asked = cast(AskedRequest, request)
    if not _may_use(asked.viewer):
        raise NotFound
    return _draw(request, _chosen(request))


def _chosen(request: HttpRequest) -> UUID | None:
    text = request.GET.get("case", "")
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise NotFound from wrong


def _draw(
    request: HttpRequest,
    chosen: UUID | None,
    *,
    bound: VerbForm | None = None,
    verb: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    asked = cast(AskedRequest, request)
    cases, more = lists.desk(asked.viewer)
    named = chosen is not None
    chosen = chosen or (cases[0].public_id if cases else None)
    context: dict[str, Any] = {
        "nav_key": "dispatch", "now": asked.now, "more": more, "has_matter": named,
        "waiting": _rows(asked.viewer, cases, asked.now, chosen), "keys": _keys(),
    }  # fmt: skip
    if chosen is not None:
        context |= _matter(request, standing_of(request, chosen), bound, verb, said)
    return render(request, "dispatch_desk/desk.html", context, status=status)


def _rows(viewer: Viewer, cases: Sequence[Case], now: datetime, chosen: UUID | None) -> list[MatterRow]:
    found = marks(viewer, cases=cases)
    here = reverse("dispatch_desk")
    return [
        row(one, found[one.id], now, url=f"{here}?case={one.public_id}", current=one.public_id == chosen)
        for one in cases
    ]


def _matter(request: HttpRequest, standing: Standing, bound: VerbForm | None, verb: str, said: str) -> dict[str, Any]:
    """Everything about the chosen matter: the duty list's answer, the picker, the forms, the alike ones."""
    query, case = request.GET, standing.case
    category = query.get("category", "") or request.POST.get("category", "") or case.category
    find, within = query.get("find", "")[:40], query.get("within", "")
    answer = duty.answer(standing, category)
    first, others = page.offers(standing, bound, verb, query.get("do", ""))
    drawn = {one.action.verb: one for one in [*([first] if first else []), *others]}
    choices, opened = duty.subjects(find, within, f"{case.title} {case.text}")
    dispatch = drawn.get("dispatch")
    if dispatch and dispatch.form is not bound:
        _suggest(dispatch.form, answer, standing)
    return {
        "standing": standing, "case": case, "title": words.headline(case), "badge": page.badge_of(standing),
        "due": page.due_of(standing), "place": path_name(standing.actor.viewer, place=case.place) if case.place else case.home.name,
        "callers": page.callers(standing, None, None), "answer": answer, "category": category, "find": find,
        "within": opened, "above": duty.above(opened), "subjects": choices, "dispatch": dispatch,
        "take_on": drawn.get("take_on"), "others": [drawn[v] for v in ("answer_at_once", "decline") if v in drawn],
        "merging": drawn.get("merge"), "alike": page.merge_candidates(standing, "", category) if "merge" in drawn else [],
        "said": said, "before": [a for a in standing.matter.attachments if a.stage == "before"],
        "picture_cases": page.picture_cases(standing), "subject_title": page.subject_title(answer.category),
        "key": new_key(), "lost": bound is not None and verb not in drawn,
    }  # fmt: skip


def _suggest(form: VerbForm, answer: duty.Answer, standing: Standing) -> None:
    """The duty list's body and its assisting bodies, chosen beforehand."""
    if answer.body is not None:
        form.initial["to"] = str(answer.body.public_id)
    with_us = [duty.body_of(standing, code) for code in answer.assisting]
    form.initial["assisting"] = [str(one.public_id) for one in with_us if one is not None]


def _keys() -> list[Key]:
    return [
        Key("d", gettext("交给选中的单位"), "[data-do=dispatch]"),
        Key("c", gettext("找分类"), "#find"),
        Key("o", gettext("换单位"), "#dispatch_to"),
        Key("m", gettext("并入同类事项"), "[data-do=merge]"),
        Key("t", gettext("我们自己办"), "[data-do=take_on]"),
    ]


@never_cache
@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """A verb from the desk; afterwards the next matter that waits. A refusal stands at its field."""
    standing = standing_of(request, public_id)
    if verb not in HERE:
        raise Http404
    action = ACTIONS[verb]
    form = page.blank(action, standing, request.POST)
    if not form.is_valid():
        return _draw(request, public_id, bound=form, verb=verb, status=422)
    common = {
        "actor": standing.actor,
        "at": standing.now,
        "key": key(request),
        "case": public_id,
        "seen": seen(request),
    }
    category = request.POST.get("category", "")
    given = form.given() | ({"category": category} if verb == "dispatch" and category else {})
    try:
        done = action.run(standing, common, given)
    except NotFound:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, told(refused))
        return _draw(request, public_id, bound=form, verb=verb, said=told(refused), status=status_of(refused))
    _tell(request, verb, done)
    return redirect(_after(request, public_id))


def _after(request: HttpRequest, done: UUID) -> str:
    """The next in the list."""
    waiting = lists.desk(cast(AskedRequest, request).viewer)[0]
    following = next((one.public_id for one in waiting if one.public_id != done), None)
    here = reverse("dispatch_desk")
    return f"{here}?{urlencode({'case': following})}" if following else here


def _tell(request: HttpRequest, verb: str, done: Case) -> None:
    undo = None
    if verb == "merge":
        fields = {"key": str(new_key()), "seen": str(done.version)}
        undo = Undo(reverse("case_do", args=[done.public_id, "unmerge"]), "", fields)
    if verb == "dispatch" and done.lead is not None:
        say(request, gettext("{number} 已交给{who}").format(number=done.number, who=done.lead.short_name))
    else:
        say(request, f"{done.number} {ACTIONS[verb].done}", undo=undo)
