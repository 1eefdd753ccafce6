"""How suggestions fare by week, and how far the subjects have moved, as files: the page's numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.shell.view_models import SMALL_SAMPLE
from genmai.interfaces.web.suggestion import figures, views
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.queries import suggestion_drift
from genmai.processes.cases.queries.suggestion_drift import Moved
from genmai.processes.cases.suggestion import current
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

WEEKS = gettext_noop("派单建议一周一周看")
DRIFT = gettext_noop("来的事变了没有")


def week_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A week from its Monday."""
    return (
        Column(_("从周一"), Kind.DAY, key=True),
        Column(_("采用"), Kind.COUNT),
        Column(_("改了"), Kind.COUNT),
        Column(_("采用占比"), Kind.SHARE, about=_("采用除以采用加改了；样本不足不算")),
        Column(_("平均把握"), Kind.SHARE),
    )


def week_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """The newest first, as in the table of the page."""
    for week in reversed(suggestion_drift.weeks(viewer, at=asked.now)):
        share = week.taken / week.all if week.all >= SMALL_SAMPLE else None
        sure = week.confidence / 100 if week.confidence is not None else None
        yield week.monday, week.taken, week.changed, share, sure


def drift_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A first-level subject, when learned and now."""
    return (
        Column(_("分类"), key=True, width=28),
        Group(_("学的时候"), (Column(_("几条"), Kind.COUNT), Column(_("占比"), Kind.SHARE))),
        Group(_("近几周"), (Column(_("几件"), Kind.COUNT), Column(_("占比"), Kind.SHARE))),
    )


def _moved(viewer: Viewer, asked: Asked) -> tuple[Moved, Mapping[str, int]]:
    rules = mechanism.definition_of(mechanism.loop()).suggestion.drift
    learned = views.learned_labels(current.standing())
    span = timedelta(weeks=rules.weeks)
    return suggestion_drift.moved(viewer, at=asked.now, learned=learned, span=span, least=rules.least), learned


def drift_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    moved, learned = _moved(viewer, asked)
    old, new = sum(learned.values()), moved.cases
    for code in figures.in_order(moved, learned):
        then, now = learned.get(code, 0), moved.now.get(code, 0)
        yield figures.title_of(code), then, then / old if old else None, now, now / new if new else None


def _drift_said(viewer: Viewer, asked: Asked) -> Said:
    rules = mechanism.definition_of(mechanism.loop()).suggestion.drift
    return Said(
        _(DRIFT), ((_("结论"), figures.drift_words(_moved(viewer, asked)[0], rules)),), (str(mechanism.loop()),)
    )


EXPORTS = (
    Export(
        key="suggestion_weeks",
        title=WEEKS,
        columns=week_columns,
        rows=week_rows,
        count=lambda viewer, asked: len(suggestion_drift.weeks(viewer, at=asked.now)),
        said=lambda viewer, asked: Said(_(WEEKS), (), (str(mechanism.loop()),)),
    ),
    Export(
        key="suggestion_drift",
        title=DRIFT,
        columns=drift_columns,
        rows=drift_rows,
        count=lambda viewer, asked: len(figures.in_order(*_moved(viewer, asked))),
        said=_drift_said,
    ),
)
