"""Attendance, decisions, and their corrections."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.meetings import forms
from genmai.interfaces.web.meetings.pages import decision_form, page
from genmai.interfaces.web.shell.toast import say
from genmai.processes.decisions import policies
from genmai.processes.decisions.commands import holding as commands
from genmai.processes.decisions.mechanism import kind_of
from genmai.processes.decisions.models import Decision
from genmai.processes.decisions.queries import meetings as queries


@signed_in
@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It took place: who came, what was said."""
    asked = cast(AskedRequest, request)
    whole = queries.one(asked.viewer, public_id=public_id)
    kind = kind_of(whole.meeting.mechanism, whole.meeting.kind)
    form = forms.HoldForm(request.POST, attendance=whole.attendance, kind=kind, auto_id="hold_%s")
    if form.is_valid():
        done = run(form, lambda: commands.hold(
            actor=actor(asked), at=asked.now, key=key(asked), meeting=public_id, marks=form.marks(),
            minutes=form.cleaned_data["minutes"], seen=seen(request),
        ))  # fmt: skip
        if done is not None:
            say(request, _("出席已登记，接着登记决定"))
            return redirect("meeting", public_id)
    return page(request, whole, bound=form, opened="hold", status=422)


@signed_in
@require_POST
def mark(request: HttpRequest, public_id: UUID, invitee: UUID) -> HttpResponse:
    """Attendance corrected by a later record."""
    asked = cast(AskedRequest, request)
    commands.mark(
        actor=actor(asked), at=asked.now, key=key(asked), meeting=public_id, invitee=invitee,
        to=request.POST.get("to", ""), seen=seen(request),
    )  # fmt: skip
    say(request, _("已更正出席，原来的登记还在"))
    return redirect("meeting", public_id)


@signed_in
@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One decision; its task follows within seconds."""
    asked = cast(AskedRequest, request)
    whole = queries.one(asked.viewer, public_id=public_id)
    policies.check_hold(actor(asked), whole.meeting.path)
    form = decision_form(asked, whole, request.POST)
    if form.is_valid():
        done = run(form, lambda: commands.decide(
            actor=actor(asked), at=asked.now, key=key(asked), meeting=public_id, decision=form.decision(),
            seen=seen(request),
        ))  # fmt: skip
        if done is not None:
            say(request, _("已登记，马上转成任务交给负责的单位"))
            return redirect("meeting", public_id)
    return page(request, whole, bound=form, opened="decide", status=422)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A later decision for a wrong one, or taking it back."""
    asked = cast(AskedRequest, request)
    wrong = queries.decision(asked.viewer, public_id=public_id)
    whole = queries.one(asked.viewer, public_id=wrong.meeting.public_id)
    policies.check_hold(actor(asked), whole.meeting.path)
    data = request.POST if request.method == "POST" else None
    form = decision_form(asked, whole, data, initial=_as_typed(wrong))
    given: dict[str, Any] = {"actor": actor(asked), "at": asked.now, "decision": public_id, "seen": seen(request)}
    if data is not None and "take_back" in data:
        commands.correct(**given, key=key(asked), by=None)
        say(request, _("已撤回，原来的决定还看得到，任务也告诉了"))
        return redirect("meeting", whole.meeting.public_id)
    if data is not None and form.is_valid():
        done = run(form, lambda: commands.correct(**given, key=key(asked), by=form.decision()))
        if done is not None:
            say(request, _("已更正，原来的决定还看得到，任务也告诉了"))
            return redirect("meeting", whole.meeting.public_id)
    context = {
        "nav_key": "meetings", "form": form, "key": new_key(), "meeting": whole.meeting, "wrong": wrong,
        "seen": whole.meeting.version,
    }  # fmt: skip
    return render(request, "meetings/correct.html", context, status=422 if form.errors else 200)


def _as_typed(wrong: Decision) -> dict[str, Any]:
    helping = Organisation.objects.filter(pk__in=wrong.helping).values_list("public_id", flat=True)
    return {
        "text": wrong.text, "responsible": str(wrong.responsible.public_id), "due_on": wrong.due_on,
        "helping": [str(one) for one in helping], "item": str(wrong.item.public_id) if wrong.item else "",
    }  # fmt: skip
