"""A copy of one's own: who looked at one's data, when and what for. Of nobody else, whatever one may see elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.access import queries
from genmai.interfaces.web.people.logs import FIELDS
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import ANYONE, Asked, Column, Export, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("谁看过我的信息")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows."""
    return (
        Column(_("时间"), Kind.MOMENT, key=True),
        Column(_("谁看的"), key=True, width=14),
        Column(_("单位"), width=24),
        Column(_("看了什么"), width=20),
        Column(_("用途"), width=36),
    )


def _looks(viewer: Viewer) -> list[queries.LookSeen]:
    if viewer.person_id is None:
        return []
    return queries.looks_at_person(viewer, person_id=viewer.person_id, limit=limits().at_once_rows)


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Newest first."""
    for look in _looks(viewer):
        yield (look.at, look.who, look.organisation, str(FIELDS.get(look.fields, look.fields)), look.purpose)


EXPORTS = (
    Export(
        key="my_looks",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(_looks(viewer)),
        said=lambda viewer, asked: Said(_(TITLE)),
        permission=ANYONE,
        whose=gettext_noop("只有本人的"),
    ),
)
