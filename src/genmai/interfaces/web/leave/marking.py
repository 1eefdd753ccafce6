"""Which acts of a history were done standing in for somebody: shown as 代某某 beside the one who did them."""

from __future__ import annotations

from collections.abc import Sequence

from genmai.directory.roster.queries import stood_in
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.queries.matter import Moment


def marked(viewer: Viewer, moments: Sequence[Moment]) -> list[Moment]:
    """The same moments, `deed.acts_for` set where the actor stood in at that organisation on that day. One query."""
    actors = {moment.deed.actor_id for moment in moments if moment.deed.actor_id is not None}
    absences = stood_in(viewer, stand_in_ids=actors)
    for moment in moments:
        deed = moment.deed
        for away in absences:
            there = away.stand_in_id == deed.actor_id and away.organisation_id == deed.actor_organisation_id
            if there and away.first_day <= day_of(deed.recorded_at) <= away.until:
                deed.acts_for = away.person.display_name  # type: ignore[attr-defined]
    return list(moments)
