"""A round's findings and its figures as files: what the page shows, in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.inspection import figures, rows, views
from genmai.interfaces.web.shell.time_words import exact_words
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.processes.cases.queries.rounds import Narrowed
from genmai.reports.circular.figures import RoundFigures
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind


def _round(viewer: Viewer, asked: Asked) -> Round:
    try:
        return read.one(viewer, public_id=UUID(asked.get("round")))
    except ValueError as wrong:
        raise NotFound() from wrong


def _narrowed(viewer: Viewer, asked: Asked) -> Narrowed:
    query = QueryDict(mutable=True)
    for name, value in asked.query.items():
        query[name] = value
    return views.narrowed_to(viewer, _round(viewer, asked), query)


def finding_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A finding as the list has it, its words whole."""
    return (
        Column(_("编号"), Kind.COUNT, key=True),
        Column(_("方面"), width=12),
        Column(_("问题"), width=48),
        Column(_("地点"), width=20),
        Group(
            _("整改"),
            (
                Column(_("整改单位"), width=22),
                Column(_("整改要求"), width=12),
                Column(_("期限"), Kind.MOMENT),
                Column(_("到哪一步"), width=16),
                Column(_("退回重改的"), Kind.COUNT),
            ),
        ),
    )


def finding_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of entry, a block at a time."""
    found, narrowed, at, more = _round(viewer, asked), _narrowed(viewer, asked), 0, True
    while more:
        lines, more = read.findings(viewer, round=found, narrowed=narrowed, offset=at, limit=limits().block_rows)
        at += len(lines)
        for row in rows.finding_rows(found, lines):
            yield row.no, row.service, row.text, row.place, row.body, row.urgency, row.due_at, row.word, row.returns


def _said(viewer: Viewer, asked: Asked, title: str, rule: str = "") -> Said:
    found = _round(viewer, asked)
    return Said(title, ((_("哪一批"), f"{found.title} {found.number}"),), (rule,) if rule else ())


def _figures(viewer: Viewer, asked: Asked) -> RoundFigures:
    return figures.read_figures(viewer, _round(viewer, asked), asked.now)


def figure_columns(viewer: Viewer, asked: Asked) -> Tree:
    """The page's table by body."""
    return (
        Column(_("单位"), key=True, width=34),
        Group(_("整改情况"), tuple(Column(str(figures.HEADS[key]), Kind.COUNT) for key in figures.COLUMNS)),
        Column(_("整改情况"), width=20),
    )


def figure_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In list order, never ranked."""
    for row in _figures(viewer, asked).bodies:
        yield row.body.name, *(getattr(row.tally, key) for key in figures.COLUMNS), say(row.band.title)


def round_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A round as the list has it."""
    return (
        Column(_("期号"), key=True, width=16),
        Column(_("哪一批"), width=40),
        Column(_("到哪一步"), width=16),
        Group(_("暗访时间"), (Column(_("从哪天"), Kind.DAY), Column(_("到哪天"), Kind.DAY))),
        Column(_("谁组织的"), width=20),
        Column(_("问题"), Kind.COUNT),
        Column(_("没改好"), Kind.COUNT),
    )


def round_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The newest first, counted within the viewer's scope."""
    lines = read.rounds(viewer, limit=limits().at_once_rows)
    for line, row in zip(lines, rows.round_rows(lines), strict=True):
        first, last = line.round.inspected_from, line.round.inspected_to
        yield row.number, row.title, row.word, first, last, row.office, row.findings, row.open


def notice_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A body and its notice."""
    return (
        Column(_("单位"), key=True, width=34),
        Column(_("等着下发"), Kind.COUNT, width=11),
        Column(_("已下发"), Kind.COUNT),
    )


def notice_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In list order; only who inspects has this page."""
    found = _round(viewer, asked)
    if not read.inspects(viewer, found):
        raise NotFound()
    waiting, sent = read.waiting(viewer, round=found), read.notified(viewer, round=found)
    for body in read.in_list_order(viewer, ids={*waiting, *sent}):
        yield body.name, waiting.get(body.pk, 0), sent.get(body.pk, 0)


def deed_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A finding in a number and the deed that puts it there."""
    return (
        Column(_("编号"), Kind.COUNT, key=True),
        Column(_("问题"), width=44),
        Column(_("整改单位"), width=22),
        Group(
            _("凭哪一条记录"),
            (Column(_("哪一条"), width=22), Column(_("什么时候"), Kind.MOMENT), Column(_("谁记的"), width=20)),
        ),
    )


def deed_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    for line in figures.opened(viewer, _round(viewer, asked), asked.query, asked.now)[3]:
        yield line.no, line.title, line.body, line.what, line.at, line.by


def _deeds_said(viewer: Viewer, asked: Asked) -> Said:
    found = _round(viewer, asked)
    cell, at, body, _lines = figures.opened(viewer, found, asked.query, asked.now)
    filters = [(_("哪一批"), f"{found.title} {found.number}"), (_("哪个数"), str(figures.CELL_WORDS[cell]))]
    filters += [(_("单位"), body.name)] if body else []
    return Said(_("这个数后面的问题"), (*filters, (_("截至"), exact_words(at))), (found.mechanism,))


def due_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A finding whose limit is nearly over."""
    return (
        Column(_("期号"), key=True, width=16),
        Column(_("编号"), Kind.COUNT, key=True),
        Column(_("问题"), width=44),
        Column(_("整改单位"), width=22),
        Column(_("到哪一步"), width=16),
        Column(_("期限"), Kind.MOMENT),
    )


def due_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """What ends first on top."""
    lines = read.due_soon(viewer, at=asked.now, limit=limits().at_once_rows)
    for line, row in zip(lines, rows.due_rows(lines), strict=True):
        yield line.finding.round.number, row.no, row.text, row.body, row.word, line.due_at


EXPORTS = (
    Export(
        key="rounds",
        title=gettext_noop("暗访督查清单"),
        columns=round_columns,
        rows=round_rows,
        count=lambda viewer, asked: len(read.rounds(viewer, limit=limits().at_once_rows)),
        said=lambda viewer, asked: Said(_("暗访督查清单")),
    ),
    Export(
        key="round-due",
        title=gettext_noop("快到期的整改问题"),
        columns=due_columns,
        rows=due_rows,
        count=lambda viewer, asked: len(read.due_soon(viewer, at=asked.now, limit=limits().at_once_rows)),
        said=lambda viewer, asked: Said(_("快到期的整改问题")),
    ),
    Export(
        key="round-notices",
        title=gettext_noop("整改通知下发情况"),
        columns=notice_columns,
        rows=notice_rows,
        count=lambda viewer, asked: sum(1 for _row in notice_rows(viewer, asked)),
        said=lambda viewer, asked: _said(viewer, asked, _("整改通知下发情况")),
    ),
    Export(
        key="round-deeds",
        title=gettext_noop("这个数后面的问题"),
        columns=deed_columns,
        rows=deed_rows,
        count=lambda viewer, asked: sum(1 for _row in deed_rows(viewer, asked)),
        said=_deeds_said,
    ),
    Export(
        key="findings",
        title=gettext_noop("问题清单"),
        columns=finding_columns,
        rows=finding_rows,
        count=lambda viewer, asked: read.count(viewer, round=_round(viewer, asked), narrowed=_narrowed(viewer, asked)),
        said=lambda viewer, asked: _said(viewer, asked, _("问题清单")),
    ),
    Export(
        key="round-bodies",
        title=gettext_noop("各单位整改情况"),
        columns=figure_columns,
        rows=figure_rows,
        count=lambda viewer, asked: len(_figures(viewer, asked).bodies),
        said=lambda viewer, asked: _said(viewer, asked, _("各单位整改情况"), _figures(viewer, asked).rule),
    ),
)
