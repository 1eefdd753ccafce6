"""A unit's figures as files: the three rates of each month, of the units below, where matters were solved, the deeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import children
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.unit import question
from genmai.interfaces.web.unit.figures import SHOWN, unit_of_count
from genmai.interfaces.web.unit.question import Question, words_of
from genmai.interfaces.web.unit.standing import cases_of, deed_words
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.case_figures import Board, Figure, board, deeds_behind
from genmai.measures.scores.rules import LEVELS, RULES, Terms, terms_of
from genmai.processes.cases import mechanism
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

LEVEL_KEYS = tuple(f"solved_at_{level}" for level in LEVELS)
CHUNK = 200  # deeds asked for at once


def _question(viewer: Viewer, asked: Asked) -> Question:
    """The unit and month of the page the button stood on. Raises NotFound."""
    query = QueryDict(mutable=True)
    query.update(dict(asked.query))
    try:
        return question.read(viewer, UUID(asked.get("unit")), query, asked.now)
    except ValueError as wrong:
        raise NotFound from wrong


def _terms() -> Terms:
    return terms_of(mechanism.mechanism_of(mechanism.loop()))


def _board(viewer: Viewer, at: Question) -> Board:
    return board(viewer, path=at.unit.path, months=at.months, known_at=at.known_at, terms=_terms())


def _rules(keys: Sequence[str]) -> tuple[str, ...]:
    """Each rule with its version, formula and what is counted."""
    return tuple(
        _("{title}（{name}，{formula}）：分子是{n}，分母是{d}").format(
            title=_(RULES[key].title), name=RULES[key].name, formula=RULES[key].formula,
            n=_(RULES[key].numerator), d=_(RULES[key].denominator),
        )
        for key in keys
    )  # fmt: skip


def _figure_columns(keys: Sequence[str]) -> tuple[Group, ...]:
    """Under each figure its numerator, denominator and share; a small sample has no share."""
    return tuple(
        Group(
            _(RULES[key].title),
            (
                Column(_("分子（{unit}）").format(unit=unit_of_count(key)), Kind.COUNT, width=10),
                Column(_("分母（{unit}）").format(unit=unit_of_count(key)), Kind.COUNT, width=10),
                Column(_("占比"), Kind.SHARE, about=_("样本不足的不给占比")),
            ),
        )
        for key in keys
    )


def _cells(figures: Sequence[Figure]) -> list[int | float | None]:
    found: list[int | float | None] = []
    for figure in figures:
        share = None if figure.small or figure.value is None else figure.value / 10_000
        found += [figure.numerator, figure.denominator, share]
    return found


def _said(viewer: Viewer, asked: Asked, title: str, keys: Sequence[str]) -> Said:
    at = _question(viewer, asked)
    filters = [(_("单位"), at.unit.name), (_("月份"), at.month_words)]
    if at.known_on:
        filters.append((_("站在哪天看"), at.known_words))
    return Said(f"{at.unit.short_name} {_(title)}", tuple(filters), _rules(keys))


# -- month by month


def month_columns(viewer: Viewer, asked: Asked) -> Tree:
    """One row a month."""
    return (Column(_("月份"), key=True, width=13), *_figure_columns(SHOWN))


def month_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The figures of the page's charts, the newest month first."""
    at = _question(viewer, asked)
    made = _board(viewer, at)
    for month in reversed(made.months):
        yield [words_of(month), *_cells(made.row(at.unit.path, month, SHOWN))]


# -- the units below


def below_columns(viewer: Viewer, asked: Asked) -> Tree:
    """One row a unit."""
    return (Column(_("单位"), key=True, width=20), *_figure_columns(SHOWN))


def below_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The unit itself, then those directly below in the order of the tree."""
    at = _question(viewer, asked)
    made = _board(viewer, at)
    known = {unit.path for unit in made.units}
    for unit in [at.unit, *_below(viewer, at)]:
        if unit.path in known:
            yield [unit.name, *_cells(made.row(unit.path, at.month, SHOWN))]


def _below(viewer: Viewer, at: Question) -> list[Organisation]:
    found = children(viewer, organisation=at.unit, at=at.now)
    return sorted(found, key=lambda one: one.kind == "department")


# -- where matters were solved


def level_columns(viewer: Viewer, asked: Asked) -> Tree:
    """One row a month, one group a level."""
    groups = tuple(
        Group(_(word), (Column(_("解决的件"), Kind.COUNT, width=10), Column(_("占比"), Kind.SHARE)))
        for word in LEVELS.values()
    )
    return (Column(_("月份"), key=True, width=13), Column(_("一共解决"), Kind.COUNT, width=10), *groups)


def level_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The newest month first."""
    at = _question(viewer, asked)
    made = _board(viewer, at)
    for month in reversed(made.months):
        figures = made.row(at.unit.path, month, LEVEL_KEYS)
        row: list[str | int | float | None] = [words_of(month), figures[0].denominator]
        for figure in figures:
            share = None if figure.small or figure.value is None else figure.value / 10_000
            row += [figure.numerator, share]
        yield row


# -- the deeds behind a figure


def deed_columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a deed."""
    return (
        Column(_("编号"), key=True, width=15),
        Column(_("发生了什么"), width=24),
        Column(_("什么时候"), Kind.MOMENT, key=True),
        Column(_("事项"), width=40),
        Column(_("单位"), width=18),
        Column(_("算进分子"), width=10),
        Column(_("算几个"), Kind.COUNT, about=_("并在一起的事，一条记录算几个人")),
    )


def deed_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Latest first, in the order of the page."""
    at, key, offset = _question(viewer, asked), _figure_key(asked), 0
    while True:
        behind = deeds_behind(
            viewer, path=at.unit.path, month=at.month, key=key, known_at=at.known_at,
            only_numerator=asked.get("only") == "n", offset=offset, limit=CHUNK, terms=_terms(),
        )  # fmt: skip
        cases = cases_of(viewer, behind.deeds)
        for deed, counted in zip(behind.deeds, behind.counted, strict=True):
            case = cases.get(deed.source_id)
            yield (
                case.number if case else "",
                deed_words(deed, case)[1],
                deed.at,
                words.title_of(case) if case else "",
                deed.organisation.short_name if deed.organisation else "",
                _("算") if counted.in_numerator else _("不算"),
                counted.weight,
            )
        offset += len(behind.deeds)
        if len(behind.deeds) < CHUNK:
            return


def _figure_key(asked: Asked) -> str:
    key = asked.get("figure")
    if key not in RULES:
        raise NotFound
    return key


def deed_count(viewer: Viewer, asked: Asked) -> int:
    """As the page says."""
    at = _question(viewer, asked)
    behind = deeds_behind(
        viewer, path=at.unit.path, month=at.month, key=_figure_key(asked), known_at=at.known_at,
        only_numerator=asked.get("only") == "n", limit=1, terms=_terms(),
    )  # fmt: skip
    return behind.total


def deed_said(viewer: Viewer, asked: Asked) -> Said:
    """The figure and its rule."""
    key = _figure_key(asked)
    title = _(RULES[key].title)
    said = _said(viewer, asked, RULES[key].title, (key,))
    only = ((_("条件"), _("只列算进分子的")),) if asked.get("only") == "n" else ()
    return Said(_("{name}的每一条").format(name=f"{said.title or title}"), (*said.filters, *only), said.rules)


MONTHS, BELOW, LEVELS_TITLE = gettext_noop("各月的率"), gettext_noop("下面各单位的率"), gettext_noop("事情在哪一级解决")
EXPORTS = (
    Export(
        key="unit_months",
        title=MONTHS,
        columns=month_columns,
        rows=month_rows,
        count=lambda viewer, asked: len(_question(viewer, asked).months),
        said=lambda viewer, asked: _said(viewer, asked, MONTHS, SHOWN),
    ),
    Export(
        key="unit_below",
        title=BELOW,
        columns=below_columns,
        rows=below_rows,
        count=lambda viewer, asked: 1 + len(_below(viewer, _question(viewer, asked))),
        said=lambda viewer, asked: _said(viewer, asked, BELOW, SHOWN),
    ),
    Export(
        key="unit_levels",
        title=LEVELS_TITLE,
        columns=level_columns,
        rows=level_rows,
        count=lambda viewer, asked: len(_question(viewer, asked).months),
        said=lambda viewer, asked: _said(viewer, asked, LEVELS_TITLE, LEVEL_KEYS),
    ),
    Export(
        key="unit_deeds",
        title=gettext_noop("算进一个数的每一条"),
        columns=deed_columns,
        rows=deed_rows,
        count=deed_count,
        said=deed_said,
    ),
)
