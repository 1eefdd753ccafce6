"""Flowing members as sheets: both sides' work lists, who waits to be spoken to, and the residents' lists themselves.

Names out of a residents' list never leave the house: they must be unreadable once the list's key is destroyed. So the
sheet of those who wait says where and until when, and nobody's name or number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.flowing import words
from genmai.interfaces.web.flowing.listing import check_view, name_of
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.flowing import policies, queries
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.models import FlowRecord, ResidentList
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE, WAITING, LISTS = gettext_noop("流动党员"), gettext_noop("等着联系的人"), gettext_noop("居民名单")
TABS = {
    "unmatched": gettext_noop("没接上"), "host": gettext_noop("流入"), "home": gettext_noop("流出"),
}  # fmt: skip


def _tab(asked: Asked) -> str:
    return asked.get("tab") if asked.get("tab") in TABS else "unmatched"


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """Both sides of a record under their own headers."""
    return (
        Column(_("谁"), key=True, width=12, about=_("流出地确认以前，只有姓，后面用星号")),
        Group(
            _("流出地"),
            (Column(_("支部"), width=28), Column(_("本人说的支部"), width=24), Column(_("外出日期"), Kind.DAY),
             Column(_("外出原因"), width=16)),
        ),
        Group(
            _("流入地"),
            (Column(_("单位"), width=24), Column(_("登记的去处"), width=24), Column(_("报到时间"), Kind.MOMENT)),
        ),
        Column(_("办到哪里"), width=22),
        Column(_("上次联系"), Kind.MOMENT),
        Column(_("下次联系"), Kind.DAY),
        Column(_("登记时间"), Kind.MOMENT, key=True),
    )  # fmt: skip


def _found(viewer: Viewer, tab: str, offset: int, limit: int) -> tuple[list[FlowRecord], int]:
    check_view(viewer)
    if tab == "unmatched":
        return queries.unmatched(viewer, offset=offset, limit=limit)
    return queries.work(viewer, side=tab, offset=offset, limit=limit)


def _records(viewer: Viewer, asked: Asked) -> Iterator[FlowRecord]:
    size, offset = limits().block_rows, 0
    while True:
        found, _total = _found(viewer, _tab(asked), offset, size)
        yield from found
        offset += size
        if len(found) < size:
            return


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The tab the page shows, in its order."""
    for one in _records(viewer, asked):
        reason = words.say(rules_of(one.mechanism).reasons.get(one.reason))
        yield (
            name_of(one), one.home.name if one.home else "", one.home_said, one.left_on, reason,
            one.host.name if one.host else "", one.host_said, one.declared_at,
            str(words.RECORD[one.state][1]), one.last_contact_at, one.next_on, one.registered_at,
        )  # fmt: skip


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone who stands in it: the member the roll knows, else whoever declared themselves."""
    for one in _records(viewer, asked):
        found = one.member_id or one.resident_id
        if found is not None:
            yield found


def waiting_columns(viewer: Viewer, asked: Asked) -> Tree:
    """Where, how known, how far, until when. Nobody's name."""
    return (
        Column(_("第几个"), Kind.COUNT, key=True, about=_("按该联系的日子排；名单销毁以后谁也对不回人，所以表里没有姓名和电话")),
        Column(_("住在哪里"), width=24),
        Column(_("从哪里知道的"), width=16),
        Column(_("办到哪里"), width=18),
        Column(_("哪天知道的"), Kind.DAY),
        Column(_("哪天前联系"), Kind.DAY),
        Column(_("过了没有"), width=10),
    )  # fmt: skip


def waiting_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The one due first on top."""
    check_view(viewer)
    today, size, start = day_of(asked.now), limits().block_rows, 0
    while True:
        found, _total = queries.waiting(viewer, offset=start, limit=size)
        for number, one in enumerate(found, start + 1):
            late = _("已过") if one.next_on and one.next_on < today else ""
            state = str(words.CANDIDATE[one.state][1])
            yield (number, one.host.name, str(words.SOURCES[one.source]), state, one.found_at, one.next_on, late)
        start += size
        if len(found) < size:
            return


def list_columns(viewer: Viewer, asked: Asked) -> Tree:
    """What is known of a list besides who stands in it."""
    return (
        Column(_("名单"), key=True, width=32),
        Column(_("单位"), width=24),
        Column(_("法律依据"), width=40),
        Column(_("凭什么交来"), width=28),
        Column(_("行数"), Kind.COUNT),
        Column(_("候选"), Kind.COUNT, about=_("比对出来、要去联系的人数")),
        Group(
            _("经过"),
            (Column(_("交来"), Kind.MOMENT, key=True), Column(_("比对完"), Kind.MOMENT), Column(_("留到"), Kind.DAY),
             Column(_("销毁"), Kind.MOMENT)),
        ),
    )  # fmt: skip


def _lists(viewer: Viewer) -> list[ResidentList]:
    return queries.lists(viewer, limit=limits().at_once_rows)


def list_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those that are still there first, then what was destroyed."""
    for one in _lists(viewer):
        basis = words.say(rules_of(one.mechanism).screening.bases.get(one.basis))
        found: Any = one
        yield (
            one.title, one.organisation.name, basis, one.document, one.rows, found.found, one.uploaded_at,
            one.compared_at, one.keep_until, one.destroyed_at,
        )  # fmt: skip


EXPORTS = (
    Export(
        key="flowing",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: _found(viewer, _tab(asked), 0, 1)[1],
        said=lambda viewer, asked: Said(_(TITLE), ((_("看哪些人"), _(TABS[_tab(asked)])),), (current().ref,)),
        permission="flowing:export",
        persons=persons,
    ),
    Export(
        key="flowing_waiting",
        title=WAITING,
        columns=waiting_columns,
        rows=waiting_rows,
        count=lambda viewer, asked: queries.waiting(viewer, limit=1)[1],
        said=lambda viewer, asked: Said(_(WAITING), (), (current().ref,)),
        permission="flowing:export",
    ),
    Export(
        key="resident_lists",
        title=LISTS,
        columns=list_columns,
        rows=list_rows,
        count=lambda viewer, asked: len(_lists(viewer)),
        said=lambda viewer, asked: Said(_(LISTS)),
        permission=policies.SCREEN,
    ),
)
