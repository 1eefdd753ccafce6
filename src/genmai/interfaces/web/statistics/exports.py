"""The year-end tables as a sheet (a row a body, the tables side by side under their own headers), and a change of term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import keys_of
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.scope import Scope, asked_scope
from genmai.interfaces.web.statistics.turn import TurnRow, day_asked, turn_rows_of
from genmai.interfaces.web.statistics.year_end import wanted_of
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind
from genmai.reports.statistics import tables
from genmai.reports.statistics.tables import Counted, YearEnd
from genmai.reports.statistics.turn import turns

TITLE, TURN = gettext_noop("党员统计"), gettext_noop("换届前后")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """Every table under its title, every bucket under it; who is not recorded has a column in each."""
    groups = [
        Group(
            words.say(table.title),
            tuple(Column(words.bucket(table, bucket), Kind.COUNT, width=10) for bucket in keys_of(table)),
        )
        for table in tables.ordered().values()
    ]
    stages = Group(_("阶段"), tuple(Column(str(words.STAGES[key]), Kind.COUNT) for key in ("full", "probationary")))
    return (Column(_("党组织"), key=True, width=30), Column(_("党员数"), Kind.COUNT), stages, *groups)


def _found(viewer: Viewer, asked: Asked) -> YearEnd:
    return tables.year_end(viewer, asked=wanted_of(asked_scope(viewer, asked.query, asked.now)))


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The whole first, then each body directly below."""
    found = _found(viewer, asked)
    yield _row(_("合计"), found.whole)
    for part in found.parts:
        yield _row(part.organisation.name if part.organisation else _("直属"), part.counted)


def _row(name: str, counted: Counted) -> Row:
    cells = [counted.n(key, bucket) for key, table in tables.ordered().items() for bucket in keys_of(table)]
    return cast(Row, (name, counted.total, *(counted.stages.get(key, 0) for key in ("full", "probationary")), *cells))


def said(viewer: Viewer, asked: Asked) -> Said:
    """Which body, as at which day, by which buckets."""
    scope = asked_scope(viewer, asked.query, asked.now)
    where = scope.body.name if scope.body else _("全部")
    filters = [(_("党组织"), where), (_("截至哪一天"), f"{scope.day:%Y-%m-%d}")]
    if scope.known:
        filters.append((_("按哪天知道的"), f"{scope.known:%Y-%m-%d}"))
    return Said(_(TITLE), tuple(filters), (mechanism.ref_of(mechanism.STATISTICS),))


def turn_columns(viewer: Viewer, asked: Asked) -> Tree:
    """Each figure before and after, with what it is of."""
    parts = (
        Column(_("数值"), Kind.NUMBER),
        Column(_("是几个"), Kind.COUNT, about=_("占比的分子；平均年龄没有")),
        Column(_("共几个"), Kind.COUNT, about=_("占比的分母；平均年龄按登记了出生日期的人算")),
    )
    return (
        Column(_("指标"), key=True, width=16),
        Column(_("单位"), width=8),
        Group(_("换届前"), parts),
        Group(_("换届后"), parts),
        Column(_("样本"), width=28),
    )


def _turn(viewer: Viewer, asked: Asked) -> tuple[Scope, date | None, list[TurnRow]]:
    scope = asked_scope(viewer, asked.query, asked.now)
    on = day_asked(asked.get("on")) or next(
        (day for day, _n in turns(viewer, path=scope.path, known_at=scope.known_at)), None
    )
    return scope, on, turn_rows_of(viewer, scope.path, on, scope.known_at) if on else []


def turn_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The lines of the page, as numbers."""
    _scope, _on, found = _turn(viewer, asked)
    few = _("样本小：不到 {small} 个，不宜下结论").format(small=mechanism.statistics().small)
    for title, unit, before, after, small in found:
        yield (title, unit, *before, *after, few if small else _("够"))


def turn_said(viewer: Viewer, asked: Asked) -> Said:
    """Whose villages, and which day."""
    scope, on, _found = _turn(viewer, asked)
    filters = [(_("党组织"), scope.body.name if scope.body else _("全部"))]
    if on:
        filters.append((_("换届日期"), f"{on:%Y-%m-%d}"))
    if scope.known:
        filters.append((_("按哪天知道的"), f"{scope.known:%Y-%m-%d}"))
    about = _("一肩挑：书记和村（居）委会主任都有人的村社里，同一个人担任的有几个。学历和性别只按登记了的人算。")
    return Said(_(TURN), tuple(filters), (mechanism.ref_of(mechanism.STATISTICS), about))


EXPORTS = (
    Export(
        key="year_end",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(_found(viewer, asked).parts) + 1,
        said=said,
        permission="members:export",
    ),
    Export(
        key="turn",
        title=TURN,
        columns=turn_columns,
        rows=turn_rows,
        count=lambda viewer, asked: len(_turn(viewer, asked)[2]),
        said=turn_said,
        permission="members:export",
    ),
)
