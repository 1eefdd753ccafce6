"""The card, who is calling, and who is being rung."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import find_by_phone, home_of, masked_name, organisations_by_id
from genmai.directory.territory.models import Place, PlaceKind
from genmai.directory.territory.queries import places_of_kinds
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.emergency.standing import read_once
from genmai.interfaces.web.handle_case.rows import rows
from genmai.interfaces.web.hotline import rota, saving
from genmai.interfaces.web.hotline.forms import DESK, CardForm
from genmai.interfaces.web.shell.sheet_words import with_allowed
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Key
from genmai.interfaces.web.similar import offers
from genmai.interfaces.web.similar.views import typed_in
from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import emergency, similar
from genmai.processes.cases.queries.lists import visible
from genmai.processes.cases.queries.matter import seen_before

SHOWN = 8
KINDS = (PlaceKind.TOWN, PlaceKind.VILLAGE, PlaceKind.COMMUNITY)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """An empty card, or the one that was posted: saved, or shown again with what is wrong."""
    asked = cast(AskedRequest, request)
    own = _own(asked)
    if request.method != "POST" and "full" not in request.GET and "since" not in request.GET:
        in_emergency = emergency.covering(asked.viewer, read_once(asked).emergencies)
        if in_emergency:  # the short card comes first; the whole one is a tap away
            return redirect("report_now", in_emergency[0].code)
    places = _places(asked.viewer, own)
    if request.method != "POST":
        form = _form(places, initial={"place": _prefilled(own, places), "outcome": "solved"})
        return _page(asked, own, form, {})
    form = _form(places, data=request.POST)
    if "look" in request.POST:
        form.errors.clear()
        return _page(asked, own, form, _history(asked, request.POST.get("phone", "")) | _alike(asked))
    if form.is_valid():
        try:
            return _saved(request, form, places)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, _words(refused))
    return _page(asked, own, form, _history(asked, request.POST.get("phone", "")), status=422)


def _words(refused: Refused) -> str:
    return with_allowed(sentence_of(refused), refused.accepts(_))


def _own(asked: AskedRequest) -> Organisation:
    """The body that answers the telephone. Raises NotPermitted for who may not take in matters."""
    viewer = asked.viewer
    if viewer.organisation_id is None or not viewer.may("cases:report", viewer.path):
        raise NotPermitted("not_permitted", "登记来电由村社、镇街和区的工作人员来办，您的账号没有这个权限")
    return organisations_by_id(viewer, ids=[viewer.organisation_id], at=asked.now)[viewer.organisation_id]


def _places(viewer: Viewer, own: Organisation) -> dict[str, Place]:
    """Where a call may come from: our own ground; every village for a body without one. One query and our own place."""
    found = places_of_kinds(viewer, kinds=KINDS)
    ground = own.place
    if ground is None:
        return {place.code: place for place in found}
    within = {place.code: place for place in found if place.path.startswith(ground.path)}
    return within or {place.code: place for place in found if ground.path.startswith(place.path)}


def _prefilled(own: Organisation, places: dict[str, Place]) -> str:
    """Our own village or town; nothing at the district, where a guess would be wrong twenty times out of twenty-one."""
    if own.place and own.place.code in places:
        return own.place.code
    return max(places, key=len) if own.place and own.place.kind == PlaceKind.GRID and places else ""


def _form(places: dict[str, Place], **more: Any) -> CardForm:
    return CardForm(definition=rota.mechanism().section(CasesSection), places=list(places.values()), **more)


def _page(
    asked: AskedRequest, own: Organisation, form: CardForm, history: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "nav_key": "hotline",
        "now": asked.now,
        "form": form,
        "key": asked.POST.get("key") or new_key(),
        "rota": rota.rota(asked.viewer, organisation=own, at=asked.now, since=_since(asked)),
        "place": asked.GET.get("place", ""),
        "started": _started(asked),
        "own": own,
        "desk_first": own.level >= 4,
        "may_manage": asked.viewer.may("teams:manage", asked.viewer.path),
        "keys": [
            Key("Ctrl Enter", _("记下这个电话")),
            Key("p", _("来电号码"), "#id_phone"),
            *(Key(str(n), kind[1], f"label[for=kind-{kind[0]}]") for n, kind in enumerate(form.kinds, 1)),
        ],
        **history,
    }
    return render(asked, "hotline/card.html", context, status=status)


def _saved(request: HttpRequest, form: CardForm, places: dict[str, Place]) -> HttpResponse:
    asked, data = cast(AskedRequest, request), form.cleaned_data
    place = places.get(data["place"])
    call = saving.Call(
        text=data["text"], service=data["service"], urgency=data["urgency"], phone=data["phone"], name=data["name"],
        place_id=place.pk if place else None, place_text=data["place_text"], doing=data["doing"] or DESK,
        answer=data["answer"], outcome=data["outcome"],
    )  # fmt: skip
    who, at, posted = actor(request), asked.now, key(request)
    if data["same"]:
        case = saving.add_call(actor=who, at=at, key=posted, call=call, to=cast(UUID, data["same"]))
        say(request, _("已记在 %(number)s 上，正在办的人看得到") % {"number": case.number})
    else:
        case = saving.save(actor=who, at=at, key=posted, call=call)
        say(request, _(SAID[call.doing]) % {"number": case.number})
    return redirect("hotline")


SAID = {
    "desk": gettext_noop("已记下，编号 %(number)s，交给分派台"),
    "mine": gettext_noop("已记下，编号 %(number)s，由本单位来办"),
    "answered": gettext_noop("已记下，编号 %(number)s，当场答复了，等别的单位核实"),
}


@signed_in
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """What this number brought before. By POST: a telephone number does not belong into an address."""
    asked = cast(AskedRequest, request)
    _own(asked)
    context = {"now": asked.now, **_history(asked, request.POST.get("phone", ""))}
    return render(request, "hotline/caller.html", context)


def _history(asked: AskedRequest, phone: str) -> dict[str, Any]:
    """Matters within the viewer's search scope, open ones first. Without one the number stays unknown."""
    digits = sum(char.isdigit() for char in phone)
    if digits < 7 or len(phone) > 40 or "\x00" in phone:
        return {"looked": False}
    viewer = asked.viewer
    person = find_by_phone(viewer, phone=phone)
    cases = seen_before(viewer, person_id=person.pk, limit=40) if person else []
    cases.sort(key=lambda case: case.state not in OPEN)  # stable: newest first within each
    shown = cases[:SHOWN]
    open_ones = _joinable(viewer, shown)
    return {
        "looked": True,
        "caller_name": masked_name(viewer, person=person) if person and cases else "",
        "earlier": [
            (row, open_ones.get(case.pk, "")) for row, case in zip(rows(viewer, shown, asked.now), shown, strict=True)
        ],
        "more": len(cases) - len(shown),
    }


def _alike(asked: AskedRequest) -> dict[str, Any]:
    """What the words so far are like: for the card before any script."""
    if offers.off(asked.now):
        return {"off": True, "offers": []}
    likes = similar.while_typing(asked.viewer, typed=typed_in(asked), at=asked.now)
    return {"offers": offers.for_staff(asked.viewer, likes, asked.now)}


def _joinable(viewer: Viewer, cases: Sequence[Case]) -> dict[int, str]:
    """The ids to add this call to: of matters that are open and in view, not only in search. One query."""
    still = [case.pk for case in cases if case.state in OPEN]
    return {case.pk: str(case.public_id) for case in visible(viewer).filter(pk__in=still).only("public_id")}


@signed_in
@require_GET
def live_rota(request: HttpRequest) -> HttpResponse:
    """The rota of a place, with who is being rung; asked for again every two seconds while it rings."""
    asked = cast(AskedRequest, request)
    own = _own(asked)
    chosen = _places(asked.viewer, own).get(request.GET.get("place", ""))
    where = (home_of(asked.viewer, place=chosen, at=asked.now) if chosen else None) or own
    context = {
        "now": asked.now,
        "rota": rota.rota(asked.viewer, organisation=where, at=asked.now, since=_since(asked)),
        "place": chosen.code if chosen else "",
        "started": _started(asked),
    }
    if not getattr(request, "htmx", False):
        query = QueryDict(mutable=True)
        query.update({"since": str(context["started"])})
        return redirect(f"{reverse('hotline')}?{query.urlencode()}")
    return render(request, "hotline/rota.html", context)


def _started(asked: AskedRequest) -> int:
    """When it began to ring (seconds since 1970): as the address says, else now."""
    text = asked.GET.get("since", "")
    return int(text) if text.isdigit() and len(text) <= 11 else int(asked.now.timestamp())


def _since(asked: AskedRequest) -> int | None:
    """Seconds it has been ringing; None while it doesn't."""
    if not asked.GET.get("since"):
        return None
    begun = datetime.fromtimestamp(min(_started(asked), int(asked.now.timestamp())), tz=UTC)
    return int((asked.now - begun).total_seconds())
