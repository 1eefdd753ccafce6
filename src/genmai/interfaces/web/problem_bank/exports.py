"""The problem bank as a file: the page's filters, its lines, its words."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.problem_bank import views
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.queries import problem_bank as queries
from genmai.processes.cases.queries.problem_bank import Filters
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("挂账清单")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a stay."""
    return (
        Column(_("编号"), key=True, width=15),
        Column(_("事项"), width=40),
        Column(_("地点"), width=20),
        Group(
            _("为什么挂着"),
            (Column(_("哪个单位"), width=16), Column(_("原因"), width=18), Column(_("缺什么"), width=30)),
        ),
        Group(
            _("复查"),
            (
                Column(_("挂上"), Kind.MOMENT),
                Column(_("复查过几次"), Kind.COUNT, width=11),
                Column(_("下次复查"), Kind.MOMENT),
                Column(_("过期没复查"), width=11),
            ),
        ),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    filters, offset = _filters(viewer, asked), 0
    while True:
        found = queries.page(viewer, filters=filters, at=asked.now, offset=offset, limit=limits().block_rows)
        for entry in found:
            line = views._line(entry, asked.now)
            yield (
                line.number, line.title, line.place, line.owner, line.reason, line.missing, entry.banked_at,
                line.reviews, line.review_at, _("是") if line.late else "",
            )  # fmt: skip
        offset += len(found)
        if len(found) < limits().block_rows:
            return


def _filters(viewer: Viewer, asked: Asked) -> Filters:
    query = QueryDict(mutable=True)
    query.update(dict(asked.query))
    codes = {one.organisation.code for one in queries.owners(viewer, at=asked.now)}
    return views._read(query, codes, set(dict(views._reasons())))


def said(viewer: Viewer, asked: Asked) -> Said:
    """The filters in force."""
    filters, reasons = _filters(viewer, asked), dict(views._reasons())
    names = {one.organisation.code: one.organisation.short_name for one in queries.owners(viewer, at=asked.now)}
    found = [names[filters.owner]] if filters.owner else []
    found += [reasons[filters.reason]] if filters.reason else []
    found += [_("过期没复查")] if filters.late else []
    found += [_("挂了三个月以上")] if filters.old else []
    return Said(_(TITLE), ((_("条件"), _("、").join(found)),) if found else ())


EXPORTS = (
    Export(
        key="problem_bank",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: queries.sums(viewer, filters=_filters(viewer, asked), at=asked.now).all,
        said=said,
    ),
)
