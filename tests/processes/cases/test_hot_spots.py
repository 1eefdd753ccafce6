"""Hot spots: what piles up where, beside the weeks before, within the viewer's scope and in a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.cases import World, new_world

from genmai.kernel.viewer import NOBODY
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import hot_spots

pytestmark = pytest.mark.django_db
LAMPS, WATER = "010204", "010215"


def bring(w: World, n: int, category: str = LAMPS, place: str = "n1") -> list[Case]:
    made = [w.receive(place_id=w.district.places[place].pk, category=category) for _ in range(n)]
    w.later(minutes=1)
    return made


def test_what_piles_up_is_listed_with_the_weeks_before_and_said_to_be_unusual() -> None:
    w = new_world()
    bring(w, 1)
    w.later(days=20)
    bring(w, 6)
    (spot,) = hot_spots.of(w.town.viewer, at=w.at)
    assert (spot.place, spot.category, spot.n, spot.before, spot.usual) == ("北一村", LAMPS, 6, 1, 0.25)
    assert spot.unusual
    assert spot.chance < 0.01


def test_what_comes_every_week_is_listed_but_not_unusual_and_two_are_not_listed() -> None:
    w = new_world()
    for _ in range(5):
        bring(w, 4)
        w.later(days=7)
    bring(w, 2, WATER)
    (spot,) = hot_spots.of(w.town.viewer, at=w.at - timedelta(minutes=8))
    assert (spot.n, spot.before, spot.unusual) == (4, 16, False)


def test_an_hour_is_compared_with_the_hours_of_four_weeks() -> None:
    w = new_world()
    bring(w, 3)
    (spot,) = hot_spots.of(w.town.viewer, at=w.at, hours=1)
    assert spot.n == 3
    assert spot.unusual
    assert hot_spots.of(w.town.viewer, at=w.at + timedelta(hours=1), hours=1) == []
    assert hot_spots.window(w.town.viewer, at=w.at, hours=1).spans == 4 * 7 * 24


def test_a_town_sees_nothing_of_the_other_one_and_nobody_sees_anything() -> None:
    w = new_world()
    bring(w, 5, place="s1")
    assert hot_spots.of(w.town.viewer, at=w.at) == []
    assert hot_spots.of(NOBODY, at=w.at) == []
    (spot,) = hot_spots.of(w.south.viewer, at=w.at)
    behind = {"home": spot.home, "category": spot.category, "at": w.at}
    assert hot_spots.matters(w.south.viewer, **behind).count() == spot.n == 5
    assert not hot_spots.matters(w.town.viewer, **behind).exists()


def test_merged_repeats_count_declined_and_unclassified_do_not() -> None:
    w = new_world()
    kept, repeat, declined = bring(w, 3)
    bring(w, 1)
    w.do("merge", repeat, into=kept.public_id)
    w.do("decline", declined)
    w.receive()
    (spot,) = hot_spots.of(w.town.viewer, at=w.later(minutes=1))
    assert (spot.n, spot.merged, spot.still_open) == (3, 1, 2)
    assert hot_spots.unclassified(w.town.viewer, at=w.at) == 1


def test_two_queries_for_any_number_of_spots() -> None:
    w = new_world()
    for place in ("n1", "n2", "n1a"):
        for category in (LAMPS, WATER):
            bring(w, 3, category, place)
    viewer = w.town.viewer
    with CaptureQueriesContext(connection) as asked:
        assert len(hot_spots.of(viewer, at=w.at)) == 6
    assert len(asked) == 2
