"""What is kept of the reporter: who looked at it, and how to have it deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.directory.access.queries import looks_at_person
from genmai.directory.roster.commands import forget
from genmai.directory.roster.queries import masked_people
from genmai.interfaces.web.edge.posting import key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.follow.forms import ForgetForm
from genmai.interfaces.web.follow.views import held
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.processes.cases.queries import following
from genmai.processes.cases.queries.following import Followed

ASKED_BY_REPORTER = Actor.system("asked_by_the_reporter")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """Masked name and number, every look at them, and the way to have them deleted."""
    followed = held(request)
    if followed is None:
        return redirect("follow")
    form = ForgetForm(request.POST) if request.method == "POST" else ForgetForm()
    context = _context(request, followed)
    person = followed.caller.person
    if request.method == "POST" and form.is_valid() and context["is_own"] and person is not None:
        try:
            forget(
                actor=ASKED_BY_REPORTER,
                at=cast(AskedRequest, request).now,
                key=key(request),
                person=person,
            )
        except Refused as refused:
            form.add_error(None, refused.text(gettext))
        else:
            say(request, gettext("姓名和电话已经删除。事情照样办，凭查询码照样查"))
            return redirect("follow_data")
    return render(request, "follow/data.html", {**context, "form": form}, status=422 if form.errors else 200)


def _context(request: HttpRequest, followed: Followed) -> dict[str, Any]:
    person_id = followed.caller.person_id
    own = person_id is not None and following.is_of_one_caller(NOBODY, caller=followed.caller)
    masked = masked_people(NOBODY, ids=[person_id])[person_id] if own and person_id else None
    looks = looks_at_person(replace(NOBODY, person_id=person_id), person_id=person_id) if own and person_id else []
    return {
        "case": followed.case,
        "has_person": person_id is not None,
        "is_own": own,
        "masked": masked,
        "looks": looks,
        "key": new_key(),
        "now": cast(AskedRequest, request).now,
    }
