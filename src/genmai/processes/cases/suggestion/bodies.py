"""From a subject to a body: the duty list's, or another one where settled cases here show it often enough. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.kernel.refusal import Refused
from genmai.mechanisms.duties import DutyList
from genmai.processes.cases.suggestion.guess import Guess, Matter
from genmai.processes.cases.suggestion.habits import Habit, habit_for

_BASE_KIND = {"base:town": OrganisationKind.TOWN, "base:village": OrganisationKind.COMMUNITY}
_BASE = frozenset({OrganisationKind.TOWN, OrganisationKind.COMMUNITY, OrganisationKind.GRID})


@dataclass(frozen=True, slots=True)
class Whose:
    """The body offered, on which row, or as the habit of so many cases; or the doubt."""

    body: Organisation | None = None
    duty_row: str = ""
    habit: Habit | None = None
    doubt: str = ""


class Around:
    """The open organisations a batch of matters may go to: departments by code, and everybody on the matters' lines."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._by_id = {one.pk: one for one in organisations}
        self._by_code = {one.code: one for one in self._by_id.values()}

    def line(self, home_path: str) -> list[Organisation]:
        """From the top down to the home of a matter; who isn't known is passed over."""
        ids = [int(part) for part in home_path.strip("/").split("/") if part]
        return [self._by_id[pk] for pk in ids if pk in self._by_id]

    def on_line(self, home_path: str, kind: OrganisationKind) -> Organisation | None:
        return next((one for one in self.line(home_path) if one.kind == kind), None)

    def coded(self, code: str) -> Organisation | None:
        return self._by_code.get(code)

    def town_of(self, home_path: str) -> str:
        """The code of the town a matter lies in; empty above the towns."""
        town = self.on_line(home_path, OrganisationKind.TOWN)
        return town.code if town else ""


def whose(
    guess: Guess, matter: Matter, *, duties: DutyList, around: Around, home_path: str, habits: Sequence[Habit] = ()
) -> Whose:
    """The body for a decided subject. The duty list is law: what it refuses the base is offered to no base."""
    if not guess.decided:
        return Whose(doubt=guess.doubt)
    habit = habit_for(habits, guess.category, around.town_of(home_path))
    if habit is not None:
        body = around.coded(habit.body)
        if body is not None and allowed(duties, guess.category, body, matter):
            return Whose(body, guess.duty_row if _names(duties, guess.duty_row, body) else "", habit)
    if not guess.duty_row:
        return Whose(doubt=guess.doubt)
    code = next(row.body for row in duties.rows if row.no == guess.duty_row)
    kind = _BASE_KIND.get(code)
    body = around.on_line(home_path, kind) if kind else around.coded(code)
    if body is None:
        return Whose(duty_row=guess.duty_row, doubt="no_place" if kind else "no_body")
    return Whose(body, guess.duty_row)


def allowed(duties: DutyList, category: str, body: Organisation, matter: Matter) -> bool:
    """Whether the duty list lets this body be given the subject."""
    try:
        duties.check_target(category, "base" if body.kind in _BASE else "department", on=matter.on)
    except Refused:
        return False
    return True


def _names(duties: DutyList, row_no: str, body: Organisation) -> bool:
    named = next((row.body for row in duties.rows if row.no == row_no), "")
    kind = _BASE_KIND.get(named)
    return body.kind == kind if kind else body.code == named


__all__ = ["Around", "Whose", "allowed", "whose"]
