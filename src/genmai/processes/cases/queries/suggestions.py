"""What is suggested for matters: as stored, or worked out on the spot where it is missing. A constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.kernel.viewer import Viewer
from genmai.mechanisms.reasons import Reason
from genmai.mechanisms.taxonomy import Category
from genmai.processes.cases import mechanism
from genmai.processes.cases.models import Case, Suggestion
from genmai.processes.cases.queries import extras
from genmai.processes.cases.suggestion import current
from genmai.processes.cases.suggestion.bodies import Around, whose
from genmai.processes.cases.suggestion.deciding import decide
from genmai.processes.cases.suggestion.guess import DOUBTS, Matter

MOST_ON_THE_SPOT = 40  # a page's worth; the worker does the rest within seconds


@dataclass(frozen=True, slots=True)
class Shown:
    """One suggestion as a page shows it. `percent` None: words or a label said so, nothing was measured.

    Not `decided`: the subject is at best the likeliest, and nothing should be taken with one key.
    """

    case_id: int
    version: str
    decided: bool
    category: Category | None
    percent: int | None
    second: Category | None
    second_percent: int | None
    body: Organisation | None
    duty_row: str
    reasons: tuple[Reason, ...]

    @property
    def code(self) -> str:
        """The subject to fill in beforehand: only a decided one, a likely one is no fact."""
        return self.category.code if self.category and self.decided else ""

    @property
    def title(self) -> str:
        return self.category.title if self.category else ""

    @property
    def title_en(self) -> str:
        return self.category.title_en if self.category else ""

    @property
    def body_id(self) -> int | None:
        return self.body.pk if self.body else None

    @property
    def body_public_id(self) -> UUID | None:
        return self.body.public_id if self.body else None

    @property
    def body_name(self) -> str:
        return self.body.short_name if self.body else ""

    def why(self, translate: Callable[[str], str] = str) -> str:
        """The reason in one line: the words, the duty row or the habit, the doubt."""
        return translate("；").join(reason.text(translate) for reason in self.reasons)


def paused(at: datetime) -> bool:
    """Whether suggestions are switched off for the moment, so that the desk stays quick; pages say so in a line."""
    return extras.SUGGESTIONS in extras.paused(at)


def for_cases(viewer: Viewer, cases: Collection[Case], *, at: datetime | None = None) -> dict[int, Shown]:
    """By case id. The list that found the cases has asked whether they may be seen.

    With `at` nothing is worked out while suggestions are paused: only what is stored is shown.
    """
    stored = {one.case_id: one for one in Suggestion.objects.filter(case__in=cases).select_related("body")}
    if at is None or not paused(at):
        missing = [case for case in cases if case.pk not in stored and case.state == "received"]
        if missing:
            now = at or max(case.received_at for case in missing)
            stored |= {one.case_id: one for one in worked_out(viewer, missing[:MOST_ON_THE_SPOT], at=now)}
    return {pk: _shown(one) for pk, one in stored.items()}


def worked_out(viewer: Viewer, cases: Sequence[Case], *, at: datetime) -> list[Suggestion]:
    """Fresh suggestions, not stored. One query for the organisations around all of them."""
    taxonomy, duties, model = mechanism.taxonomy(), mechanism.duties(), current.model()
    matters = [Matter(case.text, case.title, case.category, at.date()) for case in cases]
    around = Around(_around(cases))
    habits = getattr(model, "habits", ())
    rows = []
    for case, matter, guess in zip(cases, matters, decide(taxonomy, duties, matters, model), strict=True):
        found = whose(guess, matter, duties=duties, around=around, home_path=case.home_path, habits=habits)
        rows.append(
            Suggestion(
                case=case,
                version=guess.version,
                basis=guess.basis,
                made_at=at,
                category=guess.category,
                confidence=guess.confidence,
                second=guess.second,
                second_confidence=guess.second_confidence,
                decided=guess.decided,
                doubt=found.doubt,
                words=list(guess.words),
                body=found.body,
                duty_row=found.duty_row,
                body_cases=found.habit.cases if found.habit else None,
                body_of=found.habit.of if found.habit else None,
            )
        )
    return rows


def _around(cases: Sequence[Case]) -> list[Organisation]:
    """Departments, and everybody on the lines of these matters; open today."""
    line = {int(part) for case in cases for part in case.home_path.strip("/").split("/") if part}
    wanted = Q(kind=OrganisationKind.DEPARTMENT) | Q(pk__in=line)
    return list(Organisation.objects.filter(wanted, closed_on__isnull=True))


def _shown(one: Suggestion) -> Shown:
    categories = mechanism.taxonomy().categories
    return Shown(
        case_id=one.case_id,
        version=one.version,
        decided=one.decided,
        category=categories.get(one.category),
        percent=_percent(one.confidence),
        second=categories.get(one.second),
        second_percent=_percent(one.second_confidence),
        body=one.body,
        duty_row=one.duty_row,
        reasons=tuple(_reasons(one)),
    )


def _percent(thousandths: int | None) -> int | None:
    """Whole percent, rounded down: 97 is never shown for less."""
    return None if thousandths is None else thousandths // 10


def _reasons(one: Suggestion) -> list[Reason]:
    found = []
    if one.words:
        found.append(Reason("因为提到：{words}", {"words": "、".join(one.words)}))
    elif one.basis == Suggestion.Basis.LABEL:
        found.append(Reason("来件自带这个分类"))
    if one.body_of is not None:
        said = {"of": one.body_of, "n": one.body_cases}
        found.append(Reason("本地同类的 {of} 件里有 {n} 件交给了它", said))
    if one.duty_row:
        found.append(Reason("派单目录第 {row} 行", {"row": one.duty_row}))
    if one.doubt:
        found.append(Reason(DOUBTS[one.doubt]))
    return found


__all__ = ["Shown", "for_cases", "paused", "worked_out"]
