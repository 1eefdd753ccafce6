"""What became of each matter of a run over many, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.desk_tools import bulk_pages
from genmai.interfaces.web.handle_case.actions import ACTIONS
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import BulkRun
from genmai.processes.cases.queries import bulk as queries
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said, Tree

TITLE = gettext_noop("一起办的结果")


def _run(viewer: Viewer, asked: Asked) -> BulkRun:
    try:
        return queries.progress(viewer, public_id=UUID(asked.get("run"))).run
    except ValueError as wrong:
        raise NotFound() from wrong


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a row."""
    return (
        Column(_("编号"), key=True, width=15),
        Column(_("事项"), width=42),
        Column(_("结果"), width=14),
        Column(_("为什么"), width=48),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those not done first, as on the page; all of them."""
    for row in queries.outcome_rows(viewer, run=_run(viewer, asked)):
        line = bulk_pages._line(row)
        yield line["number"], line["title"], line["word"], line["why"]


def said(viewer: Viewer, asked: Asked) -> Said:
    """What was done with them."""
    return Said(_(TITLE), ((_("办的什么"), str(ACTIONS[_run(viewer, asked).verb].label)),))


EXPORTS = (
    Export(
        key="bulk_run",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(queries.outcome_rows(viewer, run=_run(viewer, asked))),
        said=said,
    ),
)
