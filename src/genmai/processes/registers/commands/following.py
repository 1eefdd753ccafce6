"""Estates follow the trees: their ground's path is that of their community, or of the one that absorbed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Tree
from genmai.directory.roster.trees import open_paths
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Estate


@transaction.atomic
def follow(*, actor: Actor, at: datetime, key: UUID) -> int:
    """Every estate lies where its community stands today; safe to repeat. Gives how many had to move. Two queries more."""
    estates = list(Estate.objects.select_related("home__merged_into"))
    wanted = {pk for one in estates for pk in (one.home_id, one.home.merged_into_id) if pk is not None}
    paths = open_paths(Tree.ADMINISTRATIVE, wanted)
    moved = []
    for one in estates:
        path = paths.get(one.home_id) or paths.get(one.home.merged_into_id or 0) or one.home_path
        if path != one.home_path:
            one.home_path = path
            moved.append(one)
    Estate.objects.bulk_update(moved, ["home_path"], batch_size=500)
    return len(moved)
