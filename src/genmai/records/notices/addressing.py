"""Whom a notice to a Party body reaches: where nobody keeps it, whoever does above, told whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from genmai.directory.access.keepers import nearest_keeper
from genmai.directory.roster.models import Organisation
from genmai.records.notices.commands import MEANT_FOR, NewNotice


def to_keepers(
    notices: Sequence[NewNotice], *, at: datetime, permission_of: Callable[[str], str]
) -> Sequence[NewNotice]:
    """The same notices, each to the nearest body where somebody holds the permission its kind asks for.

    Bodies outside the Party tree stay as they are, and so do those nobody keeps all the way up.
    """
    asked: dict[str, set[int]] = {}
    for one in notices:
        if one.organisation_id is not None:
            asked.setdefault(permission_of(one.kind), set()).add(one.organisation_id)
    keepers = {key: nearest_keeper(bodies, at=at, permission=key) for key, bodies in asked.items()}
    moved = {body for found in keepers.values() for body, keeper in found.items() if keeper != body}
    if not moved:
        return notices
    names = dict(Organisation.objects.filter(pk__in=moved).values_list("pk", "short_name"))

    def readdressed(one: NewNotice) -> NewNotice:
        body = one.organisation_id
        keeper = keepers[permission_of(one.kind)].get(body) if body is not None else None
        if body is None or keeper is None or keeper == body:
            return one
        return replace(one, organisation_id=keeper, payload={**one.payload, MEANT_FOR: names[body]})

    return [readdressed(one) for one in notices]
