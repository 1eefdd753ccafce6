"""One estate: what holds on a day, its parties, its stay on the list, its matters, and how it came to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import line_up
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import forms, words
from genmai.interfaces.web.handle_case.words import badge, title_of
from genmai.interfaces.web.shell.view_models import Event
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Reach
from genmai.processes.cases.queries import parties as cases
from genmai.processes.registers import policies
from genmai.processes.registers.estate_rules import EstateRules
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Clearing, Entry, Estate, Management
from genmai.processes.registers.queries import estates as queries
from genmai.processes.registers.queries import matters

HISTORY = 60


@dataclass(frozen=True)
class Standing:
    """An estate as one viewer stands to it on a day."""

    asked: AskedRequest
    estate: Estate
    rules: EstateRules
    facts: queries.Facts
    day: date

    def may(self, permission: str) -> bool:
        return policies.may(permission, actor(self.asked), self.estate)


def standing_of(request: HttpRequest, public_id: UUID, *, day: date | None = None) -> Standing:
    """Raises NotFound outside the viewer's scope."""
    asked = cast(AskedRequest, request)
    estate = queries.one(asked.viewer, public_id=public_id)
    when = day or day_of(asked.now)
    facts = queries.facts_of(asked.viewer, estates=[estate], day=when)[estate.pk]
    return Standing(asked, estate, rules_of(estate.mechanism), facts, when)


@signed_in
@require_safe
def estate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page; `?on=` reads it as at a past day."""
    return page(request, standing_of(request, public_id, day=_day(request)))


def _day(request: HttpRequest) -> date | None:
    text = request.GET.get("on", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        message = "日期应写成 2026-07-31 的样子"
        raise BadInput("bad_day", message, field="on", allowed="2026-07-31") from wrong
    return day if day < day_of(cast(AskedRequest, request).now) else None


def page(
    request: HttpRequest, one: Standing, *, bound: Any = None, opened: str = "", status: int = 200
) -> HttpResponse:
    """Everything the template draws; a refused form keeps what was typed."""
    asked, estate, facts = one.asked, one.estate, one.facts
    stay, steps = queries.stay_of(asked.viewer, estate=estate)
    past = one.day < day_of(asked.now)
    manage = one.may("estates:manage") and not past
    managed = facts.management.management if facts.management else Management.NONE.value
    open_stay = stay if stay is not None and stay.ended_at is None else None
    history = queries.history(asked.viewer, estate=estate)
    context = {
        "nav_key": "estates", "now": asked.now, "estate": estate, "facts": facts, "day": one.day, "past": past,
        "badge": words.managed_badge(managed, open_stay), "managed": words.MANAGEMENT.get(managed, managed),
        "type": words.title(one.rules.types, facts.profile.estate_type) if facts.profile else "",
        "committee_term": words.term(facts.committee, one.rules, one.day),
        "contract_term": words.term(facts.management, one.rules, one.day),
        "assets": [(entry, words.asset_words(entry, one.rules)) for entry in facts.assets],
        "stay": stay, "open_stay": open_stay, "stay_badge": _stay_badge(stay), "steps": steps,
        "way": words.title(one.rules.ways, stay.way) if stay and stay.way else "",
        "manage": manage, "submit": one.may("estates:submit") and not past, "key": new_key(),
        "events": [_event(entry, one, manage) for entry in history[:HISTORY]],
        "matters": [(m, words.REVIEWS[m.state], words.title(one.rules.matters, m.kind)) for m in
                    matters.of_estate(asked.viewer, estate=estate)],
        "cases": _cases(one), "opened": opened, "bound": bound,
    }  # fmt: skip
    if open_stay and manage:
        context |= _forms(one, open_stay, bound, opened)
    if manage and asked.viewer.may("cases:report", estate.home_path):
        context["request_form"] = bound if opened == "report" else forms.RequestForm(auto_id="report_%s")
    return render(request, "estates/estate.html", context, status=status)


def _forms(one: Standing, stay: Clearing, bound: Any, opened: str) -> dict[str, Any]:
    plan = {"owner": str(stay.owner.public_id), "way": stay.way, "by": stay.planned_by, "left": stay.left}
    return {
        "plan_form": bound if opened == "plan" else plan_form(one, initial=plan),
        "progress_form": bound if opened == "progress" else forms.ProgressForm(
            auto_id="progress_%s", initial={"left": stay.left}
        ),
    }  # fmt: skip


def plan_form(one: Standing, data: Any = None, **more: Any) -> forms.PlanForm:
    """Who may be made responsible: the community and its line up."""
    above = line_up(one.asked.viewer, organisation=one.estate.home, at=one.asked.now)
    owners: list[Organisation] = [one.estate.home, *above]
    return forms.PlanForm(data, rules=one.rules, owners=owners, auto_id="plan_%s", **more)


def _stay_badge(stay: Clearing | None) -> tuple[str, str]:
    shape, word = words.STAYS[stay.state] if stay else ("", "")
    return shape, str(word)


def _event(entry: Entry, one: Standing, manage: bool) -> tuple[Entry, Event, str]:
    """A line of the history, and where it is corrected."""
    corrected = hasattr(entry, "corrected_by")
    said = words.fact_words(entry, one.rules)
    by = entry.recorded_by.display_name if entry.recorded_by else ""
    event = Event(entry.recorded_at, str(words.KINDS[entry.kind]), by, said, "ahead" if corrected else "noted")
    may = manage and not corrected and not entry.struck
    return entry, event, reverse("estate_correct", args=[one.estate.public_id, entry.public_id]) if may else ""


def _cases(one: Standing) -> list[tuple[str, str, tuple[str, str], str]]:
    """The latest matters on the estate's ground: address, title, state, number. Parties have a page of their own."""
    viewer = one.asked.viewer
    if not viewer.paths("cases:view", Reach.VIEW):
        return []
    found = cases.at_places(viewer, place_path=one.estate.place.path)
    return [(reverse("case", args=[c.public_id]), title_of(c, 40), badge(c.state), c.number) for c in found]
