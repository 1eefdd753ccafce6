"""From where an emergency is led: declare it, tell everybody, see what comes in, prolong, end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import children, organisations_by_id
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.emergency.forms import DeclareForm, InformForm, ProlongForm
from genmai.interfaces.web.emergency.standing import line_of, read_once
from genmai.interfaces.web.handle_case.words import say as words_of
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import emergency as commands
from genmai.processes.cases.models import Emergency
from genmai.processes.cases.queries import emergency

DECLARE, INFORM = "emergency:declare", "emergency:inform"


@never_cache
@signed_in
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Which places are in emergency, which were, and for a leader the form to declare one."""
    asked = cast(AskedRequest, request)
    return _board(asked, _declare_form(asked))


def _board(asked: AskedRequest, form: DeclareForm | None, status: int = 200) -> HttpResponse:
    now = emergency.of_viewer(asked.viewer, read_once(asked).emergencies)
    context = {
        "nav_key": "emergency",
        "now": asked.now,
        "active": [line for one in now if (line := line_of(one, asked.viewer)) is not None],
        "past": [_past(one) for one in emergency.past(asked.viewer, at=asked.now)],
        "form": form,
        "key": new_key(),
        "installed": mechanism.emergency() is not None,
    }
    return render(asked, "emergency/board.html", context, status=status)


def _past(found: Emergency) -> dict[str, Any]:
    _, mode = mechanism.emergency_mode(found.mechanism)
    kind = mode.kinds.get(found.kind)
    return {
        "place": found.organisation.short_name,
        "kind": words_of(kind) if kind else found.kind,
        "started_at": found.started_at,
        "ended_at": found.ended_at or found.until,
        "url": reverse("emergency", args=[found.public_id]),
    }


def _declare_form(asked: AskedRequest, data: Any = None) -> DeclareForm | None:
    """None for who may not declare, or where no mechanism is installed."""
    viewer, installed = asked.viewer, mechanism.emergency()
    if installed is None or viewer.organisation_id is None or not viewer.may(DECLARE, viewer.path):
        return None
    _, mode = mechanism.emergency_mode(installed.ref)
    return DeclareForm(data, mode=mode, places=_places(asked), initial={"place": viewer.organisation_id})


def _places(asked: AskedRequest) -> Sequence[Organisation]:
    """The leader's own place and what lies directly in it: towns of the district, villages of the town."""
    viewer = asked.viewer
    own = organisations_by_id(viewer, ids=[cast(int, viewer.organisation_id)], at=asked.now)
    here = own[cast(int, viewer.organisation_id)]
    acting = (OrganisationKind.TOWN, OrganisationKind.COMMUNITY)
    return [here, *children(viewer, organisation=here, at=asked.now, kinds=acting)]


@signed_in
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """By a leader; then to its page."""
    asked = cast(AskedRequest, request)
    form = _declare_form(asked, request.POST)
    if form is None:
        raise Refused("no_right", "应急状态由镇街和区的领导宣布，您的账号没有这个权限")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = commands.declare(
                actor=actor(request), at=asked.now, key=key(request), organisation_id=int(given["place"]),
                kind=given["kind"], level=given["level"], until=asked.now + timedelta(hours=given["hours"]),
                text=given["text"], extras=given["extras"],
            )  # fmt: skip
        except Refused as refused:
            field = {"until": "hours"}.get(refused.field, refused.field)
            form.add_error(field if field in form.fields else None, sentence_of(refused))
        else:
            said = gettext("{place}进入应急状态，辖区内的单位都通知了").format(place=made.organisation.short_name)
            say(request, said)
            return redirect("emergency", made.public_id)
    return _board(asked, form, 422)


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was told, what came in, and what can be done by who may."""
    asked = cast(AskedRequest, request)
    return _page(asked, _found(asked, public_id), {})


def _found(asked: AskedRequest, public_id: UUID) -> Emergency:
    try:
        return emergency.one(asked.viewer, public_id=public_id)
    except NotFound as gone:
        raise Http404 from gone


def _page(asked: AskedRequest, found: Emergency, forms: dict[str, PlainForm], status: int = 200) -> HttpResponse:
    definition, mode = mechanism.emergency_mode(found.mechanism)
    viewer, on = asked.viewer, found.ended_at is None and found.until > asked.now
    needs = {one.kind: one for one in emergency.counts(viewer, emergency=found)}
    kind, level = mode.kinds.get(found.kind), mode.levels.get(found.level)
    context = {
        "nav_key": "emergency",
        "now": asked.now,
        "found": found,
        "on": on,
        "ended_at": found.ended_at or found.until,
        "kind": words_of(kind) if kind else found.kind,
        "level": words_of(level.title) if level else found.level,
        "needs": [(words_of(definition.kinds[key].title), needs[key]) for key in definition.kinds if key in needs],
        "came": sum(one.came for one in needs.values()),
        "waiting": sum(one.waiting for one in needs.values()),
        "bulletins": emergency.bulletins(viewer, emergency_id=found.pk),
        "may_lead": on and viewer.may(DECLARE, found.path),
        "may_inform": on and viewer.may(INFORM, found.path),
        "may_organise": viewer.may("tasks:organise"),
        "inform": forms.get("inform") or InformForm(),
        "prolong": forms.get("prolong") or ProlongForm(),
        "end": forms.get("end") or PlainForm(),
        "keys_of": {verb: new_key() for verb in VERBS},
        "form_url": reverse("report_now", args=[found.organisation.code]),
    }
    return render(asked, "emergency/page.html", context, status=status)


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Inform, prolong or end."""
    asked = cast(AskedRequest, request)
    if verb not in VERBS:
        raise Http404
    form_class, doing = VERBS[verb]
    form = form_class(request.POST)
    if form.is_valid():
        given = {"actor": actor(request), "at": asked.now, "key": key(request), "emergency": public_id}
        try:
            said = doing(asked, given, form.cleaned_data)
        except NotFound as gone:
            raise Http404 from gone
        except Refused as refused:
            field = {"until": "hours"}.get(refused.field, refused.field)
            form.add_error(field if field in form.fields else None, sentence_of(refused))
        else:
            say(request, said)
            return redirect("emergency", public_id)
    return _page(asked, _found(asked, public_id), {verb: form}, 422)


def _inform(asked: AskedRequest, given: dict[str, Any], typed: dict[str, Any]) -> str:
    commands.inform(**given, text=typed["text"])
    return gettext("已经告诉大家")


def _prolong(asked: AskedRequest, given: dict[str, Any], typed: dict[str, Any]) -> str:
    commands.prolong(**given, until=asked.now + timedelta(hours=typed["hours"]), seen=seen(asked))
    return gettext("已经延长")


def _end(asked: AskedRequest, given: dict[str, Any], typed: dict[str, Any]) -> str:
    commands.end(**given, seen=seen(asked))
    return gettext("应急状态结束了，恢复平常的表和时限")


VERBS: dict[str, tuple[type[PlainForm], Callable[[AskedRequest, dict[str, Any], dict[str, Any]], str]]] = {
    "inform": (InformForm, _inform),
    "prolong": (ProlongForm, _prolong),
    "end": (PlainForm, _end),
}
