"""Which matters are selected, by ticks or by the whole view, and what would happen with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import organisations_by_id
from genmai.interfaces.web.dispatch_desk.panel import uuid_in
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.handle_case import listing, words
from genmai.interfaces.web.handle_case.ready import facts_of
from genmai.kernel.refusal import Refused
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands.bulk import RowGiven
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists, suggestions
from genmai.processes.cases.wording import filled


@dataclass(frozen=True)
class Selected:
    """The matters with the version each was seen at; `capped`: there were more than may be done at once."""

    cases: Sequence[Case]
    seen: Mapping[UUID, int]
    query: str
    capped: bool = False
    hints: Mapping[UUID, tuple[int, str]] | None = None  # body and subject as they were previewed


def selected(asked: AskedRequest, posted: QueryDict) -> Selected:
    """By ticks (`case=<id>:<version>`), or with `all` everything the view holds, so many at most."""
    query = listing.canonical(QueryDict(posted.get("query", "")[:800]))
    most = mechanism.desk_rules().bulk_most
    if posted.get("all") == "1":
        parsed = QueryDict(query)
        around = listing.around_of(asked.viewer, [parsed.get("org", "")], asked)
        filters = listing.read(parsed, around, asked.viewer.organisation_id)
        cases, more = lists.page(asked.viewer, filters=filters, limit=most)
        return Selected(cases, {one.public_id: one.version for one in cases}, query, more)
    seen = dict(pair for pair in map(_pair, posted.getlist("case")[: most + 1]) if pair)
    return Selected(_cases(asked, seen), seen, query)


def _pair(text: str) -> tuple[UUID, int] | None:
    identity, _, version = text.partition(":")
    found = uuid_in(identity)
    return (found, int(version)) if found and version.isdigit() and len(version) < 10 else None


def _cases(asked: AskedRequest, wanted: Mapping[UUID, int]) -> list[Case]:
    """Those in scope, in the order given; one query."""
    rows = lists.visible(asked.viewer).filter(public_id__in=list(wanted)).select_related("home", "holder", "lead")
    found = {one.public_id: one for one in rows.defer("words", "reach", "answers")}
    return [found[identity] for identity in wanted if identity in found]


@dataclass(frozen=True)
class Line:
    """One matter of the preview; `why`: what stands in its way, `to`: who would get it."""

    case: Case
    seen: int
    title: str
    kind: str
    word: str
    to: str = ""
    to_id: int = 0
    category: str = ""
    why: str = ""


def lines(asked: AskedRequest, chosen: Selected, verb: str) -> list[Line]:
    """Each with what can be told beforehand: a state that doesn't allow it, nobody suggested, our own."""
    hints = _hints(asked, chosen) if verb == "dispatch" else {}
    found = []
    for case in chosen.cases:
        to, category = hints.get(case.pk, (None, ""))
        kind, word = words.badge(case.state)
        why = _why_not(asked, case, verb)
        if verb == "dispatch" and not why and to is None:
            why = gettext("没有把握，在上面选了单位才办")
        found.append(
            Line(
                case, chosen.seen[case.public_id], words.title_of(case, 40), kind, word, to.short_name if to else "",
                to.pk if to else 0, category, why,
            )
        )  # fmt: skip
    return found


def _why_not(asked: AskedRequest, case: Case, verb: str) -> str:
    try:
        FLOW.step(case.state, verb, prior=case.prior_state)
    except Refused as refused:
        return sentence_of(refused)
    own = asked.viewer.organisation_id
    if verb == "chase" and case.holder_id == own:
        return gettext("这件事就在本单位手上，不用催")
    if verb == "reply" and case.lead_id != own:
        return gettext("这一步只能由承办单位自己的人来办；要换人办，请改派")
    return ""


def _hints(asked: AskedRequest, chosen: Selected) -> dict[int, tuple[Organisation | None, str]]:
    """By case id: the body and subject suggested, or as they stood in the preview."""
    if chosen.hints is not None:
        ids = {body for body, _category in chosen.hints.values() if body}
        bodies = organisations_by_id(asked.viewer, ids=ids, at=asked.now)
        kept = {case.pk: chosen.hints.get(case.public_id, (0, "")) for case in chosen.cases}
        return {pk: (bodies.get(body), category) for pk, (body, category) in kept.items()}
    waiting = [case for case in chosen.cases if case.state == "received"]
    found = suggestions.for_cases(asked.viewer, waiting, at=asked.now) if waiting else {}
    return {pk: (one.body if one.decided else None, one.code if one.decided else "") for pk, one in found.items()}


def packed(lines: Sequence[Line]) -> str:
    """All rows as one field: a thousand of them stay a small page."""
    return " ".join(f"{one.case.public_id}:{one.seen}:{one.to_id}:{one.category}" for one in lines)


def unpacked(asked: AskedRequest, posted: QueryDict) -> Selected:
    """What `packed` wrote; whatever doesn't read as a row is left out."""
    seen: dict[UUID, int] = {}
    hints: dict[UUID, tuple[int, str]] = {}
    most = mechanism.desk_rules().bulk_most
    for text in posted.get("rows", "").split()[: most + 1]:
        identity, _, rest = text.partition(":")
        version, _, more = rest.partition(":")
        body, _, category = more.partition(":")
        pair = _pair(f"{identity}:{version}")
        if pair:
            seen[pair[0]] = pair[1]
            hints[pair[0]] = (int(body) if body.isdigit() and len(body) < 16 else 0, category[:6])
    query = listing.canonical(QueryDict(posted.get("query", "")[:800]))
    return Selected(_cases(asked, seen), seen, query, hints=hints)


def given(
    asked: AskedRequest, verb: str, cleaned: Mapping[str, Any], chosen: Selected
) -> tuple[dict[str, Any], list[RowGiven]]:
    """What every row gets, and what is each row's own."""
    shared = {name: value for name, value in cleaned.items() if value not in (None, "")}
    own: dict[int, dict[str, Any]] = {}
    if verb == "dispatch":
        one = shared.pop("to", "")
        own = _bodies_of(asked, chosen, int(one) if one else 0)
    elif verb == "reply":
        text, body = shared.pop("text"), asked.viewer.organisation_name
        own = {case.pk: {"text": filled(text, facts_of(case, body, asked.now))} for case in chosen.cases}
    return shared, [RowGiven(c.public_id, chosen.seen[c.public_id], own.get(c.pk, {})) for c in chosen.cases]


def _bodies_of(asked: AskedRequest, chosen: Selected, one: int) -> dict[int, dict[str, Any]]:
    """One body for all, or to each its own; with its subject where the matter has none yet."""
    if one:
        body = organisations_by_id(asked.viewer, ids=[one], at=asked.now).get(one)
        to = {"to": str(body.public_id)} if body else {}
        return {case.pk: to for case in chosen.cases}
    hints = _hints(asked, chosen)
    return {case.pk: _given_of(*hints.get(case.pk, (None, ""))) for case in chosen.cases}


def _given_of(body: Organisation | None, category: str) -> dict[str, Any]:
    return {"to": str(body.public_id), "category": category} if body else {}
