"""A page of the roll and how many there are of it, by the figures kept ready where these know it sooner than the rows.

In the order of branches a hundred thousand farmers may begin behind three hundred thousand others, and of something that
nobody is, everybody would be read to say so. The book of the day says of each branch what is in it.
"""

from __future__ import annotations

from dataclasses import replace

from genmai.directory.roster.queries import tally
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.roster.queries.roll import Count, Leaf, Place, counted, few_people, leaf
from genmai.directory.roster.queries.tally_sql import sizes
from genmai.kernel.viewer import Viewer

FEW = 5000  # people: by whom they are, their memberships are found in some twenty milliseconds
TRIED = 10  # times as many branches as rows: each has somebody of everything asked, but may have nobody of it all


def page(
    viewer: Viewer, *, asked: Asked, after: Place | None = None, before: Place | None = None, limit: int = 50
) -> tuple[Leaf, Count]:
    """Members within the viewer's scope behind a place or before it. Seven queries at most."""
    said = tally.said(viewer, asked=asked)
    if said and not said.most:
        return Leaf([]), Count(0)
    many = said is None or said.everyone > sizes().at_once
    exact = said.exact if said else None
    few = few_people(viewer, asked=asked, most=FEW) if many and exact is None else None
    if few or not (said and many):
        found = leaf(viewer, asked=few or asked, after=after, before=before, limit=limit)
    else:
        found = _by_branches(viewer, asked, after, before, limit)
    if exact is None and after is None and before is None and not found.behind:
        exact = len(found.rows)
    return found, _counted(viewer, few or asked) if exact is None else Count(exact)


def _by_branches(viewer: Viewer, asked: Asked, after: Place | None, before: Place | None, limit: int) -> Leaf:
    """From the next branches that have any; from all, where these were too few to fill the page."""
    most = TRIED * limit
    turn, back = after or before, after is None and before is not None
    here = tally.branches(viewer, asked=asked, limit=most, turn=turn.branch if turn else 0, back=back)
    if here is not None:
        found = leaf(viewer, asked=replace(asked, branches=here), after=after, before=before, limit=limit)
        if (found.before if back else found.behind) or len(here) < most:
            return found
    return leaf(viewer, asked=asked, after=after, before=before, limit=limit)


def _counted(viewer: Viewer, asked: Asked) -> Count:
    """Counted from the rows; what is too many for that, from the figures kept ready, if they say it."""
    count = counted(viewer, asked=asked)
    exact = tally.count(viewer, asked=asked) if count.more else None
    return count if exact is None else Count(exact)
