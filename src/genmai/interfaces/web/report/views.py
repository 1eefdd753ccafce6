"""The form, what comes of sending it, and the page after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.queries import organisations_by_id
from genmai.interfaces.web.edge.addresses import Pace, address_of, is_own_network
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.emergency.standing import read_once
from genmai.interfaces.web.follow.promises import ahead
from genmai.interfaces.web.report import photos, slips
from genmai.interfaces.web.report.forms import ReportForm
from genmai.interfaces.web.report.places import Ground, options
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.similar import offers
from genmai.interfaces.web.similar.offers import PublicOffer
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands.intake import Report, receive
from genmai.processes.cases.commands.likeness import join
from genmai.processes.cases.commands.step import done_before
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import emergency, following
from genmai.processes.cases.queries.similar import Typed

PACE = Pace(30, timedelta(hours=1))
CHANNEL = {True: "staff", False: "web"}
WHOLE_SITE = 2  # slashes in the path of the topmost body: "/1/"


@never_cache
@sensitive_post_parameters("text", "name", "phone", "key")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Draw the form; take it in. With a fault it comes back whole: words, choices and the photos already taken."""
    if request.method != "POST":
        short = _short_form(cast(AskedRequest, request))
        return redirect("report_now", short) if short else _draw(request, _form(request), [], new_key())
    form_key = key(request)
    kept, wrong = photos.take(request.FILES.getlist("photos"), photos.kept(request.POST.getlist("kept")))
    form = _form(request)
    for fault in wrong:
        form.add_error("photos", fault)
    if form.is_valid() and not _too_many(request, form):
        likes = _looked_first(request, form)
        if likes:
            return _draw(request, form, kept, form_key, likes=likes)
        try:
            return _taken_in(request, form, kept, form_key)
        except NotPermitted:
            form.add_error("town", gettext("这里不归您的单位，没有登记。请选本单位的地方，或者请反映人自己交"))
        except Refused as refused:
            form.add_error(_field(form, refused), refused.text(gettext))
    status = 429 if form.has_error("__all__", "pace") else 422
    return _draw(request, form, kept, form_key, status)


def _short_form(request: AskedRequest) -> str:
    """The code of the place in emergency whose short form comes first: the reader's own, the one named in the address,
    or the one that covers the whole site. Empty when `full` is asked for; the line above the page names the others.
    """
    if "full" in request.GET:
        return ""
    viewer, named = request.viewer, request.GET.get("place", "")
    if not viewer.anonymous:
        found = emergency.covering(viewer, read_once(request).emergencies)
    else:
        active = read_once(request).emergencies
        found = tuple(one for one in active if one.path.count("/") == WHOLE_SITE or one.code == named)
    return found[0].code if found else ""


def _form(request: HttpRequest) -> ReportForm:
    by_staff, ground = _by_staff(request), Ground(cast(AskedRequest, request).viewer)
    definition = mechanism.definition_of(mechanism.loop())
    if request.method == "POST":
        return ReportForm(request.POST, definition=definition, ground=ground, by_staff=by_staff)
    initial = ground.usual(_own_code(request)) if by_staff else {}
    return ReportForm(initial=initial, definition=definition, ground=ground, by_staff=by_staff)


def _own_code(request: HttpRequest) -> str:
    """The code of the organisation somebody acts for; towns, villages and grids have that of their place."""
    asked = cast(AskedRequest, request)
    own = asked.viewer.organisation_id
    found = organisations_by_id(asked.viewer, ids=[own], at=asked.now).get(own) if own else None
    return found.code if found else ""


def _draw(
    request: HttpRequest,
    form: ReportForm,
    kept: list[photos.Kept],
    form_key: UUID,
    status: int = 200,
    likes: Sequence[PublicOffer] = (),
) -> HttpResponse:
    context = {"form": form, "kept": kept, "key": form_key, "by_staff": _by_staff(request), "most": photos.MOST}
    context |= {
        "offers": likes,
        "looked": bool(likes) or "looked" in request.POST,
        "now": cast(AskedRequest, request).now,
    }
    return render(request, "report/report.html", context, status=status)


def _looked_first(request: HttpRequest, form: ReportForm) -> list[PublicOffer]:
    """What may be the same, asked once before it is taken in where no script asked while it was written.

    Not when the answer is given already (joined, or sent all the same), never for what is pressing, never for staff.
    """
    asked, place = cast(AskedRequest, request), form.place
    answered = {"looked", "join"} & set(request.POST) or _by_staff(request) or is_pressing(form)
    if answered or place is None or offers.off(asked.now):
        return []
    given = form.cleaned_data
    typed = Typed(text=given["text"], place_id=place.pk, place_text=given["place_text"])
    return offers.for_resident(asked.viewer, typed, asked.now)


def is_pressing(form: ReportForm) -> bool:
    """One report too many is better than one too few."""
    return form.cleaned_data["urgency"] in ("urgent", "supply") or form.cleaned_data["service"] == "emergency"


def _by_staff(request: HttpRequest) -> bool:
    """Signed in with the right to take matters in; anybody else reports as a resident."""
    viewer = cast(AskedRequest, request).viewer
    return not viewer.anonymous and viewer.may("cases:report")


def _actor(request: HttpRequest) -> Actor:
    return actor(request) if _by_staff(request) else Actor.reporter()


def _too_many(request: HttpRequest, form: ReportForm) -> bool:
    """Too many from one address in an hour. Never for what is urgent: one report too many is better than one too few."""
    now, address = cast(AskedRequest, request).now, address_of(request)
    if is_pressing(form) or _by_staff(request) or is_own_network(address):
        return False
    if PACE.free_at(address, now) is None:
        PACE.count(address, now)
        return False
    words = gettext("这一小时从同一个网络交来的太多了，先收不下。您写的都还在，过一会儿再交；急事请打 12345")
    form.add_error(None, ValidationError(words, code="pace"))
    return True


def _field(form: ReportForm, refused: Refused) -> str | None:
    """The field a refusal is about; places are refused at the town."""
    if refused.field == "place":
        return "town"
    return refused.field if refused.field in form.fields else None


def _taken_in(request: HttpRequest, form: ReportForm, kept: list[photos.Kept], form_key: UUID) -> HttpResponse:
    given, by_staff = form.cleaned_data, _by_staff(request)
    place = form.place
    if place is None:
        raise NotFound
    written = (given["text"], place.code, given["place_text"], given["name"], given["phone"])
    command, code = slips.keys_of(form_key, *written)
    case = _receive(request, form, kept, command, code)
    slip = slips.Slip(case.number, code, by_staff)
    response = _onward(request, case, slip)
    slips.hand_over(response, slip)
    return response


def _receive(request: HttpRequest, form: ReportForm, kept: list[photos.Kept], command: UUID, code: str) -> Case:
    """With the person who brings it, in one transaction; most bring no name, and the command has one of its own."""
    given, at = form.cleaned_data, cast(AskedRequest, request).now
    if not (given["phone"] or given["name"]):
        return _take(request, form, kept, command, code, None)
    with transaction.atomic():
        known = done_before(command)
        if known is not None:
            return known
        person = find_or_add_resident(
            actor=_actor(request),
            at=at,
            key=ids.subkey(command, "caller"),
            phone=given["phone"],
            name=given["name"],
        )
        return _take(request, form, kept, command, code, person.pk if person else None)


def _take(
    request: HttpRequest, form: ReportForm, kept: list[photos.Kept], command: UUID, code: str, person_id: int | None
) -> Case:
    given = form.cleaned_data
    report = Report(
        text=given["text"],
        service=given["service"],
        urgency=given["urgency"],
        channel=CHANNEL[_by_staff(request)],
        place_id=form.place.pk if form.place else None,
        place_text=given["place_text"],
        person_id=person_id,
        follow_digest=following.digest(code),
        wants_answer=given["wants_answer"] != "no",
    )
    who, at, into = _actor(request), cast(AskedRequest, request).now, request.POST.get("join", "")
    pictures, ref = [one.picture for one in kept], mechanism.loop()
    if into:
        return join(
            actor=who, at=at, key=command, mechanism=ref, report=report, pictures=pictures, into=_uuid(into)
        )  # fmt: skip
    return receive(actor=who, at=at, key=command, mechanism=ref, report=report, pictures=pictures)


def _uuid(text: str) -> UUID:
    """The matter to join. Raises Refused for what is no such id."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong


def _onward(request: HttpRequest, case: Case, slip: slips.Slip) -> HttpResponseRedirect:
    """Staff go on to the case; a resident to the page with the code."""
    if slip.for_staff:
        words = gettext("已登记 {number}。查询码 {code}，请告诉反映人").format(number=slip.number, code=slip.code)
        try:
            onward = redirect("case", case.public_id)
        except NoReverseMatch:
            return redirect("report_thanks")
        say(request, words)
        return onward
    return redirect("report_thanks")


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Number and code, what happens next and by when. A quarter of an hour after sending, then it is gone."""
    slip = slips.received(request)
    if slip is None:
        return redirect("follow")
    followed = following.follow(cast(AskedRequest, request).viewer, code=slip.code)
    context = {
        "slip": slip,
        "follow_url": request.build_absolute_uri(reverse("follow")),
        "case": followed.case,
        "steps": ahead(followed),
        "now": cast(AskedRequest, request).now,
    }
    return render(request, "report/thanks.html", context)


@require_safe
def grids(request: HttpRequest, village: str) -> HttpResponse:
    """The grids of a village as lines of a list, for the form's third list."""
    return HttpResponse(options(Ground(cast(AskedRequest, request).viewer).grids(village)))


@require_safe
def estates(request: HttpRequest, village: str) -> HttpResponse:
    """The estates of a village likewise."""
    return HttpResponse(options(Ground(cast(AskedRequest, request).viewer).estates(village)))


@require_safe
def photo(request: HttpRequest, token: str) -> HttpResponse:
    """A picture already taken for a form that came back; only for the holder of its token."""
    found = photos.kept([token])
    if not found:
        raise Http404
    return photos.answer(found[0].picture.sha256)
