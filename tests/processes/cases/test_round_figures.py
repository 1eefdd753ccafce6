"""The fold over a round's deeds: numbers that always add up, and figures that follow only what was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.processes.cases.round_figures import CELLS, KINDS, Fact, Standing, Tally, behind, fold, tally

AT = datetime(2026, 3, 2, tzinfo=UTC)
CASES = [UUID(int=n) for n in range(1, 6)]
SIDES = ("environment", "party")
OUTCOMES = {
    "case.replied": ("rectified", "promised"),
    "case.closed": ("fixed", "not_fixed", "promised"),
    "case.reinspected": ("passed", "not_passed"),
    "milestone.met": ("on_time", "late"),
}


def entered() -> list[Fact]:
    return [
        Fact(n, "round.finding_entered", case, 10 + n % 3, AT, reason=SIDES[n % 2])
        for n, case in enumerate(CASES, start=1)
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Any order of any deeds: the fold must hold whatever was written."""
    found = []
    for n in range(draw(st.integers(0, 40))):
        kind = draw(st.sampled_from(KINDS))
        found.append(
            Fact(
                id=100 + n,
                kind=kind,
                case=draw(st.sampled_from(CASES)),
                organisation_id=draw(st.integers(10, 13)),
                at=AT + timedelta(hours=n),
                outcome=draw(st.sampled_from(OUTCOMES.get(kind, ("",)))),
                reason=draw(st.sampled_from(("on_site", "on_paper"))),
                milestone=draw(st.sampled_from(("resolve", "accept"))) if kind.startswith("milestone") else "",
                due_at=AT + timedelta(hours=draw(st.integers(0, 60))) if kind.startswith("milestone") else None,
            )
        )
    return found


@given(histories(), st.integers(0, 80))
def test_numbers_add_up_whatever_was_written(history: list[Fact], hours: int) -> None:
    at = AT + timedelta(hours=hours)
    rows = fold(entered(), history)
    whole = tally(rows, at=at)
    assert whole.found + whole.left_out == len(CASES)
    assert whole.found == whole.rectified + whole.open
    assert whole.overdue <= whole.open
    assert whole.passed <= whole.checked <= whole.found
    for group in ([r for r in rows if r.service == side] for side in SIDES):
        assert tally(group, at=at).found <= whole.found
    by_side = [tally([r for r in rows if r.service == side], at=at) for side in SIDES]
    by_body = [tally([r for r in rows if r.body_id == body], at=at) for body in range(10, 14)]
    for name in Tally.__dataclass_fields__:
        assert sum(getattr(part, name) for part in by_side) == getattr(whole, name)
        assert sum(getattr(part, name) for part in by_body) == getattr(whole, name)


@given(histories())
def test_every_number_opens_to_as_many_findings_each_with_a_deed(history: list[Fact]) -> None:
    at = AT + timedelta(hours=30)
    rows = fold(entered(), history)
    whole = tally(rows, at=at)
    known = {fact.id for fact in (*entered(), *history)}
    for cell in CELLS.keys() - {"on_site"}:  # a share of its own, no column
        found = behind(rows, cell, at=at)
        assert len(found) == getattr(whole, cell)
        assert {deed for _, deed in found} <= known


@given(histories())
def test_one_finding_says_nothing_of_another(history: list[Fact]) -> None:
    """Only the order within a finding counts: in whatever turn the findings' deeds come, the figures are the same."""
    one_after_the_other = sorted(history, key=lambda fact: fact.case.int)
    assert fold(entered(), one_after_the_other) == fold(entered(), history)


def deeds(*rows: tuple[str, str]) -> Standing:
    facts = [
        Fact(
            n,
            kind,
            CASES[0],
            10,
            AT + timedelta(days=n),
            outcome=outcome,
            milestone="resolve",
            due_at=AT + timedelta(days=3),
        )
        for n, (kind, outcome) in enumerate(rows, start=200)
    ]
    return fold(entered(), facts)[0]


@pytest.mark.parametrize(
    ("rows", "right", "late", "left_out"),
    [
        ([("milestone.set", "")], False, False, False),
        ([("case.replied", "rectified"), ("milestone.met", "on_time")], True, False, False),
        ([("case.replied", "rectified"), ("milestone.missed", ""), ("milestone.met", "late")], True, True, False),
        ([("case.replied", "promised"), ("milestone.met", "on_time")], False, False, False),
        ([("case.replied", "rectified"), ("case.rework_asked", "")], False, False, False),
        ([("case.replied", "rectified"), ("case.closed", "fixed"), ("case.reopened", "")], False, False, False),
        ([("case.closed", "not_fixed"), ("case.excluded", "")], False, False, True),
        ([("case.excluded", ""), ("case.reopened", "")], False, False, False),
        ([("case.merged", ""), ("case.unmerged", "")], False, False, False),
        ([("milestone.met", "late"), ("case.rework_asked", ""), ("case.replied", "ok"), ("milestone.met", "on_time")], True, True, False),
    ],
)  # fmt: skip
def test_by_hand(rows: list[tuple[str, str]], right: bool, late: bool, left_out: bool) -> None:
    one = deeds(*rows)
    assert (one.put_right, one.late, one.left_out) == (right, late, left_out)


def test_a_paused_limit_is_not_over() -> None:
    one = deeds(("milestone.set", ""), ("milestone.paused", ""))
    assert not one.overdue(AT + timedelta(days=99))
    assert deeds(("milestone.set", "")).overdue(AT + timedelta(days=4))
    assert not deeds(("milestone.set", "")).overdue(AT + timedelta(days=2))
