"""A small Party tree beside the small district: two towns, two villages, four branches, members, posts and covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.factories.organisations import AT, KEY, OPENED, SETUP, SmallDistrict, small_district

from genmai.directory.roster import commands
from genmai.directory.roster.models import (
    Category,
    Cover,
    Level,
    Link,
    Membership,
    Naming,
    Organisation,
    OrganisationKind,
    Person,
    PersonKind,
    Post,
    Stage,
    Tree,
)
from genmai.kernel.ids import derive, key_of


@dataclass(frozen=True)
class PartyTree:
    """By short key: root, town1, town2, village (branch1, branch2), village2 (branch3), lone under village2."""

    district: SmallDistrict
    bodies: dict[str, Organisation]
    people: dict[str, list[int]]


_ROWS = (
    ("root", "测试区委", "", Category.COMMITTEE, Level.DISTRICT, "district"),
    ("town1", "北镇党委", "root", Category.COMMITTEE, Level.TOWN, "north"),
    ("town2", "南镇党委", "root", Category.COMMITTEE, Level.TOWN, "south"),
    ("village", "北一村党总支", "town1", Category.GENERAL_BRANCH, Level.COMMUNITY, "n1"),
    ("village2", "东村党委", "town2", Category.COMMITTEE, Level.COMMUNITY, "s1"),
    ("branch1", "北一村第一党支部", "village", Category.BRANCH, Level.GRID, ""),
    ("branch2", "北一村第二党支部", "village", Category.BRANCH, Level.GRID, ""),
    ("branch3", "东村党支部", "village2", Category.BRANCH, Level.GRID, ""),
    ("lone", "东村联合党支部", "village2", Category.JOINT_BRANCH, Level.GRID, ""),
)
_MEMBERS = {"branch1": 3, "branch2": 2, "branch3": 1}


def party_tree() -> PartyTree:
    """Opened with the district on 2020-01-01."""
    d = small_district()
    rows = [
        commands.NewOrganisation(
            code=f"party-{key}", name=name, kind=OrganisationKind.PARTY, level=level, tree=Tree.PARTY,
            parent_code=f"party-{parent}" if parent else "", place_id=d.places[place].pk if place else None,
            category=category, sector="village",
        )
        for key, name, parent, category, level, place in _ROWS
    ]  # fmt: skip
    opened = commands.open_organisations(actor=SETUP, at=AT, key=KEY, rows=rows, opened_on=OPENED)
    bodies = {key: opened[f"party-{key}"] for key, *_ in _ROWS}
    people = {key: [_member(bodies[key], f"{key}{n}") for n in range(count)] for key, count in _MEMBERS.items()}
    for key, person in (("branch1", people["branch1"][0]), ("branch3", people["branch3"][0])):
        commands.add_post(
            actor=SETUP, at=AT, key=KEY, person_id=person, organisation_id=bodies[key].pk, post="secretary",
            title="书记", valid_from=OPENED,
        )  # fmt: skip
    for branch, grid in (("branch1", "n1a"), ("branch2", "n1b"), ("branch3", "s1a")):
        commands.cover(
            actor=SETUP,
            at=AT,
            key=key_of("cover", branch),
            branch=bodies[branch],
            grid=d.bodies[grid],
            on=OPENED,
            document="建在网格上",
        )
    return PartyTree(d, bodies, people)


def _member(branch: Organisation, name: str) -> int:
    person = Person.objects.create(
        public_id=derive(AT, UUID(int=9), "member", name), kind=PersonKind.MEMBER, display_name=name, recorded_at=AT
    )
    Membership.objects.create(
        person=person, branch=branch, stage=Stage.FULL, joined_on=OPENED, full_on=OPENED, valid_from=OPENED,
        recorded_at=AT,
    )  # fmt: skip
    return person.pk


SPAN = ("valid_from", "valid_to", "document")


def live(model: Any, *fields: str) -> set[tuple[Any, ...]]:
    """What holds in a table, row for row, without when it was recorded; rows taken back and empty spans left out."""
    rows = model.objects.filter(withdrawn_at__isnull=True).values_list(*fields, *SPAN)
    return {row for row in rows if row[-3] != row[-2]}


def registry() -> dict[str, Any]:
    """Everything a restructuring may touch in the roster."""
    return {
        "links": live(Link, "tree", "organisation_id", "parent_id", "path"),
        "names": live(Naming, "organisation_id", "name", "short_name"),
        "members": live(Membership, "person_id", "branch_id", "stage", "status", "joined_on", "full_on"),
        "covers": live(Cover, "branch_id", "grid_id"),
        "posts": set(Post.objects.values_list("person_id", "organisation_id", "key", "valid_from", "valid_to")),
        "bodies": {
            row[:5]
            for row in Organisation.objects.values_list("id", "code", "name", "initials", "closed_on", "opened_on")
            if row[4] != row[5]
        },
    }
