"""Two towns with a Party branch each, members, and the people who look after them; time goes on by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.factories.accounts import account, grant
from tests.factories.branches import PartyTree, member, party_account, party_tree
from tests.factories.organisations import AT, SmallDistrict, small_district

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.models import Organisation, Person, Tree
from genmai.directory.roster.models.linkage import Pair
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.places import home_of


@dataclass
class Two:
    """The ground, the Party tree over it, accounts by login, and the time."""

    district: SmallDistrict
    party: PartyTree
    at: datetime = AT
    _keys: int = 0
    _accounts: dict[str, Account] = field(default_factory=dict)

    def key(self) -> UUID:
        self._keys += 1
        return ids.key_of("flowing test", self._keys)

    def later(self, **span: Any) -> datetime:
        self.at += timedelta(**span)
        return self.at

    def account(self, login: str, role: str, organisation: Organisation, *, tree: str = Tree.ADMINISTRATIVE) -> Account:
        if login not in self._accounts:
            make = party_account if tree == Tree.PARTY else account
            self._accounts[login] = make(login, role, organisation)
        return self._accounts[login]

    def actor(self, login: str, role: str, organisation: Organisation, *, tree: str = Tree.ADMINISTRATIVE) -> Actor:
        return Actor.staff(viewer_for(self.account(login, role, organisation, tree=tree), at=self.at))

    def organiser(self) -> Actor:
        """Over the whole Party tree, and over the district's ground for residents' lists."""
        made = self.account("zuzhibu", "party_organiser", self.party.committee, tree=Tree.PARTY)
        grant(made, "party_organiser", self.district.district)
        return Actor.staff(viewer_for(made, at=self.at))

    def organiser_at_host(self) -> Actor:
        """Of the south's village, where the candidates live."""
        return self.actor("cunshuji", "village_secretary", self.district.s1)

    def town_office(self, side: str = "north") -> Actor:
        return self.actor(f"dangjianban-{side}", "party_office", getattr(self.party, side), tree=Tree.PARTY)

    def grid_worker(self, side: str = "s1a") -> Actor:
        return self.actor(f"wangge-{side}", "grid_worker", getattr(self.district, side))

    def branch_secretary(self, branch: str = "n1") -> Actor:
        return self.actor(f"shuji-{branch}", "branch_secretary", getattr(self.party, branch), tree=Tree.PARTY)

    def member(self, name: str, branch: str = "n1", number: int = 0, **more: Any) -> Person:
        return member(name, getattr(self.party, branch), number, **more).person

    def pair(self, one: Person, other: Person, weight: float = 8.0) -> Pair:
        """As a look through the registry would have found it."""
        first, second = sorted((one, other), key=lambda person: person.pk)
        reaches = [home_of(person.pk) for person in (first, second)]
        parts = [["name", "same", 14.0], ["born", "same", 14.0], ["phone", "else", -1.4]]
        return Pair.objects.create(
            public_id=ids.key_of("pair", first.pk, second.pk), first=first, second=second, parameters="people-1",
            weight=weight, parts=parts, found_at=self.at,
            first_reach=list(reaches[0].reach) if reaches[0] else [],
            second_reach=list(reaches[1].reach) if reaches[1] else [],
        )  # fmt: skip


def two() -> Two:
    """North with branches n1, n2; south with branch s1."""
    return Two(small_district(), party_tree())


LEFT_ON = date(2025, 6, 1)
