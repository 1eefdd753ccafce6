"""One suggestion in the reader's language, for a page to include (`suggestion/shown.html`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext

from genmai.kernel.viewer import Viewer
from genmai.mechanisms.taxonomy import Category
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import suggestions
from genmai.processes.cases.queries.suggestions import Shown


@dataclass(frozen=True)
class Words:
    """`sure` like "97%", empty where nothing was measured; `likely`: what it might be while undecided."""

    decided: bool
    code: str
    title: str
    body_public_id: str
    body: str
    sure: str
    likely: str
    why: str


def for_cases(viewer: Viewer, cases: Collection[Case], *, at: datetime) -> dict[int, Words]:
    """By case id, for cases the viewer's list has found."""
    return {pk: words_of(one) for pk, one in suggestions.for_cases(viewer, cases, at=at).items()}


def words_of(shown: Shown) -> Words:
    sure = "" if shown.percent is None else f"{shown.percent}%"
    return Words(
        decided=shown.decided,
        code=shown.code if shown.decided else "",
        title=title_of(shown.category) if shown.decided else "",
        body_public_id=str(shown.body_public_id) if shown.body_public_id and shown.decided else "",
        body=shown.body_name if shown.decided else "",
        sure=sure,
        likely="" if shown.decided else _likely(shown),
        why=shown.why(gettext),
    )


def title_of(category: Category | None) -> str:
    """The last two names of the path: what a row has room for."""
    if category is None:
        return ""
    path = category.path_en if get_language() == "en" else category.path
    return " / ".join(path[-2:])


def _likely(shown: Shown) -> str:
    found = [(shown.category, shown.percent), (shown.second, shown.second_percent)]
    named = [f"{title_of(one)} {sure}%" for one, sure in found if one is not None and sure is not None]
    return gettext("；").join(named)
