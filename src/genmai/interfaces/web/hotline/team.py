"""Who of the team is away, and who stands in. No reason is asked; nothing is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from genmai.directory.access.commands import enter_leave
from genmai.directory.roster.queries import Member, absences_of, organisations_by_id, team_of
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotPermitted, Refused


class AwayForm(PlainForm):
    """Days on which somebody can't be called."""

    person = forms.ChoiceField(label=gettext_lazy("谁外出"))
    first_day = forms.DateField(
        label=gettext_lazy("从哪天"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=gettext_lazy("到哪天"),
        help_text=gettext_lazy("这一天也算"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    stand_in = forms.ChoiceField(label=gettext_lazy("谁代班"), required=False)

    def __init__(self, *args: Any, people: Sequence[Member], team: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("person", [(str(one.person_id), f"{one.name} · {one.title}") for one in people])
        nobody: tuple[str, object] = ("", gettext_lazy("没有人代，直接转下一位"))
        self._choose("stand_in", [nobody, *((str(one.person_id), f"{one.name} · {one.title}") for one in team)])

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """One's own team; who leads it registers for everybody, the others for themselves."""
    asked = cast(AskedRequest, request)
    viewer = asked.viewer
    if viewer.organisation_id is None or not viewer.may("cases:report", viewer.path):
        raise NotPermitted("not_permitted", "值班安排给接电话的村社、镇街和区的工作人员看，您的账号没有这个权限")
    own = organisations_by_id(viewer, ids=[viewer.organisation_id], at=asked.now)[viewer.organisation_id]
    members = _once(team_of(viewer, organisation=own, at=asked.now))
    leads = viewer.may("teams:manage", viewer.path)
    people = members if leads else [one for one in members if one.person_id == viewer.person_id]
    today = day_of(asked.now)
    data = request.POST if request.method == "POST" else None
    form = AwayForm(data, people=people, team=members, initial={"first_day": today, "last_day": today})
    if data is not None and form.is_valid() and _registered(request, form, own.path if leads else ""):
        return redirect("hotline_team")
    context = {
        "nav_key": "hotline",
        "now": asked.now,
        "own": own,
        "members": members,
        "form": form if people else None,
        "key": new_key(),
        "absences": absences_of(viewer, person_ids=[one.person_id for one in members], at=asked.now),
    }
    return render(request, "hotline/team.html", context, status=422 if form.errors else 200)


def _once(members: Sequence[Member]) -> list[Member]:
    return list({one.person_id: one for one in reversed(members)}.values())[::-1]


def _registered(request: HttpRequest, form: AwayForm, team_path: str) -> bool:
    data = form.cleaned_data
    try:
        enter_leave(
            actor=actor(request), at=cast(AskedRequest, request).now, key=key(request), person_id=int(data["person"]),
            first_day=data["first_day"], last_day=data["last_day"],
            stand_in_id=int(data["stand_in"]) if data["stand_in"] else None, team_path=team_path,
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return False
    say(request, _("已登记，这几天来电会转给代班的人或下一位"))
    return True
