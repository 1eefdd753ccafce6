"""The year-end tables as a sheet: a row a body, the tables side by side under their own headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import keys_of
from genmai.directory.roster.queries.membership_sql import Asked as Members
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.scope import asked_scope
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind
from genmai.reports.statistics import tables
from genmai.reports.statistics.tables import Counted, YearEnd

TITLE = gettext_noop("党员统计")


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
    scope = asked_scope(viewer, asked.query, asked.now)
    return tables.year_end(viewer, asked=Members(scope.day, scope.today, scope.path))


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
    filters = ((_("党组织"), where), (_("截至哪一天"), f"{scope.day:%Y-%m-%d}"))
    return Said(_(TITLE), filters, (mechanism.ref_of(mechanism.STATISTICS),))


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
)
