"""The demo district: made through commands alone, whole, repeatable, interruptible."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.models import Organisation
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import Case
from genmai.records.deeds.models import Deed
from genmai.simulation import demo
from genmai.simulation.plots import PLOTS
from genmai.simulation.year import Tally

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CASES = 70


class _Undo(Exception):
    """Takes everything back."""


def made(
    *,
    seed: int = 7,
    keep: list[Tally] | None = None,
    monkeypatch: Any = None,
    cases: int = CASES,
    days: int = 30,
) -> list[tuple[str, str]]:
    if monkeypatch is not None and keep is not None:
        run = demo.run
        monkeypatch.setattr(demo, "run", lambda **given: keep.append(run(**given)) or keep[-1])
    given = {"at": AT, "seed": seed, "cases": cases, "days": days}
    return list(demo.ensure_demo(**given, password_of=lambda login: f"long-{login}-9", say=lambda _: None))  # type: ignore[arg-type]


def counted() -> tuple[int, ...]:
    return tuple(table.objects.count() for table in (Case, Deed, Account, Organisation))


def assert_yinzhou() -> None:
    towns = set(Organisation.objects.filter(kind="town").values_list("place__name", flat=True))
    assert len(towns) == 21
    assert not towns & {"梅墟街道", "新明街道", "聚贤街道", "东钱湖镇"}


def figures() -> list[tuple[Any, ...]]:
    """All deeds without what differs between two runs on one database: row numbers and what is made of them."""
    return sorted(Deed.objects.values_list("at", "kind", "milestone", "outcome", "reason", "organisation__code"))


def test_every_course_runs_every_state_stands_and_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tallies: list[Tally] = []
    logins = made(keep=tallies, monkeypatch=monkeypatch)
    assert tallies[0].refused == []
    states = Counter(Case.objects.values_list("state", flat=True))
    assert set(states) == set(FLOW.states)
    assert {1, 2, 3, 4, 5, 6} <= set(Case.objects.values_list("solved_level", flat=True)), "from building to city"
    kinds = set(Deed.objects.values_list("kind", flat=True))
    for kind in ("milestone.missed", "case.merged", "case.escalated", "case.called", "case.objected", "case.reopened"):
        assert kind in kinds
    assert len(PLOTS) > 15
    for _, login in logins:
        viewer = viewer_for(Account.objects.get(login=login), at=AT)
        assert viewer.grants, login
    before = counted()
    made()
    assert counted() == before, "a second start adds nothing"
    assert_yinzhou()


def test_the_same_seed_makes_the_same_figures_and_another_seed_others() -> None:
    found = []
    for seed in (7, 7, 8):
        try:
            with transaction.atomic():
                made(seed=seed, cases=12, days=12)
                found.append(figures())
                raise _Undo
        except _Undo:
            pass
    assert found[0] == found[1]
    assert len(found[0]) > 100
    assert found[0] != found[2]


def test_killed_in_the_middle_of_the_year_the_next_start_tells_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    run = demo.run

    def killed(**given: Any) -> Tally:
        run(**given)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        made(cases=6, days=8)
    assert Case.objects.count() == 0
    monkeypatch.setattr(demo, "run", run)
    made(cases=6, days=8)
    assert Case.objects.count() >= 6
