"""The board and the matters behind its numbers, as files."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.board import question, shown
from genmai.interfaces.web.board.matters import Part
from genmai.interfaces.web.handle_case.exports import columns as case_columns
from genmai.interfaces.web.handle_case.exports import of_cases
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.rules import LEVELS
from genmai.reports.board.bands import bodies
from genmai.reports.board.rates import Rate, rates
from genmai.reports.board.standing import Standing, standing
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("总览")


def _asked(viewer: Viewer, asked: Asked) -> question.Question:
    return question.read(viewer, asked.query, asked.now)


def board_columns(viewer: Viewer, asked: Asked) -> Tree:
    """What is open, however it is cut."""
    return (
        Column(_("按什么看"), key=True, width=14),
        Column(_("哪一项"), key=True, width=26),
        Group(
            _("在办"),
            (
                Column(_("一共"), Kind.COUNT),
                Column(_("已经超时"), Kind.COUNT, about=_("有一个时限已过、还没做到")),
                Column(_("快到期"), Kind.COUNT, about=_("过了提醒的时候、还没过时限")),
                Column(_("又重新办的"), Kind.COUNT),
            ),
        ),
        Group(
            _("本月在这一级解决的"),
            (Column(_("分子"), Kind.COUNT), Column(_("分母"), Kind.COUNT), Column(_("占比"), Kind.SHARE)),
        ),
    )


def board_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The tables of the page, one under the other."""
    where = _asked(viewer, asked)
    made = standing(where.viewer, place=where.place, at=where.now)
    yield (_("全部"), where.unit.name, *_counts_of(made), None, None, None)
    for line in shown.states(where, made):
        yield (_("到哪一步"), line.name, *_counts(line), None, None, None)
    month = rates(where.viewer, place=where.place, at=where.now)
    for line in shown.levels(where, made, month):
        assert line.rate is not None  # noqa: S101  a level has its share
        n, d = line.rate.numerator, line.rate.denominator
        yield (_("在哪一级"), line.name, *_counts(line), n, d, n / d if d and not line.rate.small else None)
    for line in shown.subjects(where, made):
        yield (_("类别"), line.name, *_counts(line), None, None, None)
    for band in shown.bands(where, bodies(where.viewer, counts=made.by_body)):
        for line in band.lines:
            yield (_("单位"), line.name, *_counts(line), None, None, None)


def _counts(line: shown.Line) -> tuple[int, int, int, int]:
    count = line.count
    return count.open, count.late, count.soon, count.reopened


def _counts_of(made: Standing) -> tuple[int, int, int, int]:
    return made.all.open, made.all.late, made.all.soon, made.all.reopened


def _few(viewer: Viewer, asked: Asked) -> int:
    where = _asked(viewer, asked)
    made = standing(where.viewer, place=where.place, at=where.now)
    return 1 + len(made.by_state) + len(LEVELS) + len(made.by_subject) + len(made.by_body)


def board_said(viewer: Viewer, asked: Asked) -> Said:
    """The place; the rule of the shares."""
    where = _asked(viewer, asked)
    rules = tuple(f"{rate.rule.name} {rate.rule.formula}" for rate in _level_rates(where))
    return Said(_("{unit}总览").format(unit=where.unit.name), rules=rules)


def _level_rates(where: question.Question) -> list[Rate]:
    month = rates(where.viewer, place=where.place, at=where.now)
    return [month.rates[f"solved_at_{level}"] for level in LEVELS]


def matter_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The same rows as the page, all of them."""
    part, offset = Part(_asked(viewer, asked), asked.query), 0
    while True:
        found, _total = part.page(offset, limits().block_rows)
        yield from of_cases(viewer, found, asked)
        offset += len(found)
        if len(found) < limits().block_rows:
            return


def matters_said(viewer: Viewer, asked: Asked) -> Said:
    """What the page says above them."""
    part = Part(_asked(viewer, asked), asked.query)
    return Said(_("{unit}：{title}").format(unit=part.asked.unit.short_name, title=part.title))


EXPORTS = (
    Export(key="board", title=TITLE, columns=board_columns, rows=board_rows, count=_few, said=board_said),
    Export(
        key="board_matters",
        title=gettext_noop("总览里的事项"),
        columns=case_columns,
        rows=matter_rows,
        count=lambda viewer, asked: Part(_asked(viewer, asked), asked.query).page(0, 1)[1],
        said=matters_said,
    ),
)
