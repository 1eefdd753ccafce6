"""The roll as a sheet: what the page shows, numbers left out; whose data it holds is noted for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries import whole_lists
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.membership_sql import IN_STANDING
from genmai.directory.roster.queries.membership_sql import Asked as Wanted
from genmai.interfaces.web.members import life_sheets as life
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.roll import line, narrowed
from genmai.interfaces.web.members.scope import asked_scope
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("党员名册")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows, and the particulars that the statistics count."""
    return (
        Column(_("姓名"), key=True, width=12), Column(_("支部"), width=30), Column(_("阶段"), width=12),
        Column(_("党籍状态"), width=10), Column(_("性别"), width=6), Column(_("出生日期"), Kind.DAY),
        Column(_("民族"), width=10), Column(_("学历"), width=14), Column(_("职业"), width=18),
        Column(_("入党日期"), Kind.DAY),
    )  # fmt: skip


def _text(asked: Asked) -> str:
    return asked.get("q").replace("\x00", "").strip()[:40]


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In blocks, in the order of the page."""
    scope = asked_scope(viewer, asked.query, asked.now)
    wanted = narrowed(asked.query, scope)
    for row in whole_lists.roll(viewer, asked=wanted, text=_text(asked), block=limits().block_rows):
        shown = line(row, scope.day)
        yield cast(Row, (
            row.name, row.branch, shown.stage, shown.status, shown.sex, row.born_on,
            words.code("ethnicity", row.ethnicity), words.code("education", row.education),
            words.code("occupation", row.occupation), row.joined_on,
        ))  # fmt: skip


def _count(viewer: Viewer, asked: Asked) -> int:
    scope = asked_scope(viewer, asked.query, asked.now)
    return queries.members(viewer, asked=narrowed(asked.query, scope), text=_text(asked), limit=1)[1]


def said(viewer: Viewer, asked: Asked) -> Said:
    """The filters of the page."""
    scope = asked_scope(viewer, asked.query, asked.now)
    filters = [
        (_("党组织"), scope.body.name if scope.body else _("全部")),
        (_("哪一天的名册"), f"{scope.day:%Y-%m-%d}"),
        *(((_("按哪天知道的"), f"{scope.known:%Y-%m-%d}"),) if scope.known else ()),
        *((_("查找"), text) for text in (_text(asked),) if text),
        *_chosen(narrowed(asked.query, scope)),
    ]
    return Said(_(TITLE), tuple(filters))


def _chosen(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """What the address narrows to besides, in words."""
    if list(wanted.stages) != list(MEMBERS):
        stages = [str(words.STAGES[stage]) for stage in wanted.stages]
        yield _("阶段"), _("、").join(stages) or _("全部阶段")
    if list(wanted.statuses) != list(IN_STANDING):
        statuses = [str(words.STATUSES[status]) for status in wanted.statuses]
        yield _("党籍状态"), _("、").join(statuses) or _("全部状态")
    tables = mechanism.statistics().tables
    for key, bucket in wanted.buckets.items():
        yield words.say(tables[key].title), words.bucket(tables[key], bucket)


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone who stands in it."""
    scope = asked_scope(viewer, asked.query, asked.now)
    return queries.member_ids(viewer, asked=narrowed(asked.query, scope), text=_text(asked))


EXPORTS = (
    Export(
        key="members", title=TITLE, columns=columns, rows=rows, count=_count, said=said, permission="members:export",
        persons=persons,
    ),
    *life.EXPORTS,
)  # fmt: skip
