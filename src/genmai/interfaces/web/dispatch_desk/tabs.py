"""The views of the desk as tabs: what everybody has, then one's own and the shared ones, each with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.handle_case import listing
from genmai.processes.cases.models import SavedView
from genmai.processes.cases.queries import lists
from genmai.processes.cases.queries.views import sizes, views

WAITING = "mine=1&state=received&order=oldest"


@dataclass(frozen=True)
class ViewTab:
    """`count`: a number, or 1000+; `mine` and `shared` say whose it is (neither: everybody has it)."""

    label: str
    query: str
    count: str
    current: bool
    mine: bool = False
    shared: bool = False
    view: UUID | None = None


@dataclass(frozen=True)
class Shown:
    """Which matters the desk lists: the filters, their address, the tabs, and how many they are."""

    filters: lists.Filters
    query: str
    tabs: Sequence[ViewTab]
    total: str

    @property
    def usual(self) -> bool:
        """What waits to be dispatched here: the desk's own first view."""
        return self.query == WAITING


def everybodys() -> list[tuple[str, str]]:
    """Label and address of the views that need no saving."""
    return [
        (gettext("等我们分派"), WAITING),
        (gettext("还没人接"), "state=dispatched&order=deadline"),
        (gettext("超时的"), "late=1&order=deadline"),
        (gettext("等我们核实"), "mine=1&state=replied&order=oldest"),
    ]


def first_query(saved: Sequence[SavedView], viewer_id: int | None) -> str:
    """The address a bare visit opens: one's own first view, or what waits to be dispatched."""
    own = next((one.query for one in saved if one.opens_first and one.owner_id == viewer_id), "")
    return own or WAITING


def shown(asked: AskedRequest, saved: Sequence[SavedView] | None = None, *, posted: str = "") -> Shown:
    """From the address, or from what a form says it came from. All numbers are one query; the number of queries doesn't grow with the views."""
    viewer = asked.viewer
    kept = views(viewer) if saved is None else saved
    query = listing.canonical(QueryDict(posted) if posted else asked.GET) or first_query(kept, viewer.person_id)
    named = [(label, one, None) for label, one in everybodys()] + [(v.name, v.query, v) for v in kept]
    wanted = [query, *(one for _label, one, _view in named)]
    parsed = [QueryDict(one) for one in wanted]
    around = listing.named_in(viewer, [one.get("org", "") for one in parsed], asked)
    filters = [listing.read(one, around, viewer.organisation_id) for one in parsed]
    counted = [lists.said(n) for n in sizes(viewer, filters=filters)]
    tabs = [
        ViewTab(
            label, one, count, one == query, view is not None and view.owner_id == viewer.person_id,
            view is not None and view.shared, view.public_id if view else None,
        )
        for (label, one, view), count in zip(named, counted[1:], strict=True)
    ]  # fmt: skip
    return Shown(filters[0], query, tabs, counted[0])
