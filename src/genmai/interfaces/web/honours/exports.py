"""The register of honours as a sheet: what the page shows, narrowed alike. Disciplines leave the house in no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Standing, StandingKind
from genmai.directory.roster.queries import honours as queries
from genmai.interfaces.web.honours.register import narrowed
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.scope import check_sees
from genmai.interfaces.web.organisations.asking import Question, read
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("荣誉登记册")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """One honour a row."""
    return (
        Column(_("姓名"), key=True, width=12), Column(_("名称"), width=26), Column(_("哪一年"), width=10),
        Column(_("级别"), width=10), Column(_("批准机构"), width=20), Column(_("批准日期"), Kind.DAY),
        Column(_("文号"), width=26), Column(_("撤销日期"), Kind.DAY), Column(_("为什么撤销"), width=26),
    )  # fmt: skip


def _found(viewer: Viewer, asked: Asked) -> QuerySet[Standing]:
    check_sees(viewer)
    question = _question(viewer, asked)
    rows = queries.standings(
        viewer, kind=StandingKind.HONOUR, at=asked.now, as_at=question.as_at, known_at=question.known_at
    )
    return narrowed(rows, {name: asked.get(name) for name in ("code", "year", "level")})


def _question(viewer: Viewer, asked: Asked) -> Question:
    return read(viewer, {name: asked.get(name) for name in ("as_at", "known")}, asked.now)


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    levels = mechanism.members().levels
    question = _question(viewer, asked)
    for row in queries.seen_as(_found(viewer, asked), as_at=question.as_at, known_at=question.known_at):
        yield (
            row.person.display_name, row.name, str(row.year or ""), words.chosen(levels, row.level), row.body, row.decided_on,
            row.document, row.ended.on if row.ended else None, row.ended.reason if row.ended else "",
        )  # fmt: skip


def said(viewer: Viewer, asked: Asked) -> Said:
    """Which year, level and kind."""
    honours, levels = mechanism.honours().honours, mechanism.members().levels
    code, year, level = asked.get("code"), asked.get("year"), asked.get("level")
    filters = [
        (_("哪一年"), year if year else ""), (_("级别"), words.chosen(levels, level) if level else ""),
        (_("哪一项"), words.say(honours[code].title) if code in honours else ""),
    ]  # fmt: skip
    question = _question(viewer, asked)
    filters += [
        (_("截至哪一天"), f"{question.as_at}" if question.as_at else ""),
        (_("按哪天知道的"), f"{question.known}" if question.known else ""),
    ]
    return Said(_(TITLE), tuple(one for one in filters if one[1]), (mechanism.ref_of(mechanism.HONOURS),))


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone who stands in it."""
    return _found(viewer, asked).order_by().values_list("person_id", flat=True).distinct()


EXPORTS = (
    Export(
        key="honours", title=TITLE, columns=columns, rows=rows, count=lambda viewer, asked: _found(viewer, asked).count(),
        said=said, permission="members:export", persons=persons,
    ),
)  # fmt: skip
