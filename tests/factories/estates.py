"""Estates for tests: one in a community of the small district, by the public commands alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.accounts import staff
from tests.factories.cases import World

from genmai.directory.access.roles import permissions_of
from genmai.directory.roster.models import Link, Organisation, Tree
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.processes.registers.commands import estates, facts, prereview
from genmai.processes.registers.commands.facts import Fact
from genmai.processes.registers.majorities import Ballot
from genmai.processes.registers.models import Estate, Matter

SINCE = date(2025, 1, 1)


def actor(world: World, name: str, role: str, organisation: Organisation) -> Actor:
    """Somebody with a role over any organisation, one opened later too."""
    person = staff(name)
    path = Link.objects.get(organisation=organisation, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
    granted = Granted(role, permissions_of(role), path, frozenset(Reach))
    return Actor.staff(
        Viewer(
            account_id=person.pk, person_id=person.pk, person_public_id=person.public_id, name=name,
            organisation_id=organisation.pk, organisation_name=organisation.short_name, path=path,
            level=organisation.level, role=role, grants=(granted,),
        )
    )  # fmt: skip


def secretary(world: World) -> Actor:
    """The secretary of the community the estates lie in."""
    return actor(world, "北二书记", "village_secretary", world.district.n2)


def cadre(world: World) -> Actor:
    """The estate commissioner."""
    return actor(world, "小区专员", "village_cadre", world.district.n2)


def register(world: World, name: str = "春江花城", **more: Any) -> Estate:
    """An estate of 666 households without management, unless told otherwise."""
    new = {"estate_type": "commodity", "households": 666, "management": "none", "since": SINCE, **more}
    home = new.pop("home", world.district.n2)
    return estates.register(
        actor=new.pop("actor", None) or (cadre(world) if home == world.district.n2 else world.town),
        at=world.at,
        key=world.key(),
        estate=estates.NewEstate(name=name, home_id=home.pk, **new),
    )


def tell(world: World, estate: Estate, kind: str, **fact: Any) -> Estate:
    """Record a fact."""
    given = {"valid_from": SINCE, **fact}
    return facts.record(
        actor=cadre(world), at=world.at, key=world.key(), estate=estate.public_id, fact=Fact(kind, **given)
    )


def with_parties(world: World, name: str = "春江花城") -> Estate:
    """An estate with an owners' committee and a managing firm."""
    estate = register(world, name, management="professional", manager="安居物业", manager_until=date(2027, 1, 1))
    return tell(world, estate, "committee", valid_to=date(2028, 1, 1), members=7, party_members=5)


def party(world: World, estate: Estate, kind: str = "owners") -> Actor:
    """Somebody of the owners' committee (or of the manager: kind "property")."""
    body = Organisation.objects.get(code__startswith=estate.place.code, kind=kind)
    return actor(world, f"{body.short_name}的人", "estate_party", body)


def submit(world: World, estate: Estate, who: Actor | None = None, **more: Any) -> Matter:
    """A major matter handed in by the owners' committee."""
    new = {"kind": "fell_trees", "title": "砍掉六棵树", "text": "挡住消防通道，征求过意见", **more}
    return prereview.submit(
        actor=who or party(world, estate),
        at=world.at,
        key=world.key(),
        estate=estate.public_id,
        matter=prereview.NewMatter(**new),
    )


def ballot(voting: int = 500, agree: int = 400) -> Ballot:
    """Of 666 owners with 100 square metres each."""
    return Ballot(666, voting, agree, Decimal(66600), Decimal(voting * 100), Decimal(agree * 100))
