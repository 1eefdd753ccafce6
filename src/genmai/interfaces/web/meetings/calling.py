"""Calling a meeting, moving it, calling it off."""

from __future__ import annotations

import re
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.handle_case.words import title_of
from genmai.interfaces.web.meetings import forms
from genmai.interfaces.web.meetings.pages import bodies_of, page
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotPermitted
from genmai.processes.cases.queries import lists
from genmai.processes.decisions.commands import calling as commands
from genmai.processes.decisions.commands.calling import Item, NewMeeting
from genmai.processes.decisions.mechanism import current, kind_of
from genmai.processes.decisions.queries import meetings as queries

NUMBER = re.compile(r"\b\d{6}-(\d{1,12})\b")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Call a meeting in the name of one's own organisation."""
    asked = cast(AskedRequest, request)
    own = asked.viewer.organisation_id
    if own is None or not asked.viewer.may("meetings:hold", asked.viewer.path):
        raise NotPermitted("not_permitted", "联席会议由社区、镇街、区的微治办召集，您的账号没有这个权限")
    mechanism, kind = current()
    data = request.POST if request.method == "POST" else None
    topics = {"topics": request.GET.get("topic", "")[:300].replace("\x00", "")}
    form = forms.CallForm(
        data, kind=kind_of(mechanism.ref, kind), bodies=bodies_of(asked, own), initial=topics, auto_id="call_%s"
    )
    if data is not None and form.is_valid():
        given = form.cleaned_data
        meeting = NewMeeting(
            own, given["title"], given["starts_at"], given["room"], _items(asked, form.lines()), form.asked()
        )
        made = run(form, lambda: commands.call(actor=actor(asked), at=asked.now, key=key(asked), meeting=meeting))
        if made is not None:
            say(request, _("已通知请来开会的单位"))
            return redirect("meeting", made.public_id)
    context = {"nav_key": "meetings", "form": form, "key": new_key()}
    return render(request, "meetings/new.html", context, status=422 if form.errors else 200)


def _items(asked: AskedRequest, lines: list[str]) -> list[Item]:
    """Topics; one that names a matter the viewer may see points at it, and takes its title if it says nothing else."""
    numbers = {line: int(found[1]) for line in lines if (found := NUMBER.search(line))}
    rows = lists.visible(asked.viewer).filter(pk__in=numbers.values()).defer("words", "reach", "answers")
    cases = {case.pk: case for case in rows} if numbers else {}
    items = []
    for line in lines:
        case = cases.get(numbers.get(line, 0))
        said = NUMBER.sub("", line).strip(" ：:，,") if case else line
        items.append(Item(said or title_of(case, 60) if case else line, case.public_id if case else None))
    return items


@signed_in
@require_POST
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another time or room."""
    asked = cast(AskedRequest, request)
    whole = queries.one(asked.viewer, public_id=public_id)
    form = forms.MoveForm(request.POST, auto_id="move_%s")
    if form.is_valid():
        done = run(form, lambda: commands.move(
            actor=actor(asked), at=asked.now, key=key(asked), meeting=public_id, seen=seen(request), **form.cleaned_data
        ))  # fmt: skip
        if done is not None:
            say(request, _("已改时间地点，也告诉了请来的单位"))
            return redirect("meeting", public_id)
    return page(request, whole, bound=form, opened="move", status=422)


@signed_in
@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Called off."""
    asked = cast(AskedRequest, request)
    whole = queries.one(asked.viewer, public_id=public_id)
    form = forms.CancelForm(request.POST, auto_id="cancel_%s")
    if form.is_valid():
        done = run(form, lambda: commands.cancel(
            actor=actor(asked), at=asked.now, key=key(asked), meeting=public_id, seen=seen(request), **form.cleaned_data
        ))  # fmt: skip
        if done is not None:
            say(request, _("已通知不开了"))
            return redirect("meeting", public_id)
    return page(request, whole, bound=form, opened="cancel", status=422)
