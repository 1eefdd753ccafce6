"""The matter in the middle: what it is, whose it should be and why, what may be done; and its history at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.queries import path_name
from genmai.interfaces.web.dispatch_desk import duty
from genmai.interfaces.web.dispatch_desk.letters import letters
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.handle_case import actions, history, listing, page, ready, words
from genmai.interfaces.web.handle_case.actions import Action
from genmai.interfaces.web.handle_case.fields import VerbForm, away_words, load_words
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.processes.cases.queries import suggestions
from genmai.processes.cases.queries.load import NOTHING, Load, warning_for

# Drawn in places of their own, not in the row of further verbs.
ALIKE = 3  # more stand on the page that shows them side by side
APART = frozenset({"dispatch", "merge", "unmerge", "classify"})


# What is done on the spot; the rest opens on the matter's own page, so that this pane comes at once.
INLINE = APART | {
    "accept",
    "answer_at_once",
    "chase",
    "contact",
    "decline",
    "note",
    "reassign",
    "reply",
    "take_back",
    "take_on",
}


@dataclass(frozen=True)
class Choice:
    """A body that may be chosen: its letters for the keyboard, its load for the eye."""

    public_id: str
    name: str
    letters: str
    load: str  # what it has in hand and who is away, in words
    full: str
    chosen: bool


@dataclass(frozen=True)
class Hint:
    """What is suggested, in words. `take`: it may be taken with one key."""

    shown: suggestions.Shown
    title: str
    second: str
    why: str
    take: bool


def hint_of(standing: Standing) -> Hint | None:
    """The suggestion for a matter that waits to be dispatched; None elsewhere and where there is none."""
    if standing.case.state != "received":
        return None
    found = suggestions.for_cases(standing.actor.viewer, [standing.case], at=standing.now).get(standing.case.pk)
    if found is None:
        return None
    title = words.subject(found.category) if found.category else ""
    second = words.subject(found.second) if found.second else ""
    return Hint(found, title, second, found.why(gettext), found.decided and found.body is not None)


def offered(
    standing: Standing, bound: VerbForm | None, verb: str, opened: str
) -> tuple[page.Offer | None, list[page.Offer], list[Action]]:
    """The next step, what else is done here, and what is done on the matter's own page."""
    found = actions.open_actions(standing)
    first = actions.next_action(standing, found)

    def offer(action: Action) -> page.Offer:
        mine = bound is not None and action.verb == verb
        form = bound if mine and bound is not None else page.blank(action, standing)
        return page.Offer(action, form, new_key(), opened=mine or action.verb == opened)

    here = [one for one in found if one is not first and (one.verb in INLINE or one.verb in (verb, opened))]
    rest = [one for one in found if one is not first and one not in here]
    return (offer(first) if first else None), [offer(one) for one in here], rest


def panel(
    request: HttpRequest, standing: Standing, bound: VerbForm | None = None, verb: str = "", said: str = ""
) -> dict[str, Any]:
    """Everything about the chosen matter, for `matter.html` and `history.html`."""
    query, case = request.GET, standing.case
    hint = hint_of(standing)
    posted = request.POST.get("category", "") if bound is not None else ""
    category = query.get("category", "") or posted or case.category
    category = category or (hint.shown.code if hint else "")
    find, within = query.get("find", "")[:40], query.get("within", "")
    answer = duty.answer(standing, category)
    first, others, elsewhere = offered(standing, bound, verb, query.get("do", ""))
    drawn = {one.action.verb: one for one in [*([first] if first else []), *others]}
    subjects, opened = duty.subjects(find, within, f"{case.title} {case.text}")
    dispatch, lines = drawn.get("dispatch"), page.limits_of(standing)
    context: dict[str, Any] = {
        "standing": standing, "case": case, "title": words.headline(case), "badge": page.badge_of(standing),
        "due": page.due_of(standing, lines), "now": standing.now, "hint": hint, "answer": answer, "category": category, "find": find,
        "place": path_name(standing.actor.viewer, place=case.place) if case.place else case.home.name,
        "within": opened, "above": duty.above(opened), "subjects": subjects, "subject_title": page.subject_title(answer.category),
        "callers": page.callers(standing, None, None), "dispatch": dispatch, "said": said, "key": new_key(),
        "first": first if first is not dispatch else None, "others": [o for o in others if o.action.verb not in APART],
        "elsewhere": elsewhere, "merging": drawn.get("merge"), "classify": drawn.get("classify") if dispatch is None else None,
        "alike": page.merge_candidates(standing, "", category)[:ALIKE] if "merge" in drawn else [],
        "before": [a for a in standing.matter.attachments if a.stage == "before"],
        "ready": ready.answers(standing, query.get("ready", ""), [o for o in (first, *others) if o]), "query": listing.canonical(query) or request.POST.get("query", "")[:400],
        "picture_cases": page.picture_cases(standing), "lost": bound is not None and verb not in drawn,
        "history": history.events(standing.definition, case, standing.matter.history, page.limit_titles(lines)),
    }  # fmt: skip
    return context | (_choosing(request, standing, dispatch.form, answer, hint, category) if dispatch else {})


def _choosing(
    request: HttpRequest, standing: Standing, form: VerbForm, answer: duty.Answer, hint: Hint | None, category: str
) -> dict[str, Any]:
    """The bodies with their loads, the one chosen beforehand, and the warning where that one is full."""
    chosen = _chosen(request, form, answer, hint, category)
    loads = standing.loads
    choices = [
        Choice(
            str(o.public_id), o.short_name, letters(o.short_name), load_words(loads.get(o.pk), standing.away.get(o.pk, ())), full_words(standing, o, category),
            str(o.public_id) == chosen,
        )
        for o in standing.targets
    ]  # fmt: skip
    body = next((o for o in standing.targets if str(o.public_id) == chosen), None)
    if not form.is_bound:
        helping = [duty.body_of(standing, code) for code in answer.assisting]
        form.initial["assisting"] = [str(one.public_id) for one in helping if one is not None]
    return {
        "choices": choices, "body": body, "body_load": loads.get(body.pk, NOTHING) if body else NOTHING,
        "body_away": [away_words(one) for one in standing.away.get(body.pk, ())] if body else [],
        "full": full_words(standing, body, category) if body else "", "assistants": assistants(form, standing.targets, loads),
    }  # fmt: skip


def _chosen(request: HttpRequest, form: VerbForm, answer: duty.Answer, hint: Hint | None, category: str) -> str:
    """What was typed, then what the address says, then the suggestion for this subject, then the duty list."""
    if form.is_bound:
        return str(form.data.get("to", ""))
    if request.GET.get("to"):
        return request.GET["to"][:40]
    if hint is not None and hint.shown.body is not None and hint.shown.code == category:
        return str(hint.shown.body.public_id)
    return str(answer.body.public_id) if answer.body else ""


def full_words(standing: Standing, body: Organisation, category: str) -> str:
    """That a body is full already, and who else could have it; empty below its cap."""
    found = warning_for(
        body=body, among=standing.targets, loads=standing.loads, case=standing.case, category=category, at=standing.now
    )
    if found is None:
        return ""
    said = gettext("{who}手上已有 {n} 件，到了 {cap} 件这条线，仍可以交。")
    first = said.format(who=body.short_name, n=found.load.open, cap=found.cap)
    if found.lighter is None:
        return first
    other = gettext("{who}同样能办，手上 {n} 件。")
    return first + other.format(who=found.lighter.short_name, n=found.lighter_load.open)


@dataclass(frozen=True)
class Assistant:
    public_id: str
    name: str
    chosen: bool


def assistants(form: VerbForm, among: Sequence[Organisation], loads: Mapping[int, Load]) -> list[Assistant]:
    """Who may assist; those the duty list names, or those ticked, come first."""
    ticked = cast(QueryDict, form.data).getlist("assisting") if form.is_bound else form.initial.get("assisting", [])
    found = [Assistant(str(o.public_id), o.short_name, str(o.public_id) in ticked) for o in among]
    return sorted(found, key=lambda one: not one.chosen)


def uuid_in(text: str) -> UUID | None:
    """A public id typed into an address; None for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
