"""What became of each sheet that was brought in."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.import_sheet.pages import badge
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.queries import lists
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("导入的工单表")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows, and the shares of its result."""
    return (
        Column(_("文件"), key=True, width=32),
        Column(_("上传"), Kind.MOMENT, key=True),
        Column(_("单位"), width=18),
        Column(_("到哪一步"), width=14),
        Group(
            _("行数"),
            tuple(Column(title, Kind.COUNT) for title in (_("一共"), _("新增"), _("已有"), _("出错"))),
        ),
        Group(
            _("去了哪里"),
            (
                Column(_("认出了分类"), Kind.COUNT, width=12),
                Column(_("按职责清单定了承办单位"), Kind.COUNT, width=14),
                Column(_("留给分派台判定"), Kind.COUNT, width=12),
            ),
        ),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Newest first, as on the page."""
    for one in lists.imports(viewer, limit=limits().at_once_rows):
        counts = (one.rows, one.created, one.repeated, one.failed, one.categorised, one.decided, one.undecided)
        yield (one.filename, one.at, one.organisation.short_name, badge(one)[1], *counts)


EXPORTS = (
    Export(
        key="imports",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(lists.imports(viewer, limit=limits().at_once_rows)),
        said=lambda viewer, asked: Said(_(TITLE)),
    ),
)
