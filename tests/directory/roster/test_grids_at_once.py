"""Grids set up many at once leave what single entries leave: rows, entries, deeds; once for a key; taken back one by one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import party
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster import commands
from genmai.directory.roster.models import Cover, GridChange, GridSize, Level, OrganisationKind
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
SAID: dict[str, Any] = {"actor": SETUP, "at": AT, "on": DAY, "document": "网格党组织设置表"}
BRANCHES, GRIDS = ("branch1", "branch2", "branch3"), ("n1a", "n1b", "n2a", "s1a")
PAIRS = st.lists(st.tuples(st.sampled_from(BRANCHES), st.sampled_from(GRIDS)), max_size=8)
SIZES = st.dictionaries(st.sampled_from(GRIDS), st.tuples(st.integers(0, 600), st.booleans()), max_size=4)


def left() -> dict[str, Any]:
    """What stands in the tables, without the ids of rows and keys."""
    deeds = Deed.objects.filter(source_kind="grid_change")
    credited = ("kind", "organisation_id", "path", "counterpart_id", "quantity", "at", "actor_kind", "mechanism")
    return {
        "covers": sorted(Cover.objects.values_list("branch_id", "grid_id", "valid_from", "recorded_at", "document")),
        "sizes": sorted(GridSize.objects.values_list("grid_id", "households", "large", "valid_from", "document")),
        "entries": sorted(
            GridChange.objects.values_list("kind", "grid_id", "cover__branch_id", "size__households", "on", "document"),
            key=str,
        ),
        "deeds": sorted(deeds.values_list(*credited), key=str),
    }


def undone(do: Callable[[], None]) -> dict[str, Any]:
    """What it leaves, taken back at once."""
    point = transaction.savepoint()
    try:
        do()
        return left()
    finally:
        transaction.savepoint_rollback(point)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=PAIRS, sizes=SIZES)
def test_many_at_once_leave_what_they_leave_one_by_one(pairs: list[Any], sizes: dict[str, Any]) -> None:
    point = transaction.savepoint()
    tree = party.party_tree()
    rows = [(tree.bodies[branch], tree.district.bodies[grid]) for branch, grid in pairs]
    counted = [(tree.district.bodies[grid], *said) for grid, said in sizes.items()]

    def at_once() -> None:
        commands.cover_all(key=key_of("all"), pairs=[(branch.pk, grid.pk) for branch, grid in rows], **SAID)
        many = [(grid.pk, households, large) for grid, households, large in counted]
        commands.record_grid_sizes(key=key_of("sizes"), sizes=many, **SAID)

    def one_by_one() -> None:
        for number, (branch, grid) in enumerate(rows):
            with suppress(Refused), transaction.atomic():
                commands.cover(key=key_of("c", number), branch=branch, grid=grid, **SAID)
        for grid, households, large in counted:
            key = key_of("s", grid.pk)
            commands.record_grid_size(key=key, grid=grid, households=households, large=large, **SAID)

    try:
        assert undone(at_once) == undone(one_by_one)
    finally:
        transaction.savepoint_rollback(point)


def test_the_same_key_again_adds_nothing_even_what_was_taken_back_since() -> None:
    tree = party.party_tree()
    branch, grids = tree.bodies["branch2"], [tree.district.bodies[key] for key in ("n1a", "n2a")]
    pairs, sizes = [(branch.pk, grid.pk) for grid in grids], [(grid.pk, 300, False) for grid in grids]

    def bring_in() -> tuple[int, int]:
        return (
            commands.cover_all(key=key_of("all"), pairs=pairs, **SAID),
            commands.record_grid_sizes(key=key_of("sizes"), sizes=sizes, **SAID),
        )

    assert (bring_in(), bring_in()) == ((2, 2), (0, 0))
    later = AT + timedelta(hours=1)
    for number, kind in enumerate(("cover", "size")):
        entry = GridChange.objects.get(kind=kind, grid=grids[0], recorded_at=AT, on=DAY)
        commands.undo_grid_change(actor=SETUP, at=later, key=key_of("u", number), change=entry, reason="表填错了")
    stood = left()
    assert bring_in() == (0, 0)
    assert left() == stood
    kinds = Deed.objects.filter(source_kind="grid_change", kind__endswith="undone").values_list("kind", flat=True)
    assert sorted(kinds) == ["grid.cover_undone", "grid.measure_undone"]
    assert not Cover.objects.filter(grid=grids[0], branch=branch, valid_to=None).exists()


def test_of_a_thousand_and_more_each_has_its_deed() -> None:
    tree = party.party_tree()
    rows = [
        commands.NewOrganisation(f"g{number}", f"第{number}网格", OrganisationKind.GRID, Level.GRID, "330299001201")
        for number in range(1100)
    ]
    made = commands.open_organisations(actor=SETUP, at=AT, key=key_of("grids"), rows=rows, opened_on=date(2020, 1, 1))
    first = Deed.objects.count()
    pairs = [(tree.bodies["branch1"].pk, grid.pk) for code, grid in made.items() if code.startswith("g")]
    assert commands.cover_all(key=key_of("all"), pairs=pairs, **SAID) == len(pairs) == 1100
    assert Deed.objects.count() - first == 1100


def test_what_is_no_branch_no_grid_or_not_yet_there_is_refused_whole() -> None:
    tree = party.party_tree()
    branch, grid = tree.bodies["branch2"], tree.district.bodies["n2a"]
    before, good = left(), (branch.pk, grid.pk)
    for pair, on in (((grid.pk, branch.pk), DAY), (good, date(2019, 1, 1)), (good, date(2030, 1, 1))):
        with pytest.raises(BadInput):
            commands.cover_all(
                key=key_of("x"), pairs=[(tree.bodies["branch3"].pk, grid.pk), pair], **{**SAID, "on": on}
            )
        assert left() == before
    with pytest.raises(BadInput):
        commands.record_grid_sizes(key=key_of("x"), sizes=[(grid.pk, -1, False)], **SAID)
    with pytest.raises(BadInput):
        commands.cover_all(key=key_of("x"), pairs=[good], **{**SAID, "document": " "})
    with pytest.raises(NotPermitted):
        commands.cover_all(key=key_of("x"), pairs=[good], **{**SAID, "actor": Actor.staff(NOBODY)})
    assert left() == before
