"""What is like one matter, with the score taken apart, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import rows as lines
from genmai.interfaces.web.similar import offers
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import matter, similar
from genmai.processes.cases.queries.similar import Like
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("像这一件的")


def _case(viewer: Viewer, asked: Asked) -> Case:
    try:
        return matter.find(viewer, public_id=UUID(asked.get("case")))
    except ValueError as wrong:
        raise NotFound() from wrong


def _likes(viewer: Viewer, asked: Asked) -> list[Like]:
    if offers.off(asked.now):
        return []
    return similar.of_case(viewer, case=_case(viewer, asked), at=asked.now)


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """A matter and how alike it is."""
    return (
        Column(_("编号"), key=True, width=15),
        Column(_("事项"), width=42),
        Column(_("到哪一步"), width=16),
        Column(_("地点"), width=24),
        Column(_("谁在办"), width=16),
        Column(_("几人反映"), Kind.COUNT),
        Column(_("收到"), Kind.MOMENT),
        Group(
            _("像不像"),
            (
                Column(_("一共"), Kind.SHARE),
                Column(_("说的事"), Kind.SHARE),
                Column(_("地点"), Kind.SHARE),
                Column(_("时间"), Kind.SHARE),
                Column(_("为什么"), width=30),
            ),
        ),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The most alike first, as on the page."""
    likes = _likes(viewer, asked)
    shown = lines(viewer, [like.case for like in likes], asked.now)
    for like, line in zip(likes, shown, strict=True):
        got = like.score
        place = got.place if got.near != "unknown" else None
        yield (
            like.case.number, words.title_of(like.case), line.word, line.place, line.lead, line.callers,
            like.case.received_at, got.percent / 100, got.text, place, got.time, str(offers.NEAR[got.near]),
        )  # fmt: skip


def said(viewer: Viewer, asked: Asked) -> Said:
    """Like which one."""
    case = _case(viewer, asked)
    return Said(_(TITLE), ((_("哪一件"), f"{case.number} {words.title_of(case, 40)}"),), (str(case.mechanism),))


EXPORTS = (
    Export(
        key="similar",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(_likes(viewer, asked)),
        said=said,
    ),
)
