"""Pairs that may be one person, as a sheet: the tab the page shows. Whose records stand in it is noted for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster.linkage.explaining import probability_of
from genmai.directory.roster.models import Membership
from genmai.directory.roster.models.linkage import Pair, Verdict
from genmai.directory.roster.queries import duplicates as queries
from genmai.interfaces.web.duplicates.views import BADGES, likely
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("重复的人")
MOST_SURE = 0.999  # as on the page: never quite certain


def _verdict(asked: Asked) -> str:
    return asked.get("state") if asked.get("state") in Verdict.values else Verdict.OPEN.value


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows, each record under its own header. No number of anybody is in it, not even with stars."""
    one = (Column(_("姓名"), key=True, width=12), Column(_("现在的支部"), key=True, width=28))
    return (
        Group(_("第一条"), one),
        Group(_("第二条"), one),
        Column(_("有多像"), width=16),
        Column(_("把握"), Kind.SHARE, about=_("比对各项以后，两条是同一个人的可能性；最高写到 99.9%")),
        Column(_("看过没有"), width=14),
        Column(_("哪天比对出来的"), Kind.DAY),
        Column(_("系数版本"), width=16, about=_("这一对是按哪一版系数比对出来的")),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The likeliest first, as on the page."""
    verdict, size, offset = _verdict(asked), limits().block_rows, 0
    while True:
        found, _total = queries.page(viewer, verdict=verdict, offset=offset, limit=size)
        people = [one for pair in found for one in (pair.first_id, pair.second_id)]
        branches = queries.branches_of(viewer, people=people)
        for pair in found:
            yield _row(pair, branches.get(pair.first_id), branches.get(pair.second_id))
        offset += size
        if len(found) < size:
            return


def _row(pair: Pair, first: Membership | None, second: Membership | None) -> Row:
    return (
        pair.first.display_name, first.branch.name if first else "",
        pair.second.display_name, second.branch.name if second else "",
        likely(pair.weight), round(min(probability_of(pair.weight), MOST_SURE), 4),
        str(BADGES[pair.verdict][1]), pair.found_at, pair.parameters,
    )  # fmt: skip


def said(viewer: Viewer, asked: Asked) -> Said:
    """Which tab."""
    return Said(_(TITLE), ((_("看过没有"), str(BADGES[_verdict(asked)][1])),))


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Both people of every pair."""
    for pair in queries.pairs(viewer, verdict=_verdict(asked)).order_by().values_list("first_id", "second_id"):
        yield from pair


EXPORTS = (
    Export(
        key="duplicates",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: queries.pairs(viewer, verdict=_verdict(asked)).count(),
        said=said,
        permission="members:export",
        persons=persons,
    ),
)
