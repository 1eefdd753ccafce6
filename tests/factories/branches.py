"""A small Party tree beside the small district: a district committee, two towns, three branches; members through commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.factories.accounts import account
from tests.factories.organisations import AT, KEY, OPENED, SETUP

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.commands import NewOrganisation, open_organisations
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.models import Level, Membership, Organisation, OrganisationKind, Tree
from genmai.kernel.identity_numbers import identity_check_character
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Viewer

_ROWS = (
    ("committee", "party-330299", "中共测试区委", "", Level.DISTRICT),
    ("north", "party-330299001", "北镇党委", "committee", Level.TOWN),
    ("south", "party-330299002", "南镇党委", "committee", Level.TOWN),
    ("n1", "party-330299001201", "北一村党支部", "north", Level.COMMUNITY),
    ("n2", "party-330299001001", "北二社区党支部", "north", Level.COMMUNITY),
    ("s1", "party-330299002201", "东村党支部", "south", Level.COMMUNITY),
)


@dataclass(frozen=True)
class PartyTree:
    """By short key: committee, north, south, n1, n2, s1."""

    bodies: dict[str, Organisation]

    def __getattr__(self, name: str) -> Organisation:
        try:
            return self.bodies[name]
        except KeyError:
            raise AttributeError(name) from None


def party_tree() -> PartyTree:
    """Opened on 2020-01-01."""
    codes = {key: code for key, code, *_ in _ROWS}
    rows = [
        NewOrganisation(code, name, OrganisationKind.PARTY, level, codes.get(parent, ""), tree=Tree.PARTY)
        for key, code, name, parent, level in _ROWS
    ]
    opened = open_organisations(actor=SETUP, at=AT, key=KEY, rows=rows, opened_on=OPENED)
    return PartyTree({key: opened[code] for key, code in codes.items()})


def identity(number: int, born: str = "19900307", sex: int = 1) -> str:
    """A made-up citizen's number with a right check character; odd sequence numbers are men's."""
    head = f"330299{born}{number % 50 * 2 + sex:03d}"
    return head + identity_check_character(head)


def member(name: str, branch: Organisation, number: int = 0, **more: Any) -> Membership:
    """A full member of a branch since 2020; the name is the key."""
    about = {key: more.pop(key) for key in ("education", "ethnicity", "occupation", "phone") if key in more}
    born, sex = more.pop("born", "19900307"), more.pop("sex", 1)
    given = {
        "stage": "full", "on": date(2020, 6, 1), "joined_on": date(2014, 5, 1), "full_on": date(2015, 5, 1),
        "arrived": "first_entry",
    } | more  # fmt: skip
    return enrol(
        actor=SETUP, at=AT, key=key_of("member", name), branch=branch,
        member=NewMember(name, identity(number, born, sex), **about), **given,
    )  # fmt: skip


def party_account(login: str, role: str, organisation: Organisation, **reaches: bool) -> Account:
    """An account that holds a role over a subtree of the Party tree, and nothing else."""
    return account(login, role, organisation, tree=Tree.PARTY, **reaches)


def party_viewer(login: str, role: str, organisation: Organisation, **reaches: bool) -> Viewer:
    return viewer_for(party_account(login, role, organisation, **reaches), at=AT)


def names(rows: Sequence[Any]) -> set[str]:
    return {row.name for row in rows}
