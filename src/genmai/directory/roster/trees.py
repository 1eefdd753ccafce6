"""Where a body stands in a tree. For commands and parts of queries; what a viewer may see of it they ask themselves."""

from __future__ import annotations

from datetime import date

from genmai.directory.roster.models import Link
from genmai.directory.territory.days import valid_on


def path_in(tree: str, organisation_id: int, day: date) -> str:
    """The body's path in a tree on a day; "" where it does not stand there."""
    rows = Link.objects.filter(valid_on(day), tree=tree, organisation_id=organisation_id)
    return rows.values_list("path", flat=True).first() or ""
