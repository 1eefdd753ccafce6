"""Who is away, registering it, coming back earlier, standing in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.access.commands import enter_leave
from genmai.directory.access.models import Account
from genmai.directory.access.queries import standing_in
from genmai.directory.roster.commands import end_leave
from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import Member, absences_of, line_up, organisations_by_id, stood_in_for, team_of
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import ACTS_FOR, AskedRequest, signed_in
from genmai.interfaces.web.hotline.team import AwayForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused

LEADS = "teams:manage"


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """One's own, or, for who leads the team, everybody's."""
    asked = cast(AskedRequest, request)
    own = _own(asked)
    members = _members(asked, own)
    leads = asked.viewer.may(LEADS, asked.viewer.path)
    people = members if leads else [one for one in members if one.person_id == asked.viewer.person_id]
    near = [*members, *_above(asked, own)]
    today = day_of(asked.now)
    data = request.POST if request.method == "POST" else None
    form = AwayForm(data, people=people, team=near, initial={"first_day": today, "last_day": today})
    if data is not None and form.is_valid() and _entered(asked, form, own.path if leads else ""):
        return redirect("leave")
    absences = absences_of(asked.viewer, person_ids=[one.person_id for one in members], at=asked.now)
    context = {
        "nav_key": "inbox",
        "now": asked.now,
        "today": today,
        "own": own,
        "form": form if people else None,
        "key": new_key(),
        "absences": [
            (one, leads or one.person_id == asked.viewer.person_id, max(today, one.first_day) - timedelta(days=1))
            for one in absences
        ],
        "for_others": stood_in_for(asked.viewer, at=asked.now),
        "acting": asked.viewer.acts_for,
    }
    return render(request, "leave/leave.html", context, status=422 if form.errors else 200)


def _own(asked: AskedRequest) -> Organisation:
    own = asked.viewer.organisation_id
    if own is None:
        raise NotPermitted("not_permitted", "外出和代班由在岗的工作人员登记，您的账号没有单位")
    return organisations_by_id(asked.viewer, ids=[own], at=asked.now)[own]


def _members(asked: AskedRequest, own: Organisation) -> list[Member]:
    """In post, each once."""
    found = team_of(asked.viewer, organisation=own, at=asked.now)
    return list({one.person_id: one for one in reversed(found)}.values())[::-1]


def _above(asked: AskedRequest, own: Organisation) -> list[Member]:
    """Of the organisation above: they may stand in, too."""
    line = line_up(asked.viewer, organisation=own, at=asked.now)
    return _members(asked, line[0]) if line else []


def _entered(asked: AskedRequest, form: AwayForm, team_path: str) -> bool:
    given = form.cleaned_data
    try:
        enter_leave(
            actor=actor(asked), at=asked.now, key=key(asked), person_id=int(given["person"]),
            first_day=given["first_day"], last_day=given["last_day"],
            stand_in_id=int(given["stand_in"]) if given["stand_in"] else None, team_path=team_path,
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return False
    say(asked, gettext("已登记，到时代班的人会看到"))
    return True


@signed_in
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Back earlier: the last day away is what the form says."""
    asked = cast(AskedRequest, request)
    own = _own(asked)
    leads = asked.viewer.may(LEADS, asked.viewer.path)
    end_leave(
        actor=actor(request), at=asked.now, key=key(request), away_id=_number(request),
        last_day=_day(request), team_path=own.path if leads else "",
    )  # fmt: skip
    say(request, gettext("已登记回来了"))
    return redirect("leave")


def _number(request: HttpRequest) -> int:
    text = request.POST.get("away", "")
    if not text.isdigit() or len(text) > 18:
        raise NotFound("没有找到这次外出")
    return int(text)


def _day(request: HttpRequest) -> date:
    try:
        found = parse_date(request.POST.get("last_day", ""))
    except ValueError:
        found = None
    if found is None:
        raise BadInput("date", "请填日期，例如 2026-11-22", field="last_day")
    return found


@signed_in
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Begin to act in the absent one's place, or go back to oneself (`away` empty)."""
    asked = cast(AskedRequest, request)
    if not request.POST.get("away"):
        request.session.pop(ACTS_FOR, None)
        say(request, gettext("回到您自己的岗位了"))
        return redirect("my_work")
    chosen = _number(request)
    found: Sequence[str] = [
        one.person.display_name for one in stood_in_for(asked.viewer, at=asked.now) if one.pk == chosen
    ]
    account = cast(Account, request.user)
    if not found or standing_in(account, away_id=chosen, at=asked.now) is None:
        raise NotPermitted("not_stand_in", "您现在不是他的代班人，或者他没有账号要代，没有切换")
    request.session[ACTS_FOR] = chosen
    say(request, gettext("现在代{name}办，每一步都会写明是您代办的").format(name=found[0]))
    return redirect("my_work")
