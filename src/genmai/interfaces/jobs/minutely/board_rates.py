"""The month's rates of the district and its towns are counted anew every few minutes, so that boards open at once."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.models import Link, OrganisationKind, Tree
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.reports.board.rates import count_anew
from genmai.reports.board.standing import Place

SYSTEM = Actor.system("board rates")


def run(*, at: datetime) -> str:
    """How many districts were counted, in words for the log."""
    links = Link.objects.filter(
        tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation__kind=OrganisationKind.DISTRICT
    )
    places = [Place(*row) for row in links.order_by("path").values_list("organisation_id", "path")]
    key = ids.key_of("board rates", at.isoformat())
    done = [place for place in places if count_anew(actor=SYSTEM, at=at, key=key, place=place)]
    return f"counted the rates of {len(done)} districts" if done else ""
