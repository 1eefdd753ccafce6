"""The case page: everything about a matter, and every verb on it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.access import commands as access
from genmai.directory.access.queries import why
from genmai.directory.access.roles import PERMISSIONS
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import limits, page, ready, words
from genmai.interfaces.web.handle_case.actions import ACTIONS, NOT_FORMS, Action
from genmai.interfaces.web.handle_case.fields import VerbForm
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.store import Store
from genmai.kernel.viewer import Reach
from genmai.processes.cases import policies
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import matter as matters


def standing_of(request: HttpRequest, public_id: UUID) -> Standing:
    """The matter as this viewer stands to it. Raises NotFound outside the scope."""
    asked = cast(AskedRequest, request)
    return Standing(actor(request), matters.matter(asked.viewer, public_id=public_id), asked.now)


@never_cache
@signed_in
@require_safe
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole of one matter."""
    return _draw(request, standing_of(request, public_id))


def _draw(request: HttpRequest, standing: Standing, *, status: int = 200, **more: Any) -> HttpResponse:
    context = page.context(request, standing, **more)
    offers = [one for one in (context["first"], *context["others"]) if one]
    context["ready"] = ready.answers(standing, request.GET.get("ready", ""), offers)
    return render(request, "handle_case/case.html", context, status=status)


@never_cache
@signed_in
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Carry out one verb. Refused: the page again, the form open, what was typed still in it."""
    action = ACTIONS.get(verb)
    standing = standing_of(request, public_id)
    if action is None:
        raise Http404
    if request.method != "POST":
        return redirect(f"{reverse('case', args=[public_id])}?{urlencode({'do': verb})}#do-{verb}")
    form = page.blank(action, standing, request.POST)
    if not form.is_valid():
        return _draw(request, standing, bound=form, verb=verb, status=422)
    common = {
        "actor": standing.actor,
        "at": standing.now,
        "key": key(request),
        "case": public_id,
        "seen": seen(request),
    }
    try:
        done = action.run(standing, common, form.given())
    except NotFound:
        raise
    except Refused as refused:
        return _refused(request, public_id, form, verb, refused)
    _tell(request, action, done)
    return HttpResponseRedirect(back(request, reverse("case", args=[public_id])))


def _refused(request: HttpRequest, public_id: UUID, form: VerbForm, verb: str, refused: Refused) -> HttpResponse:
    """The message at its field; the matter read anew, for somebody may have been first."""
    standing = standing_of(request, public_id)
    form.standing = standing
    sentence = told(refused)
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, sentence)
    blocked = refused.code == "open_children"
    return _draw(request, standing, bound=form, verb=verb, told=sentence, blocked=blocked, status=status_of(refused))


def told(refused: Refused) -> str:
    """The refusal in the reader's language, with what would be accepted where it is more than a list of keys."""
    sentence = sentence_of(refused)
    allowed = refused.allowed
    shown = allowed and any(mark in allowed for mark in "0123456789≤–") and refused.code != "wrong_state"
    return words.aside(sentence, refused.accepts(gettext) if shown else "")


def _tell(request: HttpRequest, action: Action, done: Case) -> None:
    undo = None
    back_again = {"merge": "unmerge", "attach": "detach"}.get(action.verb)
    if back_again:
        fields = {"key": str(new_key()), "seen": str(done.version)}
        undo = Undo(reverse("case_do", args=[done.public_id, back_again]), "", fields)
    say(request, f"{done.number} {action.done}", undo=undo)


def back(request: HttpRequest, usual: str) -> str:
    """Where a form wants to go afterwards, if it stays on this site."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else usual


@never_cache
@signed_in
@require_POST
def contact(request: HttpRequest, public_id: UUID, caller: UUID) -> HttpResponse:
    """A caller's name and number in clear, for a purpose that is logged. Shown once, in this answer only."""
    standing = standing_of(request, public_id)
    found = next((one for one in standing.matter.callers if one.public_id == caller), None)
    if found is None or found.person_id is None:
        raise NotFound
    try:
        clear = access.reveal(
            actor=standing.actor,
            at=standing.now,
            key=key(request),
            person_id=found.person_id,
            path=found.case.home_path,
            purpose=request.POST.get("purpose", ""),
            source=f"case:{found.case.public_id}",
        )
    except Refused as refused:
        return _draw(request, standing, told=told(refused), status=status_of(refused))
    return _draw(request, standing, revealed=(caller, clear))


@never_cache
@signed_in
@require_safe
def limit(request: HttpRequest, public_id: UUID, milestone: UUID) -> HttpResponse:
    """Why a limit ends when it does, day by day; a fragment for the page, or a page of its own."""
    viewer = cast(AskedRequest, request).viewer
    found, suspensions = matters.milestone(viewer, public_id=milestone)
    if found.case.public_id != public_id:
        raise NotFound
    counting = limits.counting(definition_of(found.case.mechanism), found, suspensions)
    context = {"counting": counting, "case": found.case, "title": words.headline(found.case), "nav_key": "cases"}
    whole = "HX-Request" not in request.headers
    return render(request, "handle_case/limit.html" if whole else "handle_case/counting.html", context)


@never_cache
@signed_in
@require_safe
def why_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Why I see this, and why I can or can't do each thing."""
    standing = standing_of(request, public_id)
    viewer = standing.actor.viewer
    asked: dict[tuple[str, str], Any] = {}
    rows = []
    for step in FLOW.table:
        if step.verb in NOT_FORMS:
            continue
        path = standing.path(policies.answering(standing.case, step.verb))
        reason = asked.get((step.who, path)) or why(viewer, permission=step.who, path=path, reach=Reach.CAPTURE)
        asked[(step.who, path)] = reason
        refusal = standing.refusal(step.verb)
        said = told(refusal) if refusal and (reason.allowed or refusal.code == "wrong_state") else ""
        rows.append((step, _verb_words(step.verb), refusal is None, reason_words(reason), said))
    seen_by = why(viewer, permission="cases:view", path=_best_path(standing), reach=Reach.VIEW)
    context = {
        "case": standing.case, "title": words.headline(standing.case), "nav_key": "cases",
        "rows": sorted(rows, key=lambda row: not row[2]), "view": reason_words(seen_by),
        "permission": gettext(PERMISSIONS["cases:view"]),
    }  # fmt: skip
    return render(request, "handle_case/why.html", context)


def _best_path(standing: Standing) -> str:
    """A place of the matter that the viewer's grants reach: they see it, so there is one."""
    viewer = standing.actor.viewer
    reached = [path for path in standing.paths.values() if viewer.may("cases:view", path, Reach.VIEW)]
    return reached[0] if reached else standing.case.home_path


def _verb_words(verb: str) -> str:
    for action in ACTIONS.values():
        if verb in action.steps and verb == action.verb:
            return str(action.label)
    return next((str(a.label) for a in ACTIONS.values() if verb in a.steps), verb)


def reason_words(reason: Any) -> list[str]:
    """The sentences of an answer to why."""
    return [one.text(gettext) for one in reason.reasons]


@signed_in
@require_safe
def picture(request: HttpRequest, public_id: UUID, sha256: str) -> HttpResponse:
    """A picture of a matter in the viewer's scope; content-addressed, so it never changes."""
    found = matters.attachment(cast(AskedRequest, request).viewer, case=public_id, sha256=sha256)
    path = Store(settings.MEDIA_ROOT).path(found.sha256)
    if not path.exists():
        raise NotFound
    response = HttpResponse(path.read_bytes(), content_type=found.media_type)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
