"""The desk: the list at the left, the matter in the middle, its history at the right. Every filter stands in the address.

With the script a verb answers with three pieces (the next matter, the row just done in its place, what was said);
without it with a redirect to the next matter. Both do the same.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.dispatch_desk import panel, subjects, undoing
from genmai.interfaces.web.dispatch_desk.keys import keys
from genmai.interfaces.web.dispatch_desk.rows import DeskRow, address, rows
from genmai.interfaces.web.dispatch_desk.tabs import shown
from genmai.interfaces.web.edge.posting import key, new_key, seen
from genmai.interfaces.web.edge.refusing import status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import page
from genmai.interfaces.web.handle_case.actions import ACTIONS, Action
from genmai.interfaces.web.handle_case.fields import VerbForm
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.handle_case.views import standing_of, told
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists

PAGE = 50
NOT_HERE = frozenset({"judge"})  # its form names its caller, not the matter: on the matter's own page


def may_use(viewer: Viewer) -> bool:
    """Whoever may give matters to others somewhere."""
    return bool(viewer.paths("cases:dispatch", Reach.CAPTURE))


@never_cache
@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The whole desk; asked for by the script, only the matter and its history."""
    asked = cast(AskedRequest, request)
    if not may_use(asked.viewer):
        raise NotFound
    text = request.GET.get("case", "")
    chosen = panel.uuid_in(text)
    if text and chosen is None:
        raise NotFound
    if request.headers.get("HX-Target") == "matter" and chosen is not None:
        return render(request, "dispatch_desk/fragment.html", panel.panel(request, standing_of(request, chosen)))
    return _draw(request, chosen)


def _draw(
    request: HttpRequest,
    chosen: UUID | None,
    *,
    bound: VerbForm | None = None,
    verb: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """List, matter and history in one page."""
    asked = cast(AskedRequest, request)
    view = shown(asked)
    number = _page_number(request)
    cases, more = lists.page(asked.viewer, filters=view.filters, offset=(number - 1) * PAGE, limit=PAGE)
    named = chosen is not None
    chosen = chosen or (cases[0].public_id if cases else None)
    context: dict[str, Any] = {
        "nav_key": "dispatch", "now": asked.now, "view": view, "has_matter": named, "more": more, "number": number,
        "rows": rows(asked.viewer, cases, asked.now, query=view.query, current=chosen), "keys": keys(),
        "subjects_version": subjects.version(), "save_key": new_key(), "most": mechanism.desk_rules().bulk_most,
    }  # fmt: skip
    if chosen is not None:
        context |= panel.panel(request, standing_of(request, chosen), bound, verb, said)
    return render(request, "dispatch_desk/desk.html", context, status=status)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isdigit() and len(text) < 6 else 1


@never_cache
@signed_in
@require_safe
def tabs(request: HttpRequest) -> HttpResponse:
    """The views with their numbers as they are now; the desk asks for them after each step and once a minute."""
    asked = cast(AskedRequest, request)
    if not may_use(asked.viewer):
        raise NotFound
    return render(request, "dispatch_desk/views_nav.html", {"view": shown(asked)})


@signed_in
@require_safe
def subject_list(request: HttpRequest) -> HttpResponse:
    """Every subject with its letters, kept by the browser."""
    if not may_use(cast(AskedRequest, request).viewer):
        raise NotFound
    answer = JsonResponse(subjects.rows(get_language() or ""), safe=False, json_dumps_params={"ensure_ascii": False})
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


@never_cache
@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """A verb from the desk; afterwards the next matter. A refusal stands at its field, what was typed still in it."""
    standing = standing_of(request, public_id)
    action = ACTIONS.get(verb)
    if action is None or verb in NOT_HERE:
        raise Http404
    form = page.blank(action, standing, request.POST)
    if not form.is_valid():
        return _again(request, standing, form, verb, "", 422)
    before = undoing.remember(standing)
    try:
        done = action.run(standing, _common(request, standing), _given(request, verb, form))
    except NotFound:
        raise
    except Refused as refused:
        fresh = standing_of(request, public_id)
        form.standing = fresh
        form.add_error(refused.field if refused.field in form.fields else None, told(refused))
        return _again(request, fresh, form, verb, told(refused), status_of(refused))
    words, undo = undoing.words_of(action, done), undoing.undo_of(action, before, done)
    if request.headers.get("HX-Request"):
        return _pieces(request, action, done, words, undo)
    say(request, words, undo=undo)
    return redirect(_after(request, done))


def _common(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    return {
        "actor": standing.actor, "at": standing.now, "key": key(request), "case": standing.case.public_id,
        "seen": seen(request),
    }  # fmt: skip


def _given(request: HttpRequest, verb: str, form: VerbForm) -> dict[str, Any]:
    """What the form gave; a dispatch takes along the subject chosen on the desk."""
    category = request.POST.get("category", "")
    return form.given() | ({"category": category} if verb == "dispatch" and category else {})


def _again(request: HttpRequest, standing: Standing, form: VerbForm, verb: str, said: str, status: int) -> HttpResponse:
    """The same matter with what is wrong: a fragment for the script, else the page."""
    if request.headers.get("HX-Request"):
        context = panel.panel(request, standing, form, verb, said)
        return render(request, "dispatch_desk/fragment.html", context, status=status)
    return _draw(request, standing.case.public_id, bound=form, verb=verb, said=said, status=status)


def _pieces(request: HttpRequest, action: Action, done: Case, words: str, undo: Undo | None) -> HttpResponse:
    """The next matter, the row just done where it stood, and what was said. No next one: the list anew."""
    stays, query = action.verb in undoing.BACK | undoing.STAYS, request.POST.get("query", "")[:400]
    following = done.public_id if stays else panel.uuid_in(request.POST.get("next", ""))
    standing = _standing(request, following)
    if standing is None:
        say(request, words, undo=undo)
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = f"{reverse('dispatch_desk')}?{query}" if query else reverse("dispatch_desk")
        return answer
    asked = cast(AskedRequest, request)
    line = rows(asked.viewer, [done], asked.now, query=query, current=done.public_id if stays else None)[0]
    finished = line if stays else DeskRow(line.public_id, line.version, line.line, done=words, undo=undo)
    context = panel.panel(request, standing) | {
        "row": finished, "words": words, "undo": undo,
    }  # fmt: skip
    answer = render(request, "dispatch_desk/done.html", context)
    answer.headers["HX-Trigger"] = "desk-done"
    answer.headers["HX-Replace-Url"] = address(query, standing.case.public_id)
    return answer


def _standing(request: HttpRequest, public_id: UUID | None) -> Standing | None:
    """The next matter as this viewer stands to it; None where there is none, or none they may see."""
    try:
        return standing_of(request, public_id) if public_id else None
    except NotFound:
        return None


def _after(request: HttpRequest, done: Case) -> str:
    """Where a form without script goes on: the next in the same view."""
    asked, query = cast(AskedRequest, request), request.POST.get("query", "")[:400]
    view = shown(asked, posted=query)
    following = next(
        (one.public_id for one in lists.page(asked.viewer, filters=view.filters, limit=2)[0] if one.pk != done.pk), None
    )
    here = reverse("dispatch_desk")
    return address(query, following) if following else f"{here}?{query}" if query else here
