"""Transfers, letters of introduction, proposals and a month's dues as sheets, each as its page shows it; whose data they hold is noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import DuesMonth, Organisation, Proposal, Transfer, Way
from genmai.directory.roster.queries import letters
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
LETTERS = gettext_noop("介绍信")


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


def letter_columns(viewer: Viewer, asked: Asked) -> Tree:
    """One letter, to or from a branch outside this house."""
    return (
        Column(_("姓名"), key=True, width=12),
        Column(_("怎么转"), width=10),
        Group(_("支部"), (Column(_("本地的"), width=30), Column(_("对方"), key=True, width=30))),
        Column(_("转多远"), width=14),
        Group(
            _("介绍信"),
            (Column(_("编号"), key=True, width=18), Column(_("开出"), Kind.DAY), Column(_("有效到"), Kind.DAY)),
        ),
        Column(_("回执"), width=18),
        Column(_("结果"), width=14),
        Column(_("办完"), Kind.DAY),
    )


def letter_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those that wait first, as on the page."""
    check_sees(viewer)
    rules = mechanism.members()
    for one in letters.letters(viewer, at=asked.now).iterator(chunk_size=limits().block_rows):
        out = one.way == Way.OUT
        yield (
            one.person.display_name, _("转出") if out else _("转入"), one.branch.name, one.place,
            words.chosen(rules.departures if out else rules.arrivals, one.reach), one.number, one.issued_on,
            one.expires_on, one.receipt, str(words.LETTERS[one.state][1]), one.settled_on,
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


def _people_of_letters(viewer: Viewer, asked: Asked) -> Iterable[int]:
    return letters.letters(viewer, at=asked.now).values_list("person_id", flat=True)


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
        key="members_letters",
        title=LETTERS,
        columns=letter_columns,
        rows=letter_rows,
        count=lambda viewer, asked: letters.letters(viewer, at=asked.now).count(),
        said=lambda viewer, asked: Said(_(LETTERS), (), (mechanism.ref_of(mechanism.MEMBERS),)),
        permission="members:export",
        persons=_people_of_letters,
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
        permission="dues:export",
        persons=_people_of_dues,
    ),
)
