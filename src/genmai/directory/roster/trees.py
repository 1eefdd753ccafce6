"""Where a body stands in a tree. For commands and parts of queries; what a viewer may see of it they ask themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from genmai.directory.roster.models import Link
from genmai.directory.territory.days import valid_on


def path_in(tree: str, organisation_id: int, day: date) -> str:
    """The body's path in a tree on a day; "" where it does not stand there."""
    rows = Link.objects.filter(valid_on(day), tree=tree, organisation_id=organisation_id)
    return rows.values_list("path", flat=True).first() or ""


def paths_in(tree: str, organisation_ids: Iterable[int], day: date) -> dict[int, str]:
    """The same of many; without those that do not stand there."""
    rows = Link.objects.filter(valid_on(day), tree=tree, organisation_id__in=set(organisation_ids))
    return dict(rows.values_list("organisation_id", "path"))


def open_paths(tree: str, organisation_ids: Iterable[int]) -> dict[int, str]:
    """Where bodies stand by the links that have no end, whichever day it is; without those that have none."""
    rows = Link.objects.filter(tree=tree, valid_to__isnull=True, organisation_id__in=set(organisation_ids))
    return dict(rows.values_list("organisation_id", "path"))
