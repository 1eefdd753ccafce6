"""Laws that hold for any deeds: what was known never changes; a merge taken back leaves no trace in any figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.organisations import small_district
from tests.measures.scores.lines import Bodies, case_id, viewer_at

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.measures.scores.case_figures import board
from genmai.measures.scores.rules import RULES
from genmai.records.deeds.commands import NewDeed, record

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = ("2026-03", "2026-04")
LETTERS = ("N1", "N2", "S1", "N", "P")
CASES = 4
OUTCOMES = {
    "milestone.met": ["on_time", "late"],
    "case.visited": ["fixed", "not_fixed", "no_answer"],
    "case.judged": ["fixed", "not_fixed"],
    "case.closed": ["fixed", "not_fixed", "promised"],
}
KINDS = [
    "case.received", "case.closed", "case.reopened", "case.excluded", "case.declined", "case.visited", "case.judged",
    "milestone.met", "milestone.missed", "milestone.moved", "milestone.resumed", "milestone.void",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One deed of a case: happened `hour` hours after FIRST, recorded `delay` hours later."""

    case: int
    kind: str
    hour: int
    delay: int
    letter: str
    outcome: str
    milestone: str
    number: int

    @property
    def recorded(self) -> datetime:
        return FIRST + timedelta(hours=self.hour + self.delay)


@st.composite
def events(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Event:
    kind = draw(st.sampled_from(kinds))
    return Event(
        case=draw(st.integers(0, CASES - 1)),
        kind=kind,
        hour=draw(st.integers(0, 60 * 24)),
        delay=draw(st.sampled_from([0, 0, 0, 5, 300])),
        letter=draw(st.sampled_from(LETTERS)),
        outcome=draw(st.sampled_from(OUTCOMES.get(kind, [""]))),
        milestone=draw(st.sampled_from(["contact", "resolve"])),
        number=draw(st.integers(1, 5)),
    )


def write(bodies: Bodies, soup: Sequence[Event], salt: str = "") -> None:
    for serial, event in enumerate(sorted(soup, key=lambda event: event.recorded)):
        key = ids.key_of("law", salt, serial, event.case)
        record(actor=Actor.system("law"), at=event.recorded, key=key, deeds=[_deed(bodies, event)])


def _deed(bodies: Bodies, event: Event) -> NewDeed:
    of_milestone = event.kind.startswith("milestone.")
    subject = ids.key_of(event.case, event.milestone) if of_milestone else ids.key_of(event.case, "caller")
    if event.kind.endswith("merged"):
        subject = case_id(event.number)
    return NewDeed(
        kind=event.kind,
        source_kind="case",
        source_id=case_id(event.case),
        mechanism="default/case-loop@1",
        happened_at=FIRST + timedelta(hours=event.hour),
        organisation_id=bodies.organisations[event.letter].pk,
        path=bodies.paths[event.letter],
        subject_id=subject,
        milestone=event.milestone if of_milestone else "",
        outcome=event.outcome,
        due_at=FIRST + timedelta(hours=100 * event.number) if of_milestone else None,
        quantity=Decimal(min(event.number, 3)) if event.kind in ("case.visited", "case.judged") else None,
        level=event.number if event.kind == "case.closed" else None,
        reason="uphold_objection" if event.kind == "milestone.void" and event.number > 2 else "",
    )


def figures(bodies: Bodies, known: datetime) -> dict[tuple[str, str, str], tuple[int, int]]:
    top = bodies.paths["D"]
    made = board(viewer_at(top), path=top, months=MONTHS, known_at=known)
    found = {(u.path, m, k): made.figure(u.path, m, k) for u in made.units for m in MONTHS for k in RULES}
    return {key: (figure.numerator, figure.denominator) for key, figure in found.items()}


@pytest.fixture
def bodies(db: None) -> Bodies:
    return Bodies.of(small_district())


# The fixture's rows stay through all examples; each example's own are rolled back.
law: Any = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
END = FIRST + timedelta(days=90)


@law
@given(
    soup=st.lists(events(), min_size=5, max_size=25),
    merged=st.integers(0, 60 * 24),
    apart=st.integers(1, 400),
    others=st.lists(st.tuples(st.integers(2, 3), st.integers(0, 60 * 24)), max_size=2),
)
def test_a_merge_taken_back_restores_every_figure(
    bodies: Bodies, soup: list[Event], merged: int, apart: int, others: list[tuple[int, int]]
) -> None:
    """Case 0 joins case 1 and leaves it again, whatever else happens to both; other cases may stay merged."""
    plain = Event(0, "case.merged", merged, 0, "N1", "", "contact", 1)
    stay = [replace(plain, case=case, hour=hour) for case, hour in others]
    with transaction.atomic():
        write(bodies, [*soup, *stay])
        before = figures(bodies, END)
        write(bodies, [plain, replace(plain, kind="case.unmerged", hour=merged + apart)], "merge")
        assert figures(bodies, END) == before
        transaction.set_rollback(True)


@law
@given(
    soup=st.lists(events(), min_size=3, max_size=15),
    later=st.lists(events([*KINDS, "case.merged"]), min_size=1, max_size=15),
    cut=st.integers(0, 60 * 24),
)
def test_what_was_known_at_a_date_never_changes(
    bodies: Bodies, soup: list[Event], later: list[Event], cut: int
) -> None:
    """Later deeds, about whatever time, and corrections of earlier ones leave the figures of that date alone."""
    known = FIRST + timedelta(hours=cut)
    late = [replace(event, delay=event.delay + max(0, cut - event.hour) + 1) for event in later]
    with transaction.atomic():
        write(bodies, soup)
        before = figures(bodies, known)
        write(bodies, late, "later")
        _correct_everything(bodies, known + timedelta(minutes=1))
        assert figures(bodies, known) == before
        transaction.set_rollback(True)


def _correct_everything(bodies: Bodies, at: datetime) -> None:
    from genmai.records.deeds.models import Deed

    struck = [
        NewDeed("deed.struck", "case", deed.source_id, deed.mechanism, happened_at=deed.at, corrects_id=deed.pk)
        for deed in Deed.objects.all()
    ]
    record(actor=Actor.system("law"), at=at, key=ids.key_of("struck"), deeds=struck)


@law
@given(soup=st.lists(events(), min_size=5, max_size=25))
def test_units_add_up_and_no_numerator_exceeds_its_denominator(bodies: Bodies, soup: list[Event]) -> None:
    with transaction.atomic():
        write(bodies, soup)
        found = figures(bodies, END)
        for (path, month, key), (numerator, denominator) in found.items():
            assert 0 <= numerator <= denominator
            below = [value for (p, m, k), value in found.items() if (m, k) == (month, key) and _under(p, path)]
            assert sum(n for n, _ in below) <= numerator
        transaction.set_rollback(True)


def _under(path: str, above: str) -> bool:
    """Directly below."""
    return path.startswith(above) and path != above and path.count("/") == above.count("/") + 1
