"""The estate's card on the page of a matter, and calling its parties in (三方协同)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import words
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound
from genmai.processes.cases.commands import bodies
from genmai.processes.cases.queries import matter as matters
from genmai.processes.cases.queries import parties as parts
from genmai.processes.registers.models import Entry, Estate, Management
from genmai.processes.registers.queries import estates as queries


@dataclass(frozen=True)
class Card:
    """An estate beside a matter: who the parties are, what each promised, whom one may still ask."""

    estate: Estate
    facts: queries.Facts
    badge: tuple[str, str]
    parts: list[parts.Part]
    askable: list[Entry]
    key: UUID


def card_for(standing: Standing) -> Card | None:
    """The card of the estate a matter lies in; nothing is asked of the database where its place is in none."""
    viewer = standing.actor.viewer
    estate = queries.of_place(viewer, place=standing.case.place)
    if estate is None:
        return None
    facts = queries.facts_of(viewer, estates=[estate], day=day_of(standing.now))[estate.pk]
    managed = facts.management.management if facts.management else Management.NONE.value
    known = [one.organisation_id for one in facts.parties if one.organisation_id is not None]
    taking = parts.parts_of(viewer, case=standing.case, organisation_ids=known)
    inside = {part.body.organisation_id for part in taking}
    may = standing.may("assist")
    askable = [one for one in facts.parties if may and one.organisation_id not in inside]
    return Card(estate, facts, words.managed_badge(managed), taking, askable, new_key())


@signed_in
@require_POST
def ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask the parties chosen to join in; only parties of the very estate the matter lies in."""
    asked = cast(AskedRequest, request)
    case = matters.find(asked.viewer, public_id=case_id)
    estate = queries.of_place(asked.viewer, place=case.place)
    if estate is None:
        raise NotFound
    facts = queries.facts_of(asked.viewer, estates=[estate], day=day_of(asked.now))[estate.pk]
    known = {str(one.organisation.public_id) for one in facts.parties if one.organisation is not None}
    chosen = [one for one in request.POST.getlist("bodies") if one in known]
    if not chosen:
        raise BadInput("empty", "请选择请谁一起办", field="bodies", allowed="业委会、物业")
    text = request.POST.get("text", "").strip() or _("请一起办这件事")
    bodies.assist(
        actor=actor(asked), at=asked.now, key=key(asked), case=case_id, bodies=[UUID(one) for one in chosen],
        text=text[:500], seen=seen(request),
    )  # fmt: skip
    say(request, _("已请他们一起办"))
    return redirect("case", case_id)
