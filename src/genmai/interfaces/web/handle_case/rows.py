"""Cases as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell.view_models import MatterRow
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import clocks
from genmai.processes.cases.models import Case, Milestone
from genmai.processes.cases.queries.marks import Mark, marks

_LONGEST_COUNTED = timedelta(days=120)


def working_days_left(milestone: Milestone, now: datetime) -> int | None:
    """Working days from tomorrow to the day of the limit; None where the limit isn't counted in them."""
    if milestone.clock != "working_days" or not now < milestone.due_at < now + _LONGEST_COUNTED:
        return None
    calendar = clocks.calendar()
    today, last = calendar.local_date(now), calendar.local_date(milestone.due_at)
    days = (today + timedelta(days=n) for n in range(1, (last - today).days + 1))
    return sum(calendar.is_workday(day) for day in days)


def case_url(case: Case) -> str:
    """The page of a case."""
    return reverse("case", args=[case.public_id])


def row(case: Case, mark: Mark, now: datetime, *, url: str = "", current: bool = False) -> MatterRow:
    """One case as a line: state in words and shape, deadline, place, who is on it."""
    due = mark.due if case.state != "merged" else None
    late = mark.late or bool(due and due.state == Milestone.State.RUNNING and due.due_at < now)
    kind, word = words.badge(case.state, late)
    who = case.lead or case.holder
    return MatterRow(
        url=url or case_url(case),
        number=case.number,
        title=words.title_of(case),
        state=kind,
        word=word,
        place=case.place_text or case.home.short_name,
        lead=who.short_name,
        due_at=due.due_at if due else None,
        working_days=working_days_left(due, now) if due else None,
        met_at=due.met_at if due else None,
        suspended=bool(due and due.state == Milestone.State.PAUSED),
        provisional=bool(due and due.provisional),
        callers=mark.callers,
        current=current,
    )


def rows(viewer: Viewer, cases: Sequence[Case], now: datetime) -> list[MatterRow]:
    """All of them, two queries for any number."""
    found = marks(viewer, cases=cases)
    return [row(case, found[case.id], now) for case in cases]
