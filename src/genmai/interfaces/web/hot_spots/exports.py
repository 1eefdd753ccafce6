"""Hot spots of the span the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case import exports as cases
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.hot_spots.views import SPANS
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import hot_spots as queries
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("热点")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a hot spot."""
    return (
        Column(_("地点"), key=True, width=20),
        Column(_("类别"), key=True, width=34),
        Group(
            _("这一段"),
            (
                Column(_("收到"), Kind.COUNT),
                Column(_("其中已并入"), Kind.COUNT, width=11),
                Column(_("还没办结"), Kind.COUNT),
            ),
        ),
        Group(
            _("往常"),
            (Column(_("前几周一共"), Kind.COUNT, width=11), Column(_("一样长的一段平均"), Kind.NUMBER, width=16)),
        ),
        Column(_("不寻常"), width=9, about=_("要是什么都没变，来这么多的机会很小")),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    taxonomy = mechanism.taxonomy()
    for one in queries.of(viewer, at=asked.now, **_span(asked)):
        subject = words.subject(taxonomy.lookup(one.category)) if one.category in taxonomy else _("还没归类")
        usual = round(one.usual, 2)
        yield (one.place, subject, one.n, one.merged, one.still_open, one.before, usual, _("是") if one.unusual else "")


def _span(asked: Asked) -> Mapping[str, Any]:
    return SPANS[_key(asked)][1]


def _key(asked: Asked) -> str:
    return asked.get("span") if asked.get("span") in SPANS else "week"


def _matters(viewer: Viewer, asked: Asked) -> list[Case]:
    """The matters behind one hot spot. Raises NotFound where the viewer sees none of them."""
    try:
        home = UUID(asked.get("home"))
    except ValueError as wrong:
        raise NotFound() from wrong
    found = queries.matters(viewer, home=home, category=asked.get("category"), at=asked.now, **_span(asked))
    matters = list(found[: limits().most_rows])
    if not matters:
        raise NotFound()
    return matters


def _matters_said(viewer: Viewer, asked: Asked) -> Said:
    first, code = _matters(viewer, asked)[0], asked.get("category")
    taxonomy = mechanism.taxonomy()
    subject = words.subject(taxonomy.lookup(code)) if code in taxonomy else _("还没归类")
    filters = ((_("地点"), first.home.short_name), (_("类别"), subject), (_("时间"), str(SPANS[_key(asked)][0])))
    return Said(_("热点里的事项"), filters)


EXPORTS = (
    Export(
        key="hot_spot",
        title=gettext_noop("热点里的事项"),
        columns=cases.columns,
        rows=lambda viewer, asked: cases.of_cases(viewer, _matters(viewer, asked), asked),
        count=lambda viewer, asked: len(_matters(viewer, asked)),
        said=_matters_said,
    ),
    Export(
        key="hot_spots",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(queries.of(viewer, at=asked.now, **_span(asked))),
        said=lambda viewer, asked: Said(_(TITLE), ((_("时间"), str(SPANS[_key(asked)][0])),)),
    ),
)
