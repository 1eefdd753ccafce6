"""Transfers, proposals and a month's dues as sheets, each as its page shows it; whose data they hold is noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import DuesMonth, Organisation, Proposal, Transfer
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberRow
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.deciding import title_of
from genmai.interfaces.web.members.dues import kept, month_of
from genmai.interfaces.web.members.scope import check_sees, named
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TRANSFERS, PROPOSALS, DUES = gettext_noop("组织关系转接"), gettext_noop("提请研究"), gettext_noop("党费登记")


def transfer_columns(viewer: Viewer, asked: Asked) -> Tree:
    """One transfer, both branches under one header."""
    return (
        Column(_("姓名"), key=True, width=12),
        Group(_("支部"), (Column(_("从"), key=True, width=30), Column(_("到"), key=True, width=30))),
        Column(_("因为什么"), width=18),
        Column(_("依据"), width=22),
        Column(_("结果"), width=14),
        Column(_("说明"), width=24),
        Group(_("日期"), (Column(_("提出"), Kind.DAY), Column(_("最晚接收"), Kind.DAY), Column(_("办完"), Kind.DAY))),
    )


def _transfers(viewer: Viewer, asked: Asked) -> list[Transfer]:
    check_sees(viewer)
    return queries.transfers(viewer, at=asked.now, limit=limits().most_rows)[0]


def transfer_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those that wait first, as on the page."""
    reasons = mechanism.members().transfer_reasons
    for one in _transfers(viewer, asked):
        yield (
            one.person.display_name, one.from_branch.name, one.to_branch.name, words.chosen(reasons, one.reason),
            one.document, str(words.TRANSFERS[one.state][1]), one.answer, one.asked_on, one.expires_on, one.settled_on,
        )  # fmt: skip


def proposal_columns(viewer: Viewer, asked: Asked) -> Tree:
    """What a timer put before a body, and what the body made of it."""
    decided = (Column(_("研究结果"), width=20), Column(_("理由"), width=36), Column(_("依据"), width=20),
               Column(_("哪天研究的"), Kind.DAY))  # fmt: skip
    return (
        Column(_("姓名"), key=True, width=12),
        Column(_("什么事"), key=True, width=26),
        Column(_("从哪天算起"), Kind.DAY, key=True),
        Column(_("提请谁"), width=28),
        Column(_("规则"), width=26),
        Group(_("研究"), decided),
    )


def _proposals(viewer: Viewer, asked: Asked) -> list[Proposal]:
    check_sees(viewer)
    most = limits().most_rows
    waiting = queries.proposals(viewer, at=asked.now, limit=most)
    return waiting + queries.proposals(viewer, at=asked.now, undecided=False, limit=most)


def proposal_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """What waits, then what was decided."""
    for one in _proposals(viewer, asked):
        made = getattr(one, "decision", None)
        tail = ("", "", "", None)
        if made is not None:
            tail = (str(words.OUTCOMES[made.outcome]), made.reason, made.document, made.decided_on)
        yield (one.person.display_name, title_of(one), one.since, one.body.name, one.mechanism, *tail)


def dues_columns(viewer: Viewer, asked: Asked) -> Tree:
    """A member's month. What somebody earns is not kept, so it is in no sheet."""
    return (
        Column(_("姓名"), key=True, width=12),
        Column(_("情况"), width=14),
        Column(_("计费类别"), width=24),
        Column(_("应交（元）"), Kind.NUMBER),
        Column(_("免交的批准文件"), width=26),
        Column(_("规则"), width=26),
    )


def _dues(viewer: Viewer, asked: Asked) -> tuple[Organisation, date, list[tuple[MemberRow, DuesMonth | None]]]:
    """The branch's own members with what is recorded of the month. Raises NotFound outside the viewer's scope."""
    branch = named(viewer, asked.get("branch"), asked.now)
    month = month_of(asked.get("month"), day_of(asked.now))
    own, known = kept(viewer, branch, month, day_of(asked.now))
    return branch, month, [(row, known.get(row.person_id)) for row in own]


def dues_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page; who has no line yet stands there with none."""
    payers = mechanism.dues().payers
    for row, one in _dues(viewer, asked)[2]:
        if one is None:
            yield (row.name, _("没登记"), "", None, "", "")
        else:
            payer = words.say(payers[one.payer].title) if one.payer in payers else one.payer
            yield (row.name, str(words.DUES[one.status][1]), payer, one.amount, one.document, one.mechanism)


def dues_said(viewer: Viewer, asked: Asked) -> Said:
    """Whose dues, of which month, by which rates."""
    branch, month, _rows = _dues(viewer, asked)
    filters = ((_("支部"), branch.name), (_("月份"), f"{month:%Y-%m}"))
    return Said(_(DUES), filters, (mechanism.ref_of(mechanism.DUES),))


def _people_of_transfers(viewer: Viewer, asked: Asked) -> Iterable[int]:
    return [one.person_id for one in _transfers(viewer, asked)]


def _people_of_proposals(viewer: Viewer, asked: Asked) -> Iterable[int]:
    return [one.person_id for one in _proposals(viewer, asked)]


def _people_of_dues(viewer: Viewer, asked: Asked) -> Iterable[int]:
    return [row.person_id for row, _one in _dues(viewer, asked)[2]]


EXPORTS = (
    Export(
        key="members_transfers",
        title=TRANSFERS,
        columns=transfer_columns,
        rows=transfer_rows,
        count=lambda viewer, asked: len(_transfers(viewer, asked)),
        said=lambda viewer, asked: Said(_(TRANSFERS), (), (mechanism.ref_of(mechanism.MEMBERS),)),
        permission="members:export",
        persons=_people_of_transfers,
    ),
    Export(
        key="members_proposals",
        title=PROPOSALS,
        columns=proposal_columns,
        rows=proposal_rows,
        count=lambda viewer, asked: len(_proposals(viewer, asked)),
        said=lambda viewer, asked: Said(_(PROPOSALS), (), (mechanism.ref_of(mechanism.MEMBERS),)),
        permission="members:export",
        persons=_people_of_proposals,
    ),
    Export(
        key="members_dues",
        title=DUES,
        columns=dues_columns,
        rows=dues_rows,
        count=lambda viewer, asked: len(_dues(viewer, asked)[2]),
        said=dues_said,
        permission="members:export",
        persons=_people_of_dues,
    ),
)
