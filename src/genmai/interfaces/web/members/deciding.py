"""What timers put before a body, and what the body made of it. A timer proposes; people decide."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.proposals import decide
from genmai.directory.roster.models import Proposal
from genmai.directory.roster.queries import members as queries
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.forms import DecideForm
from genmai.interfaces.web.members.scope import check_sees
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused


@never_cache
@signed_in
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits, then what was decided. Three queries."""
    asked = cast(AskedRequest, request)
    check_sees(asked.viewer)
    context = {
        "nav_key": "members", "now": asked.now,
        "waiting": [(row, title_of(row)) for row in queries.proposals(asked.viewer, at=asked.now)],
        "decided": [
            (row, title_of(row), words.OUTCOMES[row.decision.outcome])
            for row in queries.proposals(asked.viewer, at=asked.now, undecided=False)
        ],
    }  # fmt: skip
    return render(request, "members/proposals.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One proposal: what it rests on, and the form for the body's decision."""
    asked = cast(AskedRequest, request)
    found = queries.proposal(asked.viewer, public_id=public_id, at=asked.now)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            decide(actor=actor(request), at=asked.now, key=key(request), proposal=found, **form.cleaned_data)
            say(request, _("记下了；名册上什么也没有变，要变动另外登记"))
            return redirect("members_proposals")
        except NotFound:
            raise
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
    timers = mechanism.members().timers
    context = {
        "nav_key": "members", "row": found, "title": title_of(found), "form": form, "key": new_key(),
        "basis": timers[found.timer].basis if found.timer in timers else "",
        "decided": getattr(found, "decision", None),
    }  # fmt: skip
    return render(request, "members/proposal.html", context, status=422 if form.errors else 200)


def title_of(row: Proposal) -> str:
    """What the timer is about, in the mechanism's words."""
    timers = mechanism.members().timers
    return words.say(timers[row.timer].title) if row.timer in timers else row.timer
