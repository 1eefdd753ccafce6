"""The units directly below: what waits and the three rates of each, in the order of the tree, never ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.interfaces.web.unit.figures import SHOWN, Shown, cell
from genmai.interfaces.web.unit.question import Question
from genmai.interfaces.web.unit.standing import cases_url
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.case_figures import Board
from genmai.processes.cases.queries.open_by_body import open_by_body

TITLES = {
    OrganisationKind.CITY: gettext_lazy("市"),
    OrganisationKind.DISTRICT: gettext_lazy("区"),
    OrganisationKind.TOWN: gettext_lazy("镇街"),
    OrganisationKind.COMMUNITY: gettext_lazy("村社"),
    OrganisationKind.GRID: gettext_lazy("网格"),
    OrganisationKind.DEPARTMENT: gettext_lazy("部门"),
    OrganisationKind.PARTY: gettext_lazy("党组织"),
    OrganisationKind.OWNERS: gettext_lazy("业主委员会"),
    OrganisationKind.PROPERTY: gettext_lazy("物业"),
    OrganisationKind.MICRO_OFFICE: gettext_lazy("微治办"),
}


@dataclass(frozen=True)
class Row:
    """One unit below."""

    name: str
    url: str
    open: int
    open_url: str
    late: int
    late_url: str
    figures: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """Units of one kind; comparing a town with a department would say nothing.

    `quiet`: those with nothing open and nothing counted this month, named apart so that the table stays short.
    """

    title: str
    rows: tuple[Row, ...]
    quiet: tuple[Row, ...]

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.quiet)


def groups(viewer: Viewer, asked: Question, board: Board, units: Sequence[Organisation]) -> list[Group]:
    """By kind, those on the ground first; one query for what waits in all of them."""
    # What waits is known for now only; asked for an earlier day, nothing is said of it.
    counts = {} if asked.known_on else open_by_body(viewer, ids=[unit.pk for unit in units])
    found: dict[str, list[Row]] = {}
    for unit in sorted(units, key=lambda one: one.kind == OrganisationKind.DEPARTMENT):
        waiting, late = counts.get(unit.pk, (0, 0))
        row = Row(
            name=unit.short_name,
            url=asked.address(unit),
            open=waiting,
            open_url=cases_url(unit.code),
            late=late,
            late_url=cases_url(unit.code, late="1"),
            figures=tuple(cell(asked, f, of=unit) for f in board.row(unit.path, asked.month, SHOWN)),
        )
        found.setdefault(unit.kind, []).append(row)
    return [_group(kind, rows) for kind, rows in found.items()]


def _group(kind: str, rows: Sequence[Row]) -> Group:
    stirring = tuple(row for row in rows if row.open or not all(figure.empty for figure in row.figures))
    return Group(_title(kind), stirring, tuple(row for row in rows if row not in stirring))


def _title(kind: str) -> str:
    return _("下面的%(kind)s") % {"kind": TITLES[OrganisationKind(kind)]}
