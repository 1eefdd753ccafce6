"""The list of matters as a file: the page's filters, its rows, its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.interfaces.web.handle_case import listing, words
from genmai.interfaces.web.handle_case.rows import rows as lines
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind, Value

TITLE = gettext_noop("事项清单")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a matter, and its dates."""
    return (
        Column(_("编号"), key=True, width=15),
        Column(_("事项"), width=42),
        Column(_("到哪一步"), width=16),
        Group(
            _("在哪里、归什么"),
            (Column(_("地点"), width=24), Column(_("类别"), width=30), Column(_("在哪一级"), width=9)),
        ),
        Group(
            _("谁"),
            (Column(_("谁在办"), width=16), Column(_("几人反映"), Kind.COUNT), Column(_("怎么来的"), width=10)),
        ),
        Group(
            _("时间"),
            (
                Column(_("收到"), Kind.MOMENT),
                Column(_("期限"), Kind.MOMENT, about=_("还在走的时限里最近的一个；都走完了，是办理时限")),
                Column(_("答复"), Kind.MOMENT),
                Column(_("办结"), Kind.MOMENT),
            ),
        ),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page; the words of a row are the page's own."""
    for chunk in lists.chunks(viewer, filters=_filters(viewer, asked), size=limits().block_rows):
        yield from of_cases(viewer, chunk, asked)


def of_cases(viewer: Viewer, cases: list[Case], asked: Asked) -> Iterator[Row]:
    """Rows of any list of matters, in two queries."""
    definition = mechanism.definition_of(mechanism.loop())
    for case, line in zip(cases, lines(viewer, cases, asked.now), strict=True):
        yield _row(case, definition, line.word, line.place, line.lead, line.callers, line.due_at)


def _row(case: Case, definition: CasesSection, *shown: Value) -> Row:
    word, place, lead, callers, due_at = shown
    taxonomy = mechanism.taxonomy()
    subject = words.subject(taxonomy.lookup(case.category)) if case.category in taxonomy else ""
    channel = definition.channels.get(case.channel)
    return (
        case.number,
        words.title_of(case),
        word,
        place,
        subject,
        str(words.LEVELS.get(case.level, "")),
        lead,
        callers,
        words.say(channel.title) if channel else case.channel,
        case.received_at,
        due_at,
        case.replied_at,
        case.closed_at,
    )


def count(viewer: Viewer, asked: Asked) -> int:
    """All of them; the page stops counting at a thousand."""
    return lists.narrowed(viewer, filters=_filters(viewer, asked)).count()


def said(viewer: Viewer, asked: Asked) -> Said:
    """The title, and the filters in force."""
    return Said(_(TITLE), tuple(listing.filters_in_words(viewer, _query(asked), asked)[1]))


def _filters(viewer: Viewer, asked: Asked) -> lists.Filters:
    return listing.filters_in_words(viewer, _query(asked), asked)[0]


def _query(asked: Asked) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in asked.query.items():
        query[name] = value
    return query


def waiting_rows(viewer: Viewer, asked: Asked) -> Iterable[Row]:
    """What waits for the viewer's own organisation."""
    return of_cases(viewer, [waiting.case for waiting in lists.inbox(viewer, limit=limits().at_once_rows)], asked)


EXPORTS = (
    Export(key="cases", title=TITLE, columns=columns, rows=rows, count=count, said=said),
    Export(
        key="inbox",
        title=gettext_noop("等本单位动手的事项"),
        columns=columns,
        rows=waiting_rows,
        count=lambda viewer, asked: lists.inbox_size(viewer)[0],
        said=lambda viewer, asked: Said(_("等本单位动手的事项"), ((_("单位"), viewer.organisation_name),)),
    ),
)
