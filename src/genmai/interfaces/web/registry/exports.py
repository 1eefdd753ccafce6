"""What became of each sheet of the registry that was brought in: counts and who, nobody out of a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster.registry import policies, uploads
from genmai.interfaces.web.registry.pages import badge, title_of
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("导入的名册")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows."""
    counts = (_("一共"), _("新增"), _("有变"), _("没变"), _("出错"))
    return (
        Column(_("文件"), key=True, width=32),
        Column(_("上传"), Kind.MOMENT, key=True),
        Column(_("谁上传的"), width=14),
        Column(_("哪种表"), width=16),
        Column(_("到哪一步"), width=14),
        Group(_("行数"), tuple(Column(title, Kind.COUNT) for title in counts)),
        Column(_("办完"), Kind.MOMENT),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Newest first, as on the page."""
    found = uploads.visible(viewer).select_related("by")
    for one in found.iterator(chunk_size=limits().block_rows):
        yield (
            one.filename, one.at, one.by.display_name if one.by else "", title_of(one), badge(one)[1],
            one.done, one.new, one.changed, one.same, one.failed, one.finished_at,
        )  # fmt: skip


EXPORTS = (
    Export(
        key="registry_imports",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: uploads.visible(viewer).count(),
        said=lambda viewer, asked: Said(_(TITLE)),
        permission=policies.PERMISSION,
    ),
)
