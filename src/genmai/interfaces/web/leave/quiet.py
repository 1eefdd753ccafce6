"""One's own quiet hours: wider than the rule, never narrower."""

from __future__ import annotations

from datetime import time
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.interfaces.channels.quiet_hours import rules
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say as words_of
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import Refused
from genmai.records.notices.commands import choose_quiet
from genmai.records.notices.definition import NoticesSection
from genmai.records.notices.queries import quiet_of
from genmai.records.notices.quiet import Window

_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class QuietForm(PlainForm):
    """From, until, and rest days."""

    begins = forms.TimeField(label=_("从几点起不打扰"), widget=_CLOCK)
    ends = forms.TimeField(label=_("到几点"), widget=_CLOCK)
    rest_days = forms.BooleanField(label=_("休息日整天不打扰"), required=False)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """What holds for everybody, and one's own."""
    asked, section = cast(AskedRequest, request), rules()
    if section is None:
        raise Refused("no_quiet_hours", "这里没有安装安静时间的办法，消息随到随送")
    usual = section.rule("").window()
    own = quiet_of(asked.viewer, person_ids=[asked.viewer.person_id or 0]).get(asked.viewer.person_id or 0, usual)
    initial = {"begins": _time(own.begins), "ends": _time(own.ends), "rest_days": own.rest_days}
    form = QuietForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _chosen(asked, form, section, usual):
        say(request, gettext("记下了，从现在起照这个时间送"))
        return redirect("leave_quiet")
    context: dict[str, Any] = {"nav_key": "inbox", "form": form, "key": new_key(), "lines": _lines(section)}
    return render(request, "leave/quiet.html", context, status=422 if form.errors else 200)


def _chosen(asked: AskedRequest, form: QuietForm, section: NoticesSection, usual: Window) -> bool:
    given = form.cleaned_data
    try:
        choose_quiet(
            actor=actor(asked), at=asked.now, key=key(asked), rule=usual, most_hours=section.widest_hours,
            begins=_minute(given["begins"]), ends=_minute(given["ends"]), rest_days=given["rest_days"],
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return False
    return True


def _lines(section: NoticesSection) -> list[tuple[str, str, bool, bool]]:
    """Each urgency: its words, its hours, whether rest days are quiet, whether it always passes."""
    return [
        (words_of(rule.title), f"{rule.begins}–{rule.ends}", rule.rest_days, rule.passes)
        for rule in section.urgencies.values()
    ]


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
