"""Rounds and findings as the templates draw them, in people's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.view_models import Step
from genmai.kernel.refusal import Refused
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.commands.rounds import Outcome
from genmai.processes.cases.models import Case, Milestone, Round
from genmai.processes.cases.queries.rounds import DueLine, FindingLine, RoundLine
from genmai.processes.cases.round_flow import STATES
from genmai.reports.circular.wording import period as said

ROUND_BADGES = {
    "preparing": "new", "notified": "in-hand", "rectifying": "in-hand", "reinspected": "in-hand", "issued": "done",
    "archived": "done",
}  # fmt: skip
ROUND_WORDS = {
    "preparing": _("正在登记问题"), "notified": _("已下发整改通知"), "rectifying": _("正在整改"),
    "reinspected": _("复查完了"), "issued": _("已通报"), "archived": _("已归档"),
}  # fmt: skip
STEP_WORDS = {
    "preparing": _("登记"), "notified": _("下发"), "rectifying": _("整改"), "reinspected": _("复查"), "issued": _("通报"),
    "archived": _("归档"),
}  # fmt: skip
# State of a finding's case → shape, word, word once its limit is over.
FINDING_BADGES = {
    "received": ("new", _("还没下发"), _("还没下发")),
    "dispatched": ("new", _("等签收"), _("超时没签收")),
    "objected": ("in-hand", _("有异议，等审核"), _("有异议，等审核")),
    "in_hand": ("in-hand", _("正在整改"), _("超期没改好")),
    "suspended": ("in-hand", _("已挂起"), _("已挂起")),
    "banked": ("in-hand", _("挂账，等复查"), _("超时未复查")),
    "replied": ("in-hand", _("已整改，等复查"), _("已整改，等复查")),
    "verified": ("in-hand", _("复查过，等销号"), _("复查过，等销号")),
    "closed": ("done", _("已销号"), _("已销号")),
    "declined": ("done", _("不予受理"), _("不予受理")),
    "merged": ("done", _("已并入"), _("已并入")),
}
TABS = ("received", "dispatched", "in_hand", "replied", "closed")


@dataclass(frozen=True)
class RoundRow:
    """One round in the list."""

    url: str
    number: str
    title: str
    office: str
    kind: str
    word: str
    period: str
    findings: int
    open: int


@dataclass(frozen=True)
class FindingRow:
    """One finding in a list."""

    url: str
    case_id: str
    no: int
    title: str
    text: str
    service: str
    urgency: str
    place: str
    body: str
    kind: str
    word: str
    due_at: datetime | None
    met_at: datetime | None
    suspended: bool
    pictures: int
    returns: int


@dataclass(frozen=True)
class DueRow:
    """One finding whose limit is nearly over. `ours`: it may be chased from here."""

    url: str
    case_id: str
    round: str
    no: int
    title: str
    text: str
    body: str
    kind: str
    word: str
    due_at: datetime
    ours: bool


@dataclass(frozen=True)
class OutcomeRow:
    """What became of one finding in an action on many."""

    no: int
    title: str
    body: str
    done: bool
    why: str


def round_badge(round: Round) -> tuple[str, str]:
    return ROUND_BADGES[round.state], str(ROUND_WORDS[round.state])


def period(first: date, last: date) -> str:
    """2026年2月25日至27日."""
    return said(first, last, gettext)


def steps(round: Round) -> list[Step]:
    """Where the round is."""
    order = list(STATES)
    here = order.index(round.state)
    return [
        Step(str(STEP_WORDS[state]), "past" if n < here else "current" if n == here else "ahead")
        for n, state in enumerate(order)
    ]


def round_rows(lines: Iterable[RoundLine]) -> list[RoundRow]:
    found = []
    for line in lines:
        kind, word = round_badge(line.round)
        found.append(
            RoundRow(
                url=reverse("inspection_round", args=[line.round.public_id]),
                number=line.round.number,
                title=line.round.title,
                office=line.round.organisation.short_name,
                kind=kind,
                word=word,
                period=period(line.round.inspected_from, line.round.inspected_to),
                findings=line.findings,
                open=line.open,
            )
        )
    return found


def finding_rows(round: Round, lines: Iterable[FindingLine]) -> list[FindingRow]:
    definition, _rules = rules_of(round.mechanism)
    found = []
    for line in lines:
        case, due = line.finding.case, line.due
        kind, word = finding_badge(case, due)
        urgency = definition.urgencies.get(case.urgency)
        found.append(
            FindingRow(
                url=reverse("inspection_finding", args=[case.public_id]),
                case_id=str(case.public_id),
                no=line.finding.no,
                title=title_of(case),
                text=case.text,
                service=say(definition.kinds[case.service].title),
                urgency=say(urgency.title) if urgency else "",
                place=place_of(case),
                body=(case.lead or line.finding.body).short_name,
                kind=kind,
                word=word,
                due_at=due.due_at if due and case.state not in ("closed", "declined", "merged") else None,
                met_at=None,
                suspended=bool(due and due.state == Milestone.State.PAUSED),
                pictures=line.pictures,
                returns=case.returns,
            )
        )
    return found


def due_rows(lines: Iterable[DueLine]) -> list[DueRow]:
    """Whatever round they are of."""
    found = []
    for line in lines:
        finding, case = line.finding, line.finding.case
        kind, word = finding_badge(case, None)
        found.append(
            DueRow(
                url=reverse("inspection_finding", args=[case.public_id]),
                case_id=str(case.public_id),
                round=finding.round.title,
                no=finding.no,
                title=title_of(case),
                text=case.text,
                body=(case.lead or finding.body).short_name,
                kind=kind,
                word=word,
                due_at=line.due_at,
                ours=line.ours,
            )
        )
    return found


def finding_badge(case: Case, due: Milestone | None) -> tuple[str, str]:
    """Shape and word of a finding; late only while it is the body's to put right."""
    if case.state == "closed" and case.fixed is False and not case.excluded:
        return "in-hand", gettext("列入长期整改")
    kind, word, over = FINDING_BADGES[case.state]
    late = due is not None and due.missed_at is not None and due.state == Milestone.State.RUNNING
    return ("late", str(over)) if late and case.state in ("dispatched", "in_hand") else (kind, str(word))


def place_of(case: Case) -> str:
    """Where, in words; the place's own name before them."""
    name = case.place.name if case.place else ""
    return case.place_text if not name or case.place_text.startswith(name) else f"{name} {case.place_text}".strip()


def title_of(case: Case, length: int = 60) -> str:
    """The title, or how the text begins."""
    text = case.title or case.text.split("\n")[0]
    return text if len(text) <= length else f"{text[: length - 1]}…"


def outcome_rows(done: Sequence[Outcome], told: Callable[[Refused], str]) -> list[OutcomeRow]:
    return [
        OutcomeRow(
            no=one.finding.no,
            title=title_of(one.finding.case, 40),
            body=one.finding.body.short_name,
            done=one.done,
            why=told(one.refused) if one.refused else "",
        )
        for one in done
    ]
