"""The registry as files: what stands below a body on a day, what a search finds, changes, branches on grids, and grids
beside the standard. No member is in them; who wrote a change down is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import queries
from genmai.directory.roster.models import Change, ChangeKind, Cover, GridChange, GridChangeKind, Organisation, Tree
from genmai.directory.roster.queries import coverage
from genmai.directory.roster.queries.as_at import VIEW
from genmai.interfaces.web.organisations import asking, words
from genmai.interfaces.web.organisations.asking import Question
from genmai.interfaces.web.organisations.grids import line, rules, say
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said
from genmai.reports.exports.shape import Tree as Columns
from genmai.reports.exports.values import Kind

LEVEL, GRIDS = gettext_noop("组织名单"), gettext_noop("支部和网格的对应")
FOUND, STANDARD, CHANGES = gettext_noop("找到的组织"), gettext_noop("网格对照标准"), gettext_noop("机构变动")


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


def found_columns(viewer: Viewer, asked: Asked) -> Columns:
    """What a search shows."""
    return (
        Column(_("编码"), key=True, width=20),
        Column(_("名称"), key=True, width=36),
        Column(_("现在叫"), width=36),
        Column(_("是什么"), width=14),
        Column(_("撤销日期"), Kind.DAY),
    )


def _words(asked: Asked) -> str:
    return asked.get("q").replace("\x00", "").strip()[:40]


def _found(viewer: Viewer, asked: Asked) -> list[Organisation]:
    when = cast(Any, _question(viewer, asked).when)
    return queries.find(viewer, text=_words(asked), limit=limits().at_once_rows, **when)


def found_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Bodies of that name, whether they bear it now or bore it once."""
    for one in _found(viewer, asked):
        yield (one.code, cast(Any, one).called, one.name, words.kind_of(one), one.closed_on)


def found_said(viewer: Viewer, asked: Asked) -> Said:
    """What was searched for, on which day."""
    return Said(_(FOUND), ((_("查找"), _words(asked)), *_when(_question(viewer, asked))[1:]))


def standard_columns(viewer: Viewer, asked: Asked) -> Columns:
    """A grid beside the standard: a column for each place that has to be filled."""
    _key, standard = rules()
    places = tuple(
        Column(_("{title}（至少 {least}）").format(title=say(place.title), least=place.least), Kind.COUNT, width=14,
               about=say(place.source))
        for place in standard.staff.values()
    )  # fmt: skip
    return (
        Column(_("网格编码"), key=True, width=20),
        Column(_("网格"), key=True, width=32),
        Group(_("规模"), (Column(_("户数"), Kind.COUNT), Column(_("对照标准"), width=12), Column(_("融合型大社区"), width=14),
                        Column(_("户数出自"), width=28))),
        Group(_("配备"), places),
        Column(_("缺的人"), width=36),
    )  # fmt: skip


def standard_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Every grid in scope, in the order of the page."""
    question, size, start = _question(viewer, asked), limits().block_rows, 0
    _key, standard = rules()
    every = coverage.grids(viewer, **cast(Any, question.when)).order_by("code", "pk")
    while block := list(every[start : start + size]):
        measured = coverage.measured(
            viewer, grids=block, rules=standard, at=asked.now, as_at=question.as_at, known_at=question.known_at
        )
        for one in measured:
            _one, _shape, fits, lacking = line(one, standard)
            filled = [one.filled[name] for name in standard.staff]
            large = _("是") if one.large else ""
            yield (one.grid.code, one.grid.name, one.households, fits, large, one.source, *filled, lacking)
        start += size


def standard_said(viewer: Viewer, asked: Asked) -> Said:
    """By which standard, on which day."""
    key, standard = rules()
    sizes = tuple(f"{say(size.title)}：{say(size.source)}" for size in standard.sizes.values())
    return Said(_(STANDARD), _when(_question(viewer, asked))[1:], (key, *sizes))


def change_columns(viewer: Viewer, asked: Asked) -> Columns:
    """What the card of a body shows of its changes and of its grids' entries."""
    return (
        Column(_("怎么变"), key=True, width=18),
        Column(_("哪个单位"), key=True, width=32),
        Column(_("另一个单位"), key=True, width=32),
        Group(_("规模"), (Column(_("户数"), Kind.COUNT), Column(_("融合型大社区"), width=14))),
        Column(_("从哪天起"), Kind.DAY, key=True),
        Column(_("依据"), width=28),
        Group(_("登记"), (Column(_("谁登记的"), width=14), Column(_("什么时候"), Kind.MOMENT))),
        Group(_("撤回"), (Column(_("什么时候"), Kind.MOMENT), Column(_("为什么"), width=28))),
    )


def _changes(viewer: Viewer, asked: Asked) -> list[Change | GridChange]:
    """Restructurings and entries of grids, the latest first."""
    of, most = _question(viewer, asked).of, limits().at_once_rows  # outside the viewer's scope there is none
    found: list[Change | GridChange] = [
        *(
            queries.changes_of(viewer, organisation=of, limit=most)
            if of
            else queries.latest_changes(viewer, limit=most)
        ),
        *queries.grid_changes_of(viewer, organisation=of, limit=most),
    ]
    return sorted(found, key=lambda one: one.recorded_at, reverse=True)


def change_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Of one body or of all within the viewer's scope, the latest first, those taken back too."""
    for one in _changes(viewer, asked):
        yield _restructured(one) if isinstance(one, Change) else _entered(one)


def _restructured(one: Change) -> Row:
    by = one.by.display_name if one.by else ""
    return (
        str(words.CHANGES[ChangeKind(one.kind)]), one.said, one.other.name if one.other else "", None, "", one.on, one.document,
        by, one.recorded_at, one.undone_at, "",
    )  # fmt: skip


def _entered(one: GridChange) -> Row:
    body, other = (one.branch.name, one.grid.name) if one.branch else (one.grid.name, "")
    by = one.recorded_by.display_name if one.recorded_by else ""
    undone: GridChange | None = getattr(one, "undone", None)
    size = (one.size.households, _("是") if one.size.large else "") if one.size else (None, "")
    return (
        str(words.GRID_CHANGES[GridChangeKind(one.kind)]), body, other, *size, one.on, one.document,
        by, one.recorded_at, undone and undone.recorded_at, undone.reason if undone else "",
    )  # fmt: skip


def change_said(viewer: Viewer, asked: Asked) -> Said:
    """Whose changes."""
    of = _question(viewer, asked).of
    return Said(_(CHANGES), ((_("单位"), cast(Any, of).called if of else _("全部")),))


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
    Export(
        key="organisations_found",
        title=FOUND,
        columns=found_columns,
        rows=found_rows,
        count=lambda viewer, asked: len(_found(viewer, asked)),
        said=found_said,
        permission=VIEW,
    ),
    Export(
        key="organisations_standard",
        title=STANDARD,
        columns=standard_columns,
        rows=standard_rows,
        count=lambda viewer, asked: coverage.grids(viewer, **cast(Any, _question(viewer, asked).when)).count(),
        said=standard_said,
        permission=VIEW,
    ),
    Export(
        key="organisations_changes",
        title=CHANGES,
        columns=change_columns,
        rows=change_rows,
        count=lambda viewer, asked: len(_changes(viewer, asked)),
        said=change_said,
        permission=VIEW,
    ),
)  # fmt: skip
