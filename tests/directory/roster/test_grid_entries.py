"""Every entry of a grid is taken back exactly: branches on grids, households; on every day, and as known then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import party
from tests.factories.organisations import AT, SETUP

from genmai.directory.roster import commands
from genmai.directory.roster.models import Cover, GridChange, GridSize
from genmai.directory.roster.queries import coverage
from genmai.directory.roster.queries.changes import grid_changes_of
from genmai.interfaces.web.organisations.grids import rules
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def hours(n: int) -> Any:
    return AT + timedelta(hours=n)


def covers(day: date, known: Any = None) -> set[tuple[str, str]]:
    from genmai.directory.roster.queries.as_at import holding

    rows = Cover.objects.filter(holding(day, known)).select_related("branch", "grid")
    return {(row.branch.name, row.grid.name) for row in rows}


def test_an_entry_of_a_grid_is_a_deed_shown_and_taken_back_on_every_day() -> None:
    tree = party.party_tree()
    branch, grid = tree.bodies["branch2"], tree.district.bodies["n1a"]
    pair: dict[str, Any] = {"actor": SETUP, "branch": branch, "grid": grid}
    with pytest.raises(BadInput) as nameless:
        commands.cover(at=hours(1), key=key_of("c"), on=TODAY, document="", **pair)
    assert nameless.value.code == "document_missing"
    with pytest.raises(BadInput) as early:
        commands.cover(at=hours(1), key=key_of("c"), on=date(2019, 1, 1), document="调整", **pair)
    assert early.value.code == "before_opening"
    made = commands.cover(at=hours(1), key=key_of("c"), on=date(2026, 1, 1), document="调整", **pair)
    assert commands.cover(at=hours(1), key=key_of("c"), on=date(2026, 1, 1), document="调整", **pair) == made
    said = (branch.name, grid.name)
    ended = commands.uncover(at=hours(2), key=key_of("e"), on=date(2026, 2, 1), document="再调整", **pair)
    assert (said in covers(date(2026, 1, 20)), said in covers(TODAY)) == (True, False)
    with pytest.raises(Changed):
        commands.undo_grid_change(actor=SETUP, at=hours(3), key=key_of("u0"), change=made, reason="先撤后面的")
    commands.undo_grid_change(actor=SETUP, at=hours(3), key=key_of("u1"), change=ended, reason="没有调整")
    assert (said in covers(TODAY), said in covers(TODAY, hours(2))) == (True, False)
    with pytest.raises(Refused) as twice:
        commands.undo_grid_change(actor=SETUP, at=hours(4), key=key_of("u2"), change=ended, reason="x")
    assert twice.value.code == "undone"
    commands.undo_grid_change(actor=SETUP, at=hours(4), key=key_of("u3"), change=made, reason="登错了支部")
    assert said not in covers(date(2026, 1, 20)) | covers(TODAY)
    assert said in covers(date(2026, 1, 20), hours(3)), "as known then it stood"
    told = grid_changes_of(NOBODY, organisation=branch)
    assert [(one.kind, one.undone.reason) for one in told[:2]] == [("uncover", "没有调整"), ("cover", "登错了支部")]
    assert Deed.objects.filter(source_kind="grid_change", kind="grid.covered", at__lt=hours(0)).count() == 4
    assert Deed.objects.filter(kind__in=("grid.cover_undone", "grid.uncover_undone")).count() == 2
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE roster_gridchange SET reason = 'x'")


def test_what_a_sheet_or_the_setting_up_said_is_taken_back_too_and_stands_in_the_history() -> None:
    tree = party.party_tree()
    branch, grid = tree.bodies["branch2"], tree.district.bodies["n2a"]
    commands.cover_all(
        actor=SETUP, at=AT, key=key_of("all"), pairs=[(branch.pk, grid.pk)], on=date(2026, 1, 1), document="表"
    )
    said = (branch.name, grid.name)
    assert said in covers(TODAY)
    pair: dict[str, Any] = {"actor": SETUP, "branch": branch, "grid": grid, "reason": "表填错了"}
    for _ in range(2):
        commands.withdraw_cover(at=hours(1), key=key_of("w"), **pair)
    assert (said in covers(TODAY), said in covers(TODAY, AT)) == (False, True)
    first = grid_changes_of(NOBODY, organisation=grid)[0]
    assert (first.kind, first.document, first.undone.reason) == ("cover", "表", "表填错了")
    assert Deed.objects.filter(kind="grid.cover_undone").count() == 1
    with pytest.raises(Refused) as nothing:
        commands.withdraw_cover(at=hours(2), key=key_of("w2"), **pair)
    assert nothing.value.code == "not_covered"
    again = commands.cover(
        actor=SETUP, at=hours(3), key=key_of("c"), branch=branch, grid=grid, on=date(2026, 1, 1), document="再登"
    )
    commands.withdraw_cover(at=hours(4), key=key_of("w3"), **pair)
    assert GridChange.objects.get(undoes=again).reason == "表填错了"


def test_households_are_taken_back_and_known_then() -> None:
    tree = party.party_tree()
    grid = tree.district.bodies["n1a"]

    def size(day: date = TODAY, known: Any = None) -> int | None:
        (one,) = coverage.measured(NOBODY, grids=[grid], rules=rules()[1], at=hours(9), as_at=day, known_at=known)
        return one.households

    entry: dict[str, Any] = {"actor": SETUP, "grid": grid, "document": "台账"}
    commands.record_grid_size(at=hours(1), key=key_of("a"), households=310, on=date(2026, 1, 1), **entry)
    with pytest.raises(Refused):
        commands.record_grid_size(at=hours(1), key=key_of("a2"), households=310, on=date(2026, 1, 1), **entry)
    wrong = commands.record_grid_size(at=hours(2), key=key_of("b"), households=3100, on=date(2026, 2, 1), **entry)
    commands.record_grid_size(at=hours(3), key=key_of("c"), households=290, on=date(2025, 6, 1), **entry)
    assert (size(), size(date(2025, 7, 1))) == (3100, 290), "an earlier day entered later changes nothing of today"
    commands.undo_grid_change(actor=SETUP, at=hours(4), key=key_of("u"), change=wrong, reason="多写了一个零")
    assert (size(), size(TODAY, hours(2)), size(TODAY, AT)) == (310, 3100, None)
    assert GridSize.objects.count() == 3
    assert Deed.objects.filter(kind="grid.measure_undone", reason="多写了一个零").count() == 1


STEPS = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.dates(date(2020, 1, 2), TODAY)), max_size=6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_covers_taken_back_one_by_one_leave_every_day_as_it_was(steps: list[tuple[int, bool, date]]) -> None:
    point = transaction.savepoint()
    try:
        tree = party.party_tree()
        grids = [tree.district.bodies[key] for key in ("n1a", "n1b", "n2a")]
        days = [date(2020, 1, 2), *(day for _grid, _on, day in steps), TODAY]
        stood, made = [], []
        for number, (which, on, day) in enumerate(steps):
            act = commands.cover if on else commands.uncover
            before = [covers(one) for one in days]
            try:
                with transaction.atomic():
                    made.append(act(actor=SETUP, at=hours(number), key=key_of("s", number), branch=tree.bodies["branch1"],
                                    grid=grids[which], on=day, document="调整"))  # fmt: skip
                stood.append(before)
            except Refused:
                assert [covers(one) for one in days] == before
        for number, (change_made, before) in enumerate(zip(reversed(made), reversed(stood), strict=True)):
            commands.undo_grid_change(
                actor=SETUP, at=hours(20 + number), key=key_of("back", number), change=change_made, reason="撤"
            )
            assert [covers(one) for one in days] == before
    finally:
        transaction.savepoint_rollback(point)


def test_grids_of_another_town_are_neither_covered_nor_measured_by_who_does_not_keep_them() -> None:
    from tests.factories.accounts import account

    from genmai.directory.access.queries import viewer_for

    tree = party.party_tree()
    admin = Actor.staff(viewer_for(account("bei", "administrator", tree.district.bodies["north"]), at=AT))
    far = tree.district.bodies["s1a"]
    with pytest.raises(NotPermitted):
        commands.record_grid_size(actor=admin, at=AT, key=key_of("x"), grid=far, households=3, on=TODAY, document="x")
    with pytest.raises(NotFound):
        commands.cover(
            actor=admin, at=AT, key=key_of("y"), branch=tree.bodies["branch1"], grid=far, on=TODAY, document="x"
        )
    assert not GridChange.objects.filter(grid=far).exclude(key=key_of("cover", "branch3")).exists()
