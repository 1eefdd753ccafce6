"""What the case page shows, put together from one matter and one viewer's standing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from genmai.directory.access.policies import may_reveal
from genmai.directory.roster.sealing import Clear
from genmai.directory.territory.queries import path_name
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.estates.on_case import card_for
from genmai.interfaces.web.handle_case import actions, history, limits, parts, words
from genmai.interfaces.web.handle_case.actions import Action
from genmai.interfaces.web.handle_case.fields import VerbForm, caller_words
from genmai.interfaces.web.handle_case.rows import row
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.leave.marking import marked
from genmai.interfaces.web.shell.view_models import Key, MatterRow, Step
from genmai.interfaces.web.similar.pairs import links
from genmai.interfaces.web.volunteer.standing import of_case
from genmai.processes.cases import clocks, mechanism, policies
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Caller, Case, Milestone
from genmai.processes.cases.queries import extras, lists, similar
from genmai.processes.cases.queries.marks import marks

BESIDE = 25  # matters in the list beside the page
MERGE_LIMIT = 8


@dataclass(frozen=True)
class Offer:
    """One verb as a form, closed or open."""

    action: Action
    form: VerbForm
    key: UUID
    opened: bool = False

    @property
    def bare(self) -> bool:
        """Only a button."""
        return not self.form.fields


@dataclass(frozen=True)
class CallerLine:
    """Somebody who brought it, with stars; in clear only right after a stated purpose."""

    id: UUID
    name: str
    caller: Caller
    of: str
    may_reveal: bool
    clear: Clear | None
    satisfaction: str


def offers(standing: Standing, bound: VerbForm | None, verb: str, opened: str) -> tuple[Offer | None, list[Offer]]:
    """The primary one and the others. A refused form keeps what was typed."""
    found = actions.open_actions(standing)
    first = actions.next_action(standing, found)

    def offer(action: Action) -> Offer:
        mine = bound is not None and action.verb == verb
        form = bound if mine and bound is not None else blank(action, standing)
        return Offer(action, form, new_key(), opened=mine or action.verb == opened)

    others = [offer(action) for action in found if action is not first]
    return (offer(first) if first else None), others


def blank(action: Action, standing: Standing, data: Any = None) -> VerbForm:
    """The verb's form; ids carry the verb, so that many stand on one page."""
    return action.form(data, standing=standing, auto_id=f"{action.verb}_%s", label_suffix="")


def callers(standing: Standing, shown: UUID | None, clear: Clear | None) -> list[CallerLine]:
    """Everybody who brought it, those of merged repeats too."""
    found = []
    for caller in standing.matter.callers:
        of = caller.case
        found.append(
            CallerLine(
                id=caller.public_id,
                name=caller_words(standing, caller),
                caller=caller,
                of=of.number if of.id != standing.case.id else "",
                may_reveal=caller.person_id is not None and may_reveal(standing.actor, of.home_path),
                clear=clear if caller.public_id == shown else None,
                satisfaction=str(words.SATISFACTION.get(caller.satisfaction or 0, "")),
            )
        )
    return found


def limits_of(standing: Standing) -> list[limits.LimitLine]:
    """All limits of the matter: the page's list, its nearest one, and the titles in its history."""
    return limits.lines(standing.definition, standing.matter.milestones, standing.now)


def limit_titles(lines: Iterable[limits.LimitLine]) -> dict[str, str]:
    """Public id → title of each limit; what is to be decided says which request."""
    return {line.id: line.title for line in lines}


def ladder(standing: Standing) -> list[Step]:
    """The rungs: which it has been on, where it is now, which solved it."""
    case = standing.case
    been = {m.deed.level for m in standing.matter.history if m.deed.level and m.deed.kind.startswith("case.")}
    now = case.solved_level or case.level
    top = max(5, now, *been) if been else max(5, now)
    lowest = min(2, now, *been) if been else min(2, now)
    steps = []
    for level in range(lowest, top + 1):
        standing_word = "current" if level == now else "past" if level in been else "ahead"
        steps.append(Step(str(words.LEVELS[level]), standing_word))
    return steps


def waiting_for(standing: Standing) -> list[tuple[str, str]]:
    """Whose move it is: (who, what)."""
    found: dict[tuple[str, str], None] = {}
    for m in standing.matter.running:
        request = m.request
        what, _verb = words.to_do(standing.definition, m.key, request.kind if request else "")
        found[(m.owner.short_name, what)] = None
    return list(found)[:4]


@dataclass(frozen=True)
class MergedLine:
    """A repeat carried by this matter, and whether this viewer may take it out again."""

    case: Case
    title: str
    url: str
    undo: bool
    key: UUID


def merged(standing: Standing) -> list[MergedLine]:
    found = []
    for case in standing.matter.merged:
        may = policies.may("cases:merge", standing.actor, _desk_path(case))
        url = reverse("case", args=[case.public_id])
        found.append(MergedLine(case, words.title_of(case, 40), url, may, new_key()))
    return found


def _desk_path(case: Case) -> str:
    """The desk stands on the line of the case's home, so its path is the beginning of the home's."""
    mark = f"/{case.desk_id}/"
    before, found, _rest = case.home_path.partition(mark)
    return before + found if found else case.home_path


@dataclass(frozen=True)
class Candidate:
    """An open matter this one may be joined to."""

    public_id: UUID
    title: str
    word: str
    place: str
    lead: str
    number: str
    url: str


def merge_candidates(standing: Standing, find: str, category: str = "") -> list[Candidate]:
    """Open matters this one may be joined to: what is alike, or those with the words looked for."""
    viewer, case = standing.actor.viewer, standing.case
    if find.strip():
        filters = lists.Filters(states=OPEN, words=find.strip()[:40])
        found: Sequence[Case] = lists.page(viewer, filters=filters, limit=MERGE_LIMIT + 1)[0]
    else:
        like = copy(case)
        like.category = category or case.category  # on the desk: the subject chosen, not yet saved
        found = _alike(standing, like)
    others = [one for one in found if one.id != case.id][:MERGE_LIMIT]
    return [
        Candidate(
            one.public_id, words.title_of(one, 50), words.badge(one.state)[1], one.place_text or one.home.short_name,
            (one.lead or one.holder).short_name, one.number, reverse("case", args=[one.public_id]),
        )
        for one in others
    ]  # fmt: skip


def _alike(standing: Standing, case: Case) -> Sequence[Case]:
    """By the same score as the page that shows them side by side; while that is off under load, by place and subject."""
    viewer, now = standing.actor.viewer, standing.now
    if extras.SIMILAR in extras.paused(now):
        since = now - (clocks.due_after(standing.definition.merging.suggest_within, now) - now)
        return lists.alike(viewer, case=case, since=since, limit=MERGE_LIMIT)
    return [like.case for like in similar.of_case(viewer, case=case, at=now) if like.case.state in OPEN]


def beside(standing: Standing) -> list[MatterRow]:
    """The list at the left of the desk: what waits for the viewer's organisation."""
    viewer = standing.actor.viewer
    waiting = lists.inbox(viewer, limit=BESIDE)
    found = marks(viewer, cases=[one.case for one in waiting])
    return [row(one.case, found[one.case.id], standing.now, current=one.case.id == standing.case.id) for one in waiting]


def context(
    request: HttpRequest,
    standing: Standing,
    *,
    bound: VerbForm | None = None,
    verb: str = "",
    told: str = "",
    blocked: bool = False,
    revealed: tuple[UUID, Clear] | None = None,
) -> dict[str, Any]:
    """Everything the template draws. `told`: a refusal whose form is no longer offered, or of no form; `blocked`: it was
    for the sake of children still open, which are named.
    """
    case, matter = standing.case, standing.matter
    viewer = standing.actor.viewer
    opened, find = request.GET.get("do", ""), request.GET.get("find", "")
    first, others = offers(standing, bound, verb, opened)
    subject = mechanism.taxonomy().categories.get(case.category)
    shown, clear = revealed or (None, None)
    merging = next((one for one in others if one.action.verb == "merge"), None)
    sought = merging is not None and (merging.opened or bool(find))  # else asked for once somebody opens it
    taken = [one for one in others if one is not merging]
    drawn = {first.action.verb if first else "", *(one.action.verb for one in others)}
    lost = bound if bound is not None and verb not in drawn else None
    definition, lines = standing.definition, limits_of(standing)
    return {
        "nav_key": "cases", "has_matter": True, "now": standing.now, "case": case, "standing": standing,
        "title": words.headline(case), "badge": badge_of(standing), "state_words": words.state_words(case.state),
        "due": due_of(standing, lines), "place": path_name(viewer, place=case.place) if case.place else case.home.name,
        "subject": subject, "subject_title": subject_title(subject), "urgency": _urgency(standing),
        "channel": _channel(standing), "callers": callers(standing, shown, clear), "bodies": [one for one in matter.bodies if one.part != "lead"],
        "ladder": ladder(standing), "limits": lines,
        "history": history.events(definition, case, marked(viewer, matter.history), limit_titles(lines)), "merged": merged(standing),
        "links": links(viewer, case),
        "requests": [_request(standing, one) for one in matter.requests], "first": first, "others": taken, "merging": merging,
        "candidates": merge_candidates(standing, find) if sought else [], "sought": sought, "find": find, "waiting": waiting_for(standing),
        "beside": beside(standing), "told": told, "lost": _typed(lost), "revealed": bool(revealed),
        "before": [a for a in matter.attachments if a.stage == "before"],
        "after": [a for a in matter.attachments if a.stage == "after"], "picture_cases": picture_cases(standing),
        "closing": words.outcome_words(definition, case.closing_reason) if case.closing_reason else "",
        "card": card_for(standing), "suspension": _suspension(standing), "keys": _keys(first, others), "reviews": parts.reviews(standing),
        "blocked": [one for one in parts.family(standing)["children"] if one.open] if blocked else [],
        "tasks": of_case(viewer, case=case.public_id), "asks_volunteers": case.state in OPEN and viewer.may("tasks:organise"),
        "bank": parts.banked(standing), "flagged": parts.flagged(standing), **parts.family(standing),
    }  # fmt: skip


def badge_of(standing: Standing) -> tuple[str, str]:
    """Shape and word of the state, as things stand now."""
    running = standing.matter.running
    late = any(m.missed_at is not None or m.due_at < standing.now for m in running)
    return words.badge(standing.case.state, late)


def due_of(standing: Standing, lines: Collection[limits.LimitLine]) -> limits.LimitLine | None:
    """The nearest limit still open, else the one that was met by the reply."""
    if standing.case.state == "merged":
        return None
    running = [one for one in lines if one.state == Milestone.State.RUNNING]
    paused = [one for one in lines if one.state == Milestone.State.PAUSED]
    met = [m for m in standing.matter.milestones if m.key == "resolve" and m.met_at]
    met_ids = {str(one.public_id) for one in met[-1:]}
    return next(iter(running or paused or [one for one in lines if one.id in met_ids]), None)


def subject_title(subject: Any) -> str:
    """A subject in the reader's language."""
    return "" if subject is None else subject.title_en if get_language() == "en" else subject.title


def _urgency(standing: Standing) -> str:
    found = standing.definition.urgencies.get(standing.case.urgency)
    return words.say(found.title) if found else ""


def _channel(standing: Standing) -> str:
    found = standing.definition.channels.get(standing.case.channel)
    return words.say(found.title) if found else standing.case.channel


def _request(standing: Standing, request: Any) -> dict[str, Any]:
    reasons = {
        **standing.definition.objection.reasons,
        **{k: s.title for k, s in standing.definition.suspensions.items()},
        **standing.definition.calls.wrong_reasons,
        **(standing.definition.bank.reasons if standing.definition.bank else {}),
    }
    unit = limits.PER_UNIT[standing.extendable.clock] if request.amount and standing.extendable else ""
    return {
        "request": request,
        "title": words.REQUESTS[request.kind],
        "reason": words.say(reasons[request.reason]) if request.reason in reasons else "",
        "unit": unit,
    }


def _suspension(standing: Standing) -> Any:
    """The open one with an end; of a banked matter its own notice tells."""
    return next((one for one in standing.matter.suspensions if one.ended_at is None and one.expires_at), None)


def picture_cases(standing: Standing) -> dict[int, UUID]:
    """Case id → public id, of the matter and what was merged into it: where a picture is fetched."""
    return {one.id: one.public_id for one in (standing.case, *standing.matter.merged)}


def _typed(form: VerbForm | None) -> list[str]:
    """What was typed into a form that is no longer offered."""
    if form is None:
        return []
    return [value for name, value in form.data.items() if name in form.fields and len(str(value)) > 3]


def _keys(first: Offer | None, others: list[Offer]) -> list[Key]:
    keys = [Key("a", str(first.action.label), "[data-do=first]")] if first else []
    by_verb = {"note": "n", "contact": "c", "reply": "r", "merge": "m"}
    return keys + [
        Key(by_verb[o.action.verb], str(o.action.label), f"#do-{o.action.verb} > summary")
        for o in others
        if o.action.verb in by_verb
    ]
