"""A fiftieth of the city through the public import: figures, deeds, accounts; again nothing; broken off, carried on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, F

from genmai.coordination import registry
from genmai.directory.access.models import Account, Grant
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.models import Cover, Link, Membership, Organisation, Post, Profile, Term, Tree
from genmai.directory.roster.queries.levels import level
from genmai.kernel.identity_numbers import is_credit_code
from genmai.kernel.refusal import Refused
from genmai.records.deeds.models import Deed
from genmai.simulation.city import bringing_in, figures

SHARE = 50
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _up(folder: Path, said: list[str] | None = None, share: int = SHARE) -> list[tuple[str, str]]:
    return bringing_in.ensure_city(
        at=AT, key="ningbo", seed=7, folder=folder, password_of=lambda login: f"{login}-Genmai-2026",
        say=(said if said is not None else []).append, share=share,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("city")


def test_the_database_holds_the_figures_with_a_deed_a_row(folder: Path) -> None:
    said: list[str] = []
    logins = _up(folder, said)
    told = figures.read(share=SHARE)
    found = bringing_in.counted()
    assert found.organisations == dict(sorted(told.organisations.items()))
    assert found.members == told.members == 11_220
    assert found.centres == told.centres == 67
    assert Deed.objects.filter(kind="registry.organisation").count() == 641
    assert Deed.objects.filter(kind="member.enrolled").count() == 11_220
    assert Deed.objects.filter(kind="registry.post").count() == 4 * 61
    covered = Cover.objects.filter(valid_to__isnull=True, grid__kind="grid", branch__sector="village")
    assert (
        covered.count()
        == Organisation.objects.filter(kind="grid").count()
        == Deed.objects.filter(kind="registry.cover").count()
    )
    assert covered.count() == len({one.branch_id for one in covered}) > 61, (
        "every branch of a village on a grid of its own"
    )
    assert all(one.grid.code.startswith(one.branch.code[6:18]) for one in covered.select_related("grid", "branch"))
    assert any("100%" in line for line in said), "progress is told"
    assert {login for _, login in logins} == set(Account.objects.values_list("login", flat=True))
    tops = Link.objects.filter(tree=Tree.PARTY, valid_to__isnull=True, parent__isnull=True)
    assert [link.organisation.code for link in tops] == ["party-3302"], "one tree"
    largest = Membership.objects.filter(valid_to__isnull=True).values("branch").annotate(n=Count("id")).order_by("-n")
    assert largest[0]["n"] <= 50
    _units_stand_in_their_industry_and_party_bodies_in_them()
    _the_posts_say_one_shoulder_and_education()
    _grants_reach_in_the_partys_tree()
    _again_changes_nothing(folder, logins)
    with pytest.raises(Refused, match="别的数据"):
        _up(folder, share=25)


def _units_stand_in_their_industry_and_party_bodies_in_them() -> None:
    now = Link.objects.filter(tree=Tree.INDUSTRY, valid_to__isnull=True).select_related("parent", "organisation")
    units = [link for link in now if link.organisation.kind == "unit"]
    assert len(units) == Deed.objects.filter(kind="registry.unit").count() == 265
    assert all(link.parent is not None and link.parent.code.startswith("gb4754-") for link in units)
    assert all(is_credit_code(link.organisation.code) for link in units)
    within = [link for link in now if link.organisation.kind == "party"]
    assert {link.organisation.sector for link in within} == {"enterprise", "organ", "social"}
    assert {link.parent_id for link in within} == {link.organisation_id for link in units}, "in each unit somebody"
    account = Account.objects.get(login="hangyedangwei")
    viewer = viewer_for(account, at=AT)
    (top,), total = level(viewer, tree=Tree.INDUSTRY, at=AT)
    assert (top.organisation.name, total, top.below) == ("国民经济行业", 1, 20)
    sections, _total = level(viewer, tree=Tree.INDUSTRY, at=AT, parent=top.organisation)
    made = next(row for row in sections if row.name == "制造业")
    assert made.below > 50
    assert (made.members, top.members) == (0, 0), "members are counted for who keeps them in the Party tree alone"


def _the_posts_say_one_shoulder_and_education() -> None:
    now = Post.objects.filter(valid_to__isnull=True)
    secretaries = {p.organisation.code.removeprefix("party-"): p.person_id for p in now.filter(key="secretary")}
    heads = {p.organisation.code: p.person_id for p in now.filter(key="director")}
    assert len(secretaries) == len(heads) == 61
    assert sum(secretaries[village] == heads[village] for village in secretaries) == 60
    assert {(term.number, term.valid_to is None) for term in Term.objects.all()} == {(11, False), (12, True)}
    assert Term.objects.count() == 2 * 61
    assert Deed.objects.filter(kind="term.begun").count() == 2 * 61
    college = Profile.objects.filter(person__in=secretaries.values(), education__lt="40").count()
    assert college == 37


def _grants_reach_in_the_partys_tree() -> None:
    reaches = dict(Grant.objects.filter(tree=Tree.PARTY).values_list("account__login", "organisation__level"))
    assert reaches["shizuzhibu"] > reaches["quzuzhibu"] > reaches["dangjianban"] > reaches["zhibushuji"]


def _again_changes_nothing(folder: Path, first: list[tuple[str, str]]) -> None:
    before = (Deed.objects.count(), Organisation.objects.count(), Membership.objects.count(), Account.objects.count())
    assert _up(folder) == first
    after = (Deed.objects.count(), Organisation.objects.count(), Membership.objects.count(), Account.objects.count())
    assert after == before


def test_broken_off_in_the_members_it_carries_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet that broke off is not in at all; those before it are not brought in again."""
    real, calls = registry.bring_in, []

    def breaking(**given: Any) -> registry.Brought:
        calls.append(given["kind"])
        if given["kind"] == "members" and calls.count("members") == 1:
            given["progress"] = lambda done, about, so_far: done < 6000
        return real(**given)

    monkeypatch.setattr(bringing_in, "bring_in", breaking)
    with pytest.raises(registry.Cancelled):
        _up(folder)
    assert Membership.objects.count() == 0
    assert Organisation.objects.filter(kind="party").exclude(sector="").count() == 641
    _up(folder)
    assert calls == ["units", "organisations", "members", "members", "posts", "grids"]
    assert bringing_in.counted().members == 11_220
    assert not Membership.objects.filter(valid_to__lt=F("valid_from")).exists()
