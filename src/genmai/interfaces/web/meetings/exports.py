"""Meetings, and what each decided with the state of its task, as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case.words import badge
from genmai.interfaces.web.meetings.pages import STATES, tasks_of
from genmai.kernel.viewer import Viewer
from genmai.processes.decisions.models import Meeting
from genmai.processes.decisions.queries import meetings as queries
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("联席会议")
DECISIONS = gettext_noop("联席会议的决定")


def _state(asked: Asked) -> str:
    return asked.get("state") if asked.get("state") in STATES else ""


def _meetings(viewer: Viewer, asked: Asked) -> Iterator[Meeting]:
    offset, size = 0, limits().block_rows
    while True:
        found, _total = queries.page(viewer, state=_state(asked), offset=offset, limit=size)
        yield from found
        offset += size
        if len(found) < size:
            return


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the list shows of a meeting."""
    return (
        Column(_("会议"), key=True, width=42),
        Column(_("开没开"), width=14),
        Column(_("什么时候"), Kind.MOMENT, key=True),
        Column(_("在哪里开"), width=20),
        Column(_("谁召集"), width=18),
        Column(_("几项决定"), Kind.COUNT, width=10),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The newest first."""
    for one in _meetings(viewer, asked):
        yield (
            one.title, str(STATES[one.state][1]), one.starts_at, one.room, one.organiser.short_name, one.decided,  # type: ignore[attr-defined]
        )  # fmt: skip


def decision_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A decision as it stands, and its task where the reader may see it."""
    return (
        Column(_("会议"), key=True, width=36),
        Column(_("什么时候"), Kind.MOMENT, key=True),
        Column(_("第几项"), Kind.COUNT, key=True, width=8),
        Column(_("决定"), width=48),
        Group(
            _("谁来办"),
            (Column(_("谁负责"), width=18), Column(_("配合"), width=24), Column(_("哪天前"), Kind.DAY)),
        ),
        Group(_("任务"), (Column(_("编号"), width=15), Column(_("到哪一步"), width=16))),
    )


def decision_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Of every meeting of the list, in its order; three queries a meeting that decided anything."""
    for meeting in _meetings(viewer, asked):
        if not meeting.decided:  # type: ignore[attr-defined]
            continue
        whole = queries.one(viewer, public_id=meeting.public_id)
        tasks = tasks_of(viewer, whole)
        for one in whole.decisions:
            decision, case = one.decision, tasks.get(one.decision.pk)
            late = case is not None and case.due_at is not None and case.due_at < asked.now
            stands = badge(case.state, late)[1] if case else (_("已撤回") if decision.withdrawn else "")
            yield (
                meeting.title, meeting.starts_at, decision.order, decision.text, decision.responsible.short_name,
                _("、").join(one.helping), decision.due_on, case.number if case else "", stands,
            )  # fmt: skip


def said(viewer: Viewer, asked: Asked) -> Said:
    """The state the list is narrowed to."""
    state = _state(asked)
    return Said(_(TITLE), ((_("条件"), str(STATES[state][1])),) if state else ())


def _decided(viewer: Viewer, asked: Asked) -> int:
    return sum(one.decided for one in _meetings(viewer, asked))  # type: ignore[attr-defined]


EXPORTS = (
    Export(
        key="meetings",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: queries.page(viewer, state=_state(asked), limit=1)[1],
        said=said,
    ),
    Export(
        key="meeting_decisions",
        title=DECISIONS,
        columns=decision_columns,
        rows=decision_rows,
        count=_decided,
        said=lambda viewer, asked: replace(said(viewer, asked), title=_(DECISIONS)),
    ),
)
