"""What is on whose desk: counted in one query, only what the viewer may see, a warning that never blocks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.cases import World, new_world

from genmai.processes.cases.queries import load
from genmai.processes.cases.queries.load import Load, loads, warning_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def test_in_hand_late_and_new_today(w: World, django_assert_num_queries: Any) -> None:
    n1, n1a = w.district.n1, w.district.n1a
    w.at_state("dispatched")
    w.later(days=30)
    for state in ("dispatched", "in_hand", "replied", "received"):
        w.at_state(state)
    with django_assert_num_queries(1):
        found = loads(w.town.viewer, ids=[n1.pk, n1a.pk, w.district.dept.pk], at=w.at)
    assert found == {n1.pk: Load(open=3, late=1, today=2)}


def test_another_town_counts_nothing_of_it(w: World) -> None:
    w.at_state("in_hand")
    assert loads(w.south.viewer, ids=[w.district.n1.pk], at=w.at) == {}


def test_a_full_body_is_named_with_a_lighter_one_the_duty_list_allows(w: World, monkeypatch: Any) -> None:
    case = w.receive()
    n1, n2, north = w.district.n1, w.district.n2, w.district.north
    among = [n1, n2, north]
    monkeypatch.setattr(load, "cap_of", lambda kind: 3)
    full = {n1.pk: Load(3, 0, 0), n2.pk: Load(1, 0, 0)}

    def warned(category: str = "", known: dict[int, Load] = full) -> Any:
        return warning_for(body=n1, among=among, loads=known, case=case, category=category, at=w.at)

    found = warned()
    assert (found.body, found.cap, found.lighter, found.lighter_load.open) == (n1, 3, n2, 1)
    assert warned(known={n1.pk: Load(2, 0, 0)}) is None
    assert warned(known={n1.pk: Load(3, 0, 0), n2.pk: Load(3, 0, 0)}).lighter is None
    assert warned(category="010201").lighter is None  # a department's by the duty list: no other village may have it
