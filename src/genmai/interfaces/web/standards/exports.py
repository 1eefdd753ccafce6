"""The coverage of a subtree, the bodies that lack, what waits to be looked at, and who is in a programme, as sheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster.queries import organisations_by_id
from genmai.interfaces.web.standards import words
from genmai.interfaces.web.standards.coverage import narrowed
from genmai.interfaces.web.standards.scope import Scope, scope_of
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.models import Unit
from genmai.processes.registers.standards.queries import coverage as figures
from genmai.processes.registers.standards.queries import lists
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said, Tree
from genmai.reports.exports.values import Kind

COVERAGE, LACKING = gettext_noop("亮显情况"), gettext_noop("还差的单位")
UNITS, WAITING = gettext_noop("在里面的单位"), gettext_noop("等着看的")


def _scope(viewer: Viewer, asked: Asked) -> Scope:
    return scope_of(viewer, asked.get("standard"), asked.query, asked.now)


def _columns(viewer: Viewer, asked: Asked) -> Tree:
    return (
        Column(_("编码"), key=True, width=20), Column(_("单位"), width=30), Column(_("亮了几条"), Kind.COUNT),
        Column(_("该亮几条"), Kind.COUNT), Column(_("上级看过"), Kind.COUNT), Column(_("全亮的单位"), Kind.COUNT),
        Column(_("单位数"), Kind.COUNT),
    )  # fmt: skip


def _rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """What lies directly below, by code; the body's own line first."""
    scope = _scope(viewer, asked)
    found = figures.covered(viewer, one=scope.one, path=scope.path, day=scope.day, known_at=scope.known_at)
    ids = [int(key) for key in found.below if key]
    bodies = organisations_by_id(viewer, ids=ids, at=asked.now, tree=scope.one.standard.tree)
    lines = [(body.code, body.name, found.below[str(body.pk)]) for body in bodies.values()]
    if own := found.below.get(""):
        lines.append((scope.body.code, scope.body.name, own))
    for code, name, part in sorted(lines, key=lambda line: line[0]):
        yield cast(Row, (code, name, part.n, part.d, part.looked, part.whole, part.bodies))


def _count(viewer: Viewer, asked: Asked) -> int:
    return sum(1 for _row in _rows(viewer, asked))


def _said(viewer: Viewer, asked: Asked, title: str = COVERAGE) -> Said:
    scope = _scope(viewer, asked)
    standard = scope.one.standard
    filters = [
        (_("清单"), words.say(standard.title)), (_("党组织"), scope.body.name),
        (_("哪一天的情况"), f"{scope.day:%Y-%m-%d}"),
    ]  # fmt: skip
    if scope.known_at is not None:
        filters.append((_("按哪时候知道的"), _("那天知道的")))
    if title == LACKING:
        wanted = narrowed(scope, asked.get("item"), asked.get("unit_class"))
        if wanted.item:
            filters.append((_("哪一条"), words.say(standard.items[wanted.item].title)))
        if wanted.unit_class:
            filters.append((_("哪一类单位"), words.say(standard.classes[wanted.unit_class].title)))
    return Said(_(title), tuple(filters), (figures.RULE, scope.one.ref))


def _lacking_columns(viewer: Viewer, asked: Asked) -> Tree:
    return (
        Column(_("编码"), key=True, width=20), Column(_("单位"), width=30), Column(_("上级"), width=24),
        Column(_("亮了几条"), Kind.COUNT), Column(_("该亮几条"), Kind.COUNT), Column(_("还差哪几条"), width=60),
    )  # fmt: skip


def _lacking_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    scope = _scope(viewer, asked)
    wanted = narrowed(scope, asked.get("item"), asked.get("unit_class"))
    items = scope.one.standard.items
    for row in figures.every_lacking(viewer, one=scope.one, asked=wanted):
        titles = "；".join(words.say(items[name].title) for name in row.items)
        yield cast(Row, (row.code, row.name, row.above, row.n, row.d, titles))


def _lacking_count(viewer: Viewer, asked: Asked) -> int:
    scope = _scope(viewer, asked)
    wanted = narrowed(scope, asked.get("item"), asked.get("unit_class"))
    return figures.lacking(viewer, one=scope.one, asked=wanted, limit=1)[1]


def _lacking_said(viewer: Viewer, asked: Asked) -> Said:
    return _said(viewer, asked, LACKING)


def _unit_columns(viewer: Viewer, asked: Asked) -> Tree:
    return (
        Column(_("编码"), key=True, width=20), Column(_("单位"), width=30), Column(_("哪一类单位"), width=20),
        Column(_("从哪天起"), Kind.DAY), Column(_("依据"), width=36),
    )  # fmt: skip


def _units(viewer: Viewer, asked: Asked) -> list[Unit]:
    scope = _scope(viewer, asked)
    return lists.units(viewer, one=scope.one, day=scope.day)


def _unit_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    classes = _scope(viewer, asked).one.standard.classes
    for unit in _units(viewer, asked):
        kind = words.say(classes[unit.unit_class].title)
        yield (unit.organisation.code, unit.organisation.name, kind, unit.valid_from, unit.document)


def _waiting_columns(viewer: Viewer, asked: Asked) -> Tree:
    return (
        Column(_("编码"), key=True, width=20), Column(_("单位"), width=30), Column(_("哪一条"), key=True, width=36),
        Column(_("凭据"), width=48), Column(_("依据"), width=26), Column(_("哪一天"), Kind.DAY, key=True),
        Column(_("登记"), Kind.MOMENT),
    )  # fmt: skip


def _waiting_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    scope, size, start = _scope(viewer, asked), limits().block_rows, 0
    items = scope.one.standard.items
    while True:
        found, _total = lists.waiting(viewer, one=scope.one, day=scope.today, offset=start, limit=size)
        for mark in found:
            item = words.say(items[mark.item].title) if mark.item in items else mark.item
            yield (
                mark.organisation.code, mark.organisation.name, item, mark.text, mark.document, mark.happened_on,
                mark.recorded_at,
            )  # fmt: skip
        start += size
        if len(found) < size:
            return


def _waiting_count(viewer: Viewer, asked: Asked) -> int:
    scope = _scope(viewer, asked)
    return lists.waiting(viewer, one=scope.one, day=scope.today, limit=1)[1]


EXPORTS = (
    Export(
        key="standard_units", title=UNITS, columns=_unit_columns, rows=_unit_rows,
        count=lambda viewer, asked: len(_units(viewer, asked)),
        said=lambda viewer, asked: _said(viewer, asked, UNITS), permission="standards:view",
    ),
    Export(
        key="standard_waiting", title=WAITING, columns=_waiting_columns, rows=_waiting_rows, count=_waiting_count,
        said=lambda viewer, asked: _said(viewer, asked, WAITING), permission="standards:view",
    ),
    Export(
        key="standard_coverage", title=COVERAGE, columns=_columns, rows=_rows, count=_count, said=_said,
        permission="standards:view",
    ),
    Export(
        key="standard_lacking", title=LACKING, columns=_lacking_columns, rows=_lacking_rows, count=_lacking_count,
        said=_lacking_said, permission="standards:view",
    ),
)  # fmt: skip
