"""Figures as pages ask for them: small samples borrow by name, scope is kept, a new deed shows at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.organisations import small_district
from tests.measures.scores.lines import Bodies, viewer_at

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.viewer import NOBODY, Actor, Granted, Reach, Viewer
from genmai.measures.scores.case_figures import (
    board,
    deeds_behind,
    level_shares,
    lines,
    month_of,
    months_until,
    three_rates,
)
from genmai.measures.scores.formulas import FORMULAS, share_1
from genmai.measures.scores.rules import RULES, Terms, terms_of
from genmai.records.deeds.commands import NewDeed, record

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KNOWN = datetime(2026, 4, 1, tzinfo=UTC)
MONTH = "2026-03"


@pytest.fixture
def bodies(db: None) -> Bodies:
    return Bodies.of(small_district())


def contacts(bodies: Bodies, letter: str, *kept: bool, at: datetime = AT) -> None:
    """One limit to contact for each, kept or missed."""
    for serial, met in enumerate(kept):
        name = f"{letter} {at} {serial}"
        new = NewDeed(
            kind="milestone.met" if met else "milestone.missed",
            outcome="on_time" if met else "",
            source_kind="case",
            source_id=ids.key_of("case", name),
            mechanism="default/case-loop@1",
            organisation_id=bodies.organisations[letter].pk,
            path=bodies.paths[letter],
            milestone="contact",
            due_at=at,
            subject_id=ids.key_of("milestone", name),
        )
        record(actor=Actor.system("test"), at=at, key=ids.key_of("deed", name), deeds=[new])


def test_a_small_sample_takes_the_figure_of_the_nearest_unit_with_enough_and_names_it(bodies: Bodies) -> None:
    contacts(bodies, "N1", True, False)
    contacts(bodies, "N2", True, True, True)
    contacts(bodies, "S1", False)
    made = board(viewer_at(bodies.paths["D"]), path=bodies.paths["D"], months=[MONTH], known_at=KNOWN)
    village = made.figure(bodies.paths["N1"], MONTH, "response")
    assert (village.small, village.numerator, village.denominator, village.value) == (True, 1, 2, 5000)
    assert village.lender is not None
    assert (village.lender.unit.name, village.shown) == ("北镇", 8000), "4 of 5 of the town"
    other = made.figure(bodies.paths["S1"], MONTH, "response")
    assert other.lender is not None
    assert (other.lender.unit.name, other.lender.numerator, other.lender.denominator) == ("测试区", 4, 6)
    town = made.figure(bodies.paths["N"], MONTH, "response")
    assert (town.small, town.lender, town.shown) == (False, None, 8000)
    none = made.figure(bodies.paths["D"], MONTH, "solution")
    assert (none.small, none.lender, none.shown) == (True, None, None), "nobody above has any: nothing is shown"


def test_a_village_borrows_from_above_though_its_viewer_sees_only_the_village(bodies: Bodies) -> None:
    contacts(bodies, "N1", True)
    contacts(bodies, "N2", *[False] * 4)
    mine = bodies.paths["N1"]
    made = board(viewer_at(mine), path=mine, months=[MONTH], known_at=KNOWN)
    figure = made.figure(mine, MONTH, "response")
    assert figure.lender is not None
    assert (figure.lender.unit.path, figure.lender.value) == (bodies.paths["N"], 2000)
    with pytest.raises(NotFound):
        made.figure(bodies.paths["N"], MONTH, "response")
    assert {unit.path for unit in made.units} == {p for p in _all_paths(bodies) if p.startswith(mine)}


def _all_paths(bodies: Bodies) -> set[str]:
    from genmai.directory.roster.models import Link

    return set(Link.objects.filter(tree="administrative").values_list("path", flat=True))


def test_the_small_sample_is_the_mechanisms(bodies: Bodies) -> None:
    contacts(bodies, "N1", True, True)
    mine = bodies.paths["N1"]
    rates = three_rates(viewer_at(mine), path=mine, month=MONTH, known_at=KNOWN, terms=Terms(small_sample=2))
    assert [figure.small for figure in rates[mine]] == [False, True, True]


def test_a_new_deed_shows_at_once(bodies: Bodies) -> None:
    top = bodies.paths["D"]
    contacts(bodies, "N1", True)
    before = three_rates(viewer_at(top), path=top, month=MONTH, known_at=KNOWN)[top][0]
    contacts(bodies, "S1", False)
    after = three_rates(viewer_at(top), path=top, month=MONTH, known_at=KNOWN)[top][0]
    assert [(f.numerator, f.denominator) for f in (before, after)] == [(1, 1), (1, 2)]


def test_every_figure_says_rule_month_and_moment(bodies: Bodies) -> None:
    top = bodies.paths["D"]
    shares = level_shares(viewer_at(top), path=top, month=MONTH, known_at=KNOWN)
    assert [figure.rule.name for figure in shares[top]] == [f"solved_at_{n}@1" for n in range(1, 7)]
    assert {(f.rule.formula, f.month, f.known_at) for f in shares[top]} == {("share@1", MONTH, KNOWN)}
    assert all(rule.formula in FORMULAS and rule.numerator and rule.denominator for rule in RULES.values())


@pytest.mark.parametrize("months", [1, 12])
def test_the_number_of_queries_does_not_grow_with_units_or_months(
    bodies: Bodies, django_assert_num_queries: Any, months: int
) -> None:
    for letter in ("N1", "N2", "S1"):
        contacts(bodies, letter, True, False)
    for letter, queries in (("D", 3), ("N", 3), ("N1", 4)):  # the village asks once more: its town has too few to lend
        path = bodies.paths[letter]
        with django_assert_num_queries(queries):
            board(viewer_at(path), path=path, months=months_until(MONTH, months), known_at=KNOWN)


def test_months_turn_at_midnight_of_the_place_and_years_turn(bodies: Bodies) -> None:
    last = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
    contacts(bodies, "N1", True, at=last)
    contacts(bodies, "N1", False, at=last + timedelta(minutes=1))
    top = bodies.paths["D"]
    made = board(viewer_at(top), path=top, months=months_until("2026-01", 2), known_at=KNOWN)
    found = [made.figure(top, month, "response") for month in made.months]
    assert [(f.month, f.numerator, f.denominator) for f in found] == [("2025-12", 1, 1), ("2026-01", 0, 1)]
    assert (month_of(last), month_of(last + timedelta(minutes=1))) == ("2025-12", "2026-01")


@pytest.mark.parametrize("months", [[], ["2026-13"], ["märz"], ["2020-01", "2026-01"]])
def test_bad_months_are_refused(bodies: Bodies, months: list[str]) -> None:
    with pytest.raises(BadInput):
        board(viewer_at(bodies.paths["D"]), path=bodies.paths["D"], months=months, known_at=KNOWN)


@pytest.mark.parametrize("letter", ["D", "S", "S1", "P"])
def test_a_unit_outside_the_viewers_scope_is_refused(bodies: Bodies, letter: str) -> None:
    here = bodies.paths[letter]
    for who in (viewer_at(bodies.paths["N"]), NOBODY, _without_figures(bodies.paths["D"])):
        with pytest.raises(NotFound):
            board(who, path=here, months=[MONTH], known_at=KNOWN)
        with pytest.raises(NotFound):
            deeds_behind(who, path=here, month=MONTH, key="response", known_at=KNOWN)


@pytest.mark.parametrize("path", ["", "/", "/999999/", "%", "/1", "{D}%", "{D}/", "{D}x/", "{D}999999/"])
def test_a_path_of_nobody_is_refused(bodies: Bodies, path: str) -> None:
    asked = path.replace("{D}", bodies.paths["D"])
    with pytest.raises(NotFound):
        board(viewer_at(bodies.paths["D"]), path=asked, months=[MONTH], known_at=KNOWN)


def _without_figures(path: str) -> Viewer:
    grant = Granted("administrator", frozenset({"directory:view"}), path, frozenset(Reach))
    return Viewer(account_id=2, grants=(grant,))


def test_the_deeds_behind_come_in_pages_latest_first(bodies: Bodies) -> None:
    for day in range(7):
        contacts(bodies, "N1", day % 2 == 0, at=AT + timedelta(days=day))
    path = bodies.paths["N"]
    first = deeds_behind(viewer_at(path), path=path, month=MONTH, key="response", known_at=KNOWN, limit=3)
    second = deeds_behind(viewer_at(path), path=path, month=MONTH, key="response", known_at=KNOWN, offset=3, limit=9)
    days = [(deed.at - AT).days for deed in (*first.deeds, *second.deeds)]
    assert (first.total, second.total, days) == (7, 7, [6, 5, 4, 3, 2, 1, 0])
    kept = deeds_behind(viewer_at(path), path=path, month=MONTH, key="response", known_at=KNOWN, only_numerator=True)
    assert (kept.total, {deed.kind for deed in kept.deeds}) == (4, {"milestone.met"})
    with pytest.raises(BadInput):
        deeds_behind(viewer_at(path), path=path, month=MONTH, key="invented", known_at=KNOWN)


def test_share_rounds_halves_up_in_whole_ten_thousandths() -> None:
    assert share_1(0, 0) is None
    assert (share_1(0, 3), share_1(1, 3), share_1(2, 3), share_1(3, 3)) == (0, 3333, 6667, 10000)
    assert share_1(1, 20_000) == 1, "0.5 ten-thousandths go up"


def test_terms_come_from_the_mechanism() -> None:
    from genmai.interfaces.installed import SECTIONS
    from genmai.mechanisms.loading import load

    root = Path(__file__).resolve().parents[3] / "mechanisms"
    loop = load(root, SECTIONS).get("default/case-loop")
    assert terms_of(loop) == Terms(small_sample=5, satisfied_from=2)


def test_lines_are_a_path_and_all_above_it() -> None:
    assert lines("/1/7/52/") == ("/1/", "/1/7/", "/1/7/52/")
