"""A round's findings and its figures as files: what the page shows, in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.inspection import figures, rows, views
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


EXPORTS = (
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
