"""Who holds and held an office in a body, and who was sent there, as one sheet; on the day and as known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Organisation, Post
from genmai.directory.roster.queries import posts as queries
from genmai.interfaces.web.members.words import chosen
from genmai.interfaces.web.organisations import asking
from genmai.interfaces.web.organisations.asking import Question
from genmai.interfaces.web.terms.body import seen_by
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.shape import Asked, Column, Export, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("任职、换届、下派挂职")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of each."""
    return (
        Column(_("姓名"), key=True, width=12),
        Column(_("怎么来的"), width=14),
        Column(_("职务"), key=True, width=22),
        Column(_("从哪天起"), Kind.DAY, key=True),
        Column(_("到哪天"), Kind.DAY, about=_("下派还没有结束的，是原定的日子")),
        Column(_("届"), Kind.COUNT),
        Column(_("依据"), width=26),
        Column(_("离任的依据"), width=26),
    )


def _body(viewer: Viewer, asked: Asked) -> tuple[Organisation, Question]:
    """Raises NotFound outside the viewer's scope, as the page does."""
    try:
        public_id = UUID(asked.get("of"))
    except ValueError as wrong:
        raise NotFound from wrong
    when = {name: asked.get(name) for name in ("as_at", "known")}
    return seen_by(viewer, public_id, asked.now)[0], asking.read(viewer, when, asked.now)


def _posts(viewer: Viewer, asked: Asked) -> list[Post]:
    body, question = _body(viewer, asked)
    now = queries.posts(viewer, organisation=body, day=question.day, known_at=question.known_at)
    return now if question.past else now + queries.past_posts(viewer, organisation=body, day=question.day)


def _sent(viewer: Viewer, asked: Asked) -> list[queries.Sent]:
    body, question = _body(viewer, asked)
    return queries.assignments(viewer, host=body, known_at=question.known_at)


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those in office, those before them, then who was sent."""
    for one in _posts(viewer, asked):
        how = _("换届") if one.term else _("单独任命")
        number = one.term.number if one.term else None
        yield (
            one.person.display_name, how, one.title, one.valid_from, one.valid_to, number, one.document, one.ended_document
        )  # fmt: skip
    kinds = {key: kind.title for key, kind in mechanism.assignments().kinds.items()}
    for sent in _sent(viewer, asked):
        row, ended = sent.row, sent.ended
        until = ended.on if ended else row.planned_end
        how = chosen(kinds, row.kind)
        yield (row.person.display_name, how, row.title, row.valid_from, until, None, row.document, "")


def said(viewer: Viewer, asked: Asked) -> Said:
    """Of which body, on which day."""
    body, question = _body(viewer, asked)
    when = ((_("时点"), question.words),) if question.past else ()
    return Said(_(TITLE), ((_("单位"), body.name), *when), (mechanism.ref_of(mechanism.ASSIGNMENTS),))


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone in it."""
    return [one.person_id for one in _posts(viewer, asked)] + [one.row.person_id for one in _sent(viewer, asked)]


EXPORTS = (
    Export(
        key="body_posts",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: len(_posts(viewer, asked)) + len(_sent(viewer, asked)),
        said=said,
        permission="members:export",
        persons=persons,
    ),
)
