"""The transfer inbox of both branches: what waits, what came of the others; accepted, refused or taken back here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands import transfers as commands
from genmai.directory.roster.models import Transfer
from genmai.directory.roster.queries import members as queries
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.forms import ARRIVING
from genmai.interfaces.web.members.scope import check_sees
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound


@dataclass(frozen=True)
class Line:
    """One transfer; what the viewer may do with it follows from the side they stand on."""

    row: Transfer
    shape: str
    word: str
    reason: str
    may_take: bool
    may_withdraw: bool
    days_left: int


@never_cache
@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Those that wait first. Three queries."""
    asked = cast(AskedRequest, request)
    check_sees(asked.viewer)
    found, paths = queries.transfers(asked.viewer, at=asked.now)
    lines = [_line(asked, row, paths) for row in found]
    context = {
        "nav_key": "members", "now": asked.now, "key": new_key(),
        "coming": [one for one in lines if one.may_take],
        "going": [one for one in lines if one.row.state == "asked" and not one.may_take],
        "settled": [one for one in lines if one.row.state != "asked"],
        "arrivals": [(name, words.say(mechanism.members().arrivals[name])) for name in ARRIVING],
    }  # fmt: skip
    return render(request, "members/transfers.html", context)


def _line(asked: AskedRequest, row: Transfer, paths: dict[int, str]) -> Line:
    shape, word = words.TRANSFERS[row.state]
    waits = row.state == "asked"
    return Line(
        row, shape, str(word), words.chosen(mechanism.members().transfer_reasons, row.reason),
        waits and queries.may_keep(asked.viewer, paths.get(row.to_branch_id, "")),
        waits and queries.may_keep(asked.viewer, paths.get(row.from_branch_id, "")),
        (row.expires_on - day_of(asked.now)).days,
    )  # fmt: skip


@signed_in
@require_POST
def act(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Accept, refuse or withdraw; a faulty form is told on its own page and nothing moves."""
    asked = cast(AskedRequest, request)
    found = queries.transfer(asked.viewer, public_id=public_id, at=asked.now)
    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "accept": (
            lambda: commands.accept(
                actor=actor(request), at=asked.now, key=key(request), transfer=found, seen=seen(request),
                arrived=request.POST.get("arrived", ""),
            ),
            _("接收了，从今天起他在本支部"),
        ),
        "refuse": (
            lambda: commands.refuse(
                actor=actor(request), at=asked.now, key=key(request), transfer=found, seen=seen(request),
                answer=request.POST.get("answer", ""),
            ),
            _("已告诉对方不接收"),
        ),
        "withdraw": (
            lambda: commands.withdraw(
                actor=actor(request), at=asked.now, key=key(request), transfer=found, seen=seen(request)
            ),
            _("撤回了，他还在原支部"),
        ),
    }  # fmt: skip
    if verb not in verbs:
        raise NotFound
    run, done = verbs[verb]
    run()
    say(request, done)
    return redirect("members_transfers")
