"""Turning the pages of the roll: each address says behind which row its page begins, so that page ten thousand costs what the first does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import QueryDict

from genmai.directory.roster.models import Stage
from genmai.directory.roster.queries.roll import Count, Leaf, Place

PAGE = 50
_PLACE = re.compile(r"([0-9]{1,18})\.([a-z]+)\.([0-9]{1,18})")


@dataclass(frozen=True)
class Turning:
    """What stands below a page of the roll. `before`, `behind`: addresses, empty where there is nothing."""

    first: int
    last: int
    count: Count
    before: str
    behind: str


def place(typed: str) -> Place | None:
    """Where the address says a page begins; None for what is no place."""
    found = _PLACE.fullmatch(typed)
    if found is None or found[2] not in Stage.values:
        return None
    return Place(int(found[1]), found[2], int(found[3]))


def turning(given: QueryDict, leaf: Leaf, count: Count) -> Turning:
    """The pages on either side of a page, the filters of the address kept."""
    kept = given.copy()
    turned = place(kept.get("after", "")) or place(kept.get("before", ""))
    number = page_number(kept.get("page", "")) if turned else 1
    for name in ("after", "before", "page"):
        kept.pop(name, None)

    def address(side: str, to: Place | None, page: int) -> str:
        query = kept.copy()
        if to is not None and page > 1:
            query[side], query["page"] = f"{to.branch}.{to.stage}.{to.row}", str(page)
        return f"?{query.urlencode()}"

    first = (number - 1) * PAGE + 1
    last = first + len(leaf.rows) - 1
    return Turning(
        first, last, Count(max(count.number, last), count.more),
        before=address("before", leaf.first, number - 1) if leaf.before else "",
        behind=address("after", leaf.last, number + 1) if leaf.behind else "",
    )  # fmt: skip


def page_number(text: str) -> int:
    """A number of a page; the first for what is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) < 100_000 else 1
