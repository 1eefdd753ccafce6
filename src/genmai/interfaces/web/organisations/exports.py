"""The registry as files: what stands below a body on a day, and branches on grids. No person is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import queries
from genmai.directory.roster.models import Cover, Organisation, Tree
from genmai.directory.roster.queries import coverage
from genmai.directory.roster.queries.as_at import VIEW
from genmai.interfaces.web.organisations import asking, words
from genmai.interfaces.web.organisations.asking import Question
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said
from genmai.reports.exports.shape import Tree as Columns
from genmai.reports.exports.values import Kind

LEVEL, GRIDS = gettext_noop("组织名单"), gettext_noop("支部和网格的对应")


def _question(viewer: Viewer, asked: Asked) -> Question:
    return asking.read(viewer, asked.query, asked.now)


def _when(question: Question) -> tuple[tuple[str, str], ...]:
    """The day, in words, as a filter."""
    tree = ((_("哪棵树"), str(words.TREES[Tree(question.tree)])),)
    return (*tree, (_("时点"), question.words)) if question.past else tree


def columns(viewer: Viewer, asked: Asked) -> Columns:
    """What a level shows."""
    return (
        Column(_("编码"), key=True, width=20),
        Column(_("名称"), key=True, width=36),
        Column(_("是什么"), width=14),
        Column(_("下级"), Kind.COUNT),
        Column(_("党员"), Kind.COUNT, about=_("它和它下面所有支部的预备党员、正式党员")),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The level the page shows, whole."""
    question, block, start = _question(viewer, asked), min(limits().block_rows, 200), 0
    while True:
        found, total = queries.level(
            viewer, tree=question.tree, parent=question.of, limit=block, offset=start, **cast(Any, question.when)
        )
        for row in found:
            yield (row.organisation.code, row.name, words.kind_of(row.organisation), row.below, row.members)
        start += block
        if start >= total:
            return


def count(viewer: Viewer, asked: Asked) -> int:
    """How many rows."""
    question = _question(viewer, asked)
    return queries.level(viewer, tree=question.tree, parent=question.of, limit=1, **cast(Any, question.when))[1]


def said(viewer: Viewer, asked: Asked) -> Said:
    """Below whom, in which tree, on which day."""
    question = _question(viewer, asked)
    name = cast(Any, question.of).called if question.of else ""
    return Said(_("{name}的下级").format(name=name) if name else _(LEVEL), _when(question))


def grid_columns(viewer: Viewer, asked: Asked) -> Columns:
    """Grid and branch; one of the two is empty where there is none."""
    return (
        Column(_("网格编码"), key=True, width=20),
        Column(_("网格"), key=True, width=32),
        Column(_("支部编码"), width=22),
        Column(_("支部"), width=36),
        Column(_("从哪天起"), Kind.DAY),
    )


def _grid_rows(viewer: Viewer, asked: Asked) -> Any:
    when = cast(Any, _question(viewer, asked).when)
    view = asked.get("view")
    if view == "pairs":
        return coverage.covers(viewer, **when)
    if view == "branches":
        return coverage.bare_branches(viewer, **when)
    return coverage.bare_grids(viewer, **when)


def grid_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Pairs, or the gaps the page lists."""
    branches = asked.get("view") == "branches"
    for one in _grid_rows(viewer, asked).iterator(chunk_size=limits().block_rows):
        if isinstance(one, Cover):
            yield (one.grid.code, one.grid.name, one.branch.code, one.branch.name, one.valid_from)
        elif isinstance(one, Organisation):
            yield ("", "", one.code, one.name, None) if branches else (one.code, one.name, "", "", None)


def grid_said(viewer: Viewer, asked: Asked) -> Said:
    """Which of the lists."""
    titles = {"pairs": GRIDS, "branches": gettext_noop("没有落到网格的村社支部")}
    title = titles.get(asked.get("view"), gettext_noop("没有支部的网格"))
    return Said(_(title), _when(_question(viewer, asked))[1:])


EXPORTS = (
    Export(
        key="organisations", title=LEVEL, columns=columns, rows=rows, count=count, said=said, permission=VIEW,
    ),
    Export(
        key="organisations_grids",
        title=GRIDS,
        columns=grid_columns,
        rows=grid_rows,
        count=lambda viewer, asked: _grid_rows(viewer, asked).count(),
        said=grid_said,
        permission=VIEW,
    ),
)  # fmt: skip
