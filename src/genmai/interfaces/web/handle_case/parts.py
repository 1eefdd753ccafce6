"""Sections of the case page about the family of a matter, the calls that are judged, and the problem bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import working_days_left
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.processes.cases.commands.ratings import ABOUT
from genmai.processes.cases.definition_calls import Rating
from genmai.processes.cases.models import BankEntry, CallScore
from genmai.processes.cases.queries.family import Kin
from genmai.processes.cases.queries.ratings import Reviewed


@dataclass(frozen=True)
class KinLine:
    """A relative as one line; `url` and `title` only within the viewer's own scope."""

    number: str
    title: str
    url: str
    badge: tuple[str, str]
    who: str
    due_at: datetime | None
    working_days: int | None
    open: bool


def kin_line(kin: Kin, now: datetime) -> KinLine:
    case, due = kin.case, kin.due
    late = due is not None and due.due_at < now
    return KinLine(
        number=case.number,
        title=words.title_of(case, 40) if kin.in_scope else "",
        url=reverse("case", args=[case.public_id]) if kin.in_scope else "",
        badge=words.badge(case.state, late),
        who=(case.lead or case.holder).short_name,
        due_at=due.due_at if due else None,
        working_days=working_days_left(due, now) if due else None,
        open=kin.open,
    )


def family(standing: Standing) -> dict[str, Any]:
    """What stands under the matter and what it stands under."""
    matter, now = standing.matter, standing.now
    lines = [kin_line(kin, now) for kin in matter.children]
    return {
        "parent": kin_line(matter.parent, now) if matter.parent else None,
        "children": lines,
        "children_open": sum(one.open for one in lines),
    }


@dataclass(frozen=True)
class Said:
    """What one side said: (criterion, grade) and words."""

    who: str
    of: str
    answers: list[tuple[str, str]]
    text: str


@dataclass(frozen=True)
class ReviewLines:
    """One call: who called whom, what may be read, who is waited for."""

    town: str
    department: str
    open: bool
    due_at: datetime
    said: list[Said]
    waiting: list[str]


def reviews(standing: Standing) -> list[ReviewLines]:
    """What both sides said of each call, as far as this viewer may read it."""
    rating = standing.definition.calls.rating
    return [_review(one, rating) for one in standing.matter.reviews] if rating else []


def _review(found: Reviewed, rating: Rating) -> ReviewLines:
    names = {
        CallScore.Side.TOWN: found.review.town.short_name,
        CallScore.Side.DEPARTMENT: found.review.department.short_name,
    }
    return ReviewLines(
        town=names[CallScore.Side.TOWN],
        department=names[CallScore.Side.DEPARTMENT],
        open=found.open,
        due_at=found.review.due_at,
        said=[_said(rating, side, found.said[side], names) for side in names if side in found.said],
        waiting=[name for side, name in names.items() if side not in found.spoken],
    )


def _said(rating: Rating, side: CallScore.Side, score: CallScore, names: Mapping[CallScore.Side, str]) -> Said:
    other = next(name for one, name in names.items() if one != side)
    answers = [
        (words.say(rating.criteria[key].title), words.say(rating.grades[score.answers[key]].title))
        for key in rating.asked_of(ABOUT[side])
        if score.answers.get(key) in rating.grades
    ]
    return Said(names[side], other, answers, score.text)


@dataclass(frozen=True)
class Banked:
    """A stay in the problem bank in words."""

    entry: BankEntry
    reason: str
    late: bool
    most: int
    must_go_up: bool


def banked(standing: Standing) -> Banked | None:
    """The present stay; a past one is told by the history."""
    entry, rule = standing.matter.bank, standing.definition.bank
    if entry is None or rule is None or entry.left_at is not None:
        return None
    return Banked(
        entry=entry,
        reason=words.say(rule.reasons[entry.reason]) if entry.reason in rule.reasons else "",
        late=entry.review_due_at < standing.now,
        most=rule.times,
        must_go_up=standing.must_go_up,
    )


def flagged(standing: Standing) -> set[int]:
    """Bodies whose call is disputed just now."""
    kinds = ("wrong_call", "insisted")
    return {r.body_id for r in standing.matter.requests if r.kind in kinds and r.decided_at is None and r.body_id}
