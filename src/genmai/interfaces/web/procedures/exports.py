"""Files of a procedure as the list shows them, and the lists of admission, as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.procedures import words
from genmai.interfaces.web.procedures.admission import WORDS as ADMISSION
from genmai.interfaces.web.procedures.listing import STATES, WHENS, check_view, filters_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.admission import Gate, gates
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures import queries
from genmai.processes.registers.procedures.mechanism import rules_of
from genmai.processes.registers.procedures.queries import Filters
from genmai.processes.registers.procedures.rules import Procedure
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import ANYONE, Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

FILES, GATES = gettext_noop("流程档案"), gettext_noop("准入清单")


def _asked(asked: Asked) -> tuple[Filters, Procedure, str]:
    return filters_of(asked.query)


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the list shows, with days as days."""
    _filters, rules, _ref = _asked(asked)
    return (
        Column(say(rules.subject), key=True, width=12),
        Column(_("党组织"), key=True, width=30),
        Column(_("阶段"), width=18),
        Column(_("现在"), width=14),
        Group(
            _("下一步"),
            (Column(_("哪一步"), width=30), Column(_("由谁办"), width=16), Column(_("最早"), Kind.DAY),
             Column(_("最迟"), Kind.DAY)),
        ),
        Column(_("第几轮"), Kind.COUNT),
        Column(_("规则"), width=30, about=_("这份档案从建档起按哪一版规则办")),
    )  # fmt: skip


def _files(viewer: Viewer, asked: Asked) -> Iterator[Dossier]:
    check_view(viewer)
    filters, _rules, _ref = _asked(asked)
    size, offset = limits().block_rows, 0
    while True:
        found, _total = queries.page(viewer, filters=filters, day=day_of(asked.now), offset=offset, limit=size)
        yield from found
        offset += size
        if len(found) < size:
            return


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """What is due soonest first, as on the page."""
    today = day_of(asked.now)
    for one in _files(viewer, asked):
        rules = rules_of(one.mechanism, one.procedure)
        stage = rules.stages.get(one.stage)
        yield (
            one.subject.display_name, one.branch.name, say(stage.title) if stage else "", words.badge(one, today)[1],
            words.turn(one, rules), words.body(one, one.next_by) if one.next_by else "", one.next_from, one.next_until,
            one.round, one.mechanism,
        )  # fmt: skip


def _count(viewer: Viewer, asked: Asked) -> int:
    check_view(viewer)
    return queries.narrowed(viewer, filters=_asked(asked)[0], day=day_of(asked.now)).count()


def said(viewer: Viewer, asked: Asked) -> Said:
    """Which procedure, narrowed to what."""
    filters, rules, ref = _asked(asked)
    found = [(_("办到哪里"), str(STATES[filters.state]))]
    if filters.stage:
        found.append((_("阶段"), say(rules.stages[filters.stage].title)))
    if filters.when:
        found.append((_("什么时候办"), str(WHENS[filters.when])))
    if filters.words:
        found.append((_("查找"), filters.words))
    return Said(say(rules.title), tuple(found), (ref,))


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone a file is about."""
    rows = queries.narrowed(viewer, filters=_asked(asked)[0], day=day_of(asked.now))
    return rows.order_by().values_list("subject_id", flat=True)


def _gate(asked: Asked) -> Gate:
    known = gates()
    if not known:
        raise NotFound("这里没有安装准入清单")
    return known.get(asked.get("list")) or next(iter(known.values()))


def gate_columns(viewer: Viewer, asked: Asked) -> Tree:
    """The columns of the page."""
    return (
        Column(_("行"), key=True, width=8), Column(_("事项"), key=True, width=48), Column(_("能不能进"), width=14),
        Column(_("说明"), width=48),
    )  # fmt: skip


def gate_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The list whole: it is data of a mechanism and everybody's to read."""
    for row in _gate(asked).rows:
        yield (row.no, row.title, str(ADMISSION[row.status]), row.note)


EXPORTS = (
    Export(
        key="procedures", title=FILES, columns=columns, rows=rows, count=_count, said=said,
        permission="members:export", persons=persons,
    ),
    Export(
        key="admission",
        title=GATES,
        columns=gate_columns,
        rows=gate_rows,
        count=lambda viewer, asked: len(_gate(asked).rows),
        said=lambda viewer, asked: Said(say(_gate(asked).title), (), (_gate(asked).ref,)),
        permission=ANYONE,
        whose=gettext_noop("公开的清单，谁都可以看"),
    ),
)  # fmt: skip
