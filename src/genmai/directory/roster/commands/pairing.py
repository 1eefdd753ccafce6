"""Looking for duplicates in the registry: pairs above the mechanism's likelihood, laid before people. Acts on none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from genmai.directory.roster.linkage import engine
from genmai.directory.roster.linkage.definition import LinkageSection
from genmai.directory.roster.linkage.parameters import of_version
from genmai.directory.roster.linkage.registry import members_of_registry
from genmai.directory.roster.models import Link, Membership
from genmai.directory.roster.models.linkage import Pair, Verdict
from genmai.directory.roster.policies import check_manage
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.mechanisms import installing

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look through the registry gave: pairs new, and pairs there were already."""

    fresh: int
    known: int


def rules() -> LinkageSection:
    """From which likelihood on. Raises Refused where no mechanism says so."""
    found = installing.library(settings.GENMAI_MECHANISMS).having(LinkageSection)
    for mechanism in found:
        return mechanism.section(LinkageSection)
    raise Refused("no_linkage", "这里没有安装核对重复人员的办法")


def find_pairs(*, actor: Actor, at: datetime, key: UUID, limit_memory: str = "6GB") -> Looked:
    """Compare all members with each other, in memory. Pairs judged before keep their judgement; reaches follow today's trees.

    Replayed, it finds the same pairs and adds none.
    """
    check_manage(actor)
    ruled = rules()
    with engine.memory(limit=limit_memory) as connection:
        found = list(
            engine.pairs(
                members_of_registry(), None, parameters=of_version(ruled.parameters), least=float(ruled.least),
                connection=connection,
            )
        )[: ruled.most_open]  # fmt: skip
    numbers = {_number(one) for pair in found for one in (pair.left, pair.right)}
    reaches = _reaches(numbers)
    before = Pair.objects.count()
    with transaction.atomic():
        for start in range(0, len(found), BATCH):
            Pair.objects.bulk_create(
                [_row(at, key, pair, reaches, ruled.parameters) for pair in found[start : start + BATCH]],
                update_conflicts=True, unique_fields=["first", "second"],
                update_fields=["first_reach", "second_reach"],
            )  # fmt: skip
    fresh = Pair.objects.count() - before
    return Looked(fresh, len(found) - fresh)


def _number(record: str) -> int:
    return int(record[1:])


def _row(at: datetime, key: UUID, pair: engine.Pair, reaches: Mapping[int, list[int]], parameters: str) -> Pair:
    first, second = sorted((_number(pair.left), _number(pair.right)))
    return Pair(
        public_id=ids.derive(at, key, "pair", first, second), first_id=first, second_id=second,
        parameters=parameters, weight=pair.weight, parts=[list(part) for part in pair.parts],
        first_reach=reaches.get(first, []), second_reach=reaches.get(second, []), found_at=at, verdict=Verdict.OPEN,
    )  # fmt: skip


def _reaches(people: Collection[int]) -> dict[int, list[int]]:
    """Everybody above each person's branch, in every tree; two statements for any number."""
    rows = Membership.objects.filter(person_id__in=people, valid_to__isnull=True).values_list("person_id", "branch_id")
    branches = dict(rows)
    above: dict[int, set[int]] = {}
    for branch, path in _paths(set(branches.values())):
        above.setdefault(branch, set()).update(int(part) for part in path.split("/") if part)
    return {person: sorted(above.get(branch, ())) for person, branch in branches.items()}


def _paths(branches: Collection[int]) -> list[tuple[int, str]]:
    links = Link.objects.filter(organisation__in=branches, valid_to__isnull=True)
    return list(links.values_list("organisation_id", "path"))
