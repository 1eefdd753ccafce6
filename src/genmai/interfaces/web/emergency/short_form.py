"""The short form: residents without an account, and whoever answers the telephone. Never refused for being many."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.territory.models import Place
from genmai.directory.territory.queries import place_by_code
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.emergency.forms import ShortForm
from genmai.interfaces.web.emergency.ground import narrowest, offered
from genmai.interfaces.web.emergency.standing import line_of, read_once
from genmai.interfaces.web.handle_case.words import say as words_of
from genmai.interfaces.web.report import slips
from genmai.interfaces.web.shell.toast import say
from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands.intake import Report, receive
from genmai.processes.cases.commands.step import done_before
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import emergency, following
from genmai.processes.cases.queries.extras import Active

URGENT = "urgent"
CHANNEL = {True: "hotline", False: "web"}
TOLD = 3


@never_cache
@sensitive_post_parameters("text", "place_text", "phone", "key")
@require_http_methods(["GET", "HEAD", "POST"])
def report_now(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the form, or take it in. Over by now: the usual form, with a word of explanation."""
    asked = cast(AskedRequest, request)
    active = emergency.of_code(asked.viewer, read_once(asked).emergencies, code=code)
    if active is None:
        if request.method == "POST":
            return _usual_form(request, gettext("应急状态已经结束。您写的没有丢，请在这里再交一次"))
        return _usual_form(request, gettext("应急状态已经结束，请用平常的表"))
    form = _form(request, active)
    if request.method != "POST":
        return _draw(asked, active, form, new_key())
    form_key = key(request)
    if form.is_valid():
        try:
            return _taken_in(asked, active, form, form_key)
        except NotPermitted:
            form.add_error("place_text", gettext("这里不归您的单位，没有登记。请转给当地，或者请反映人自己交"))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.text(gettext))
    return _draw(asked, active, form, form_key, 422)


def _usual_form(request: HttpRequest, words: str) -> HttpResponse:
    say(request, words)
    return redirect("report")


def _form(request: HttpRequest, active: Active) -> ShortForm:
    definition, mode = mechanism.emergency_mode(active.mechanism)
    return ShortForm(request.POST if request.method == "POST" else None, definition=definition, usual=mode.usual)


def _by_staff(asked: AskedRequest) -> bool:
    return not asked.viewer.anonymous and asked.viewer.may("cases:report")


def _draw(asked: AskedRequest, active: Active, form: ShortForm, form_key: UUID, status: int = 200) -> HttpResponse:
    definition, mode = mechanism.emergency_mode(active.mechanism)
    chosen = form["service"].value() or ""
    needs = [
        (key, words_of(kind.title), words_of(mode.advice[key]) if key in mode.advice else "", key == chosen)
        for key, kind in definition.kinds.items()
    ]
    context = {
        "active": line_of(active, asked.viewer),
        "form": form,
        "needs": needs,
        "key": form_key,
        "now": asked.now,
        "by_staff": _by_staff(asked),
        "places": offered(asked.viewer, code=active.code),
        "bulletins": emergency.bulletins(asked.viewer, emergency_id=active.id, limit=TOLD),
    }
    return render(asked, "emergency/short_form.html", context, status=status)


def _taken_in(asked: AskedRequest, active: Active, form: ShortForm, form_key: UUID) -> HttpResponse:
    given = form.cleaned_data
    here = place_by_code(asked.viewer, code=active.code)
    place = narrowest(asked.viewer, here=here, text=given["place_text"])
    words = _words(active, given["service"], given["text"])
    command, code = slips.keys_of(form_key, words, place.code, given["place_text"], given["phone"])
    case = _receive(asked, active, form, place, words, command, code)
    slip = slips.Slip(case.number, code, _by_staff(asked))
    if slip.for_staff:
        said = gettext("已登记 {number}，交给{place}指挥室。查询码 {code}，请告诉来电人")
        say(asked, said.format(number=slip.number, place=active.place, code=slip.code))
        return redirect("report_now", active.code)
    response = redirect("report_thanks")
    slips.hand_over(response, slip)
    return response


def _words(active: Active, service: str, text: str) -> str:
    """What was said; a tap alone is said in the mechanism's own words."""
    definition, _ = mechanism.emergency_mode(active.mechanism)
    return text.strip() or definition.kinds[service].title.zh


def _receive(
    asked: AskedRequest, active: Active, form: ShortForm, place: Place, words: str, command: UUID, code: str
) -> Case:
    """With the number it came from, in one transaction."""
    given, who = form.cleaned_data, actor(asked) if _by_staff(asked) else Actor.reporter()
    with transaction.atomic():
        known = done_before(command)
        if known is not None:
            return known
        person = find_or_add_resident(actor=who, at=asked.now, key=ids.subkey(command, "caller"), phone=given["phone"])
        report = Report(
            text=words,
            service=given["service"],
            urgency=URGENT,
            channel=CHANNEL[_by_staff(asked)],
            place_id=place.pk,
            place_text=given["place_text"],
            person_id=person.pk if person else None,
            follow_digest=following.digest(code),
            keep=False,
        )
        return receive(actor=who, at=asked.now, key=command, mechanism=active.mechanism, report=report)
