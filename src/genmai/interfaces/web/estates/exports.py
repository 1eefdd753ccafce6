"""Estates, the pre-review of their matters and the list to zero as files: the pages' filters, lines and words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.estates import clearing, listing, words
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.flow import REVIEW
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Estate, Management
from genmai.processes.registers.queries import clearance, matters
from genmai.processes.registers.queries import estates as queries
from genmai.processes.registers.queries.clearance import RULE, Behind
from genmai.processes.registers.queries.estates import Facts, Filters
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("小区清单")
REVIEWS = gettext_noop("前置审核事项")
LEFT = gettext_noop("无物业清零清单")
BEHIND = gettext_noop("算进“没有物业”的小区")


def _filters(viewer: Viewer, asked: Asked) -> tuple[Filters, Organisation | None]:
    unit = listing.unit_named(viewer, asked.get("org"), asked.now)
    how = asked.get("how") if asked.get("how") in Management.values else ""
    found = Filters(words=asked.get("q").strip()[:40], management=how, organisation_id=unit.pk if unit else None)
    return found, unit


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What holds of an estate today."""
    return (
        Column(_("小区"), key=True, width=24),
        Column(_("社区"), key=True, width=16),
        Column(_("小区类型"), width=12),
        Column(_("户数"), Kind.COUNT),
        Group(
            _("物业管理"),
            (
                Column(_("谁来管"), width=14),
                Column(_("物业企业"), width=24),
                Column(_("合同到期"), Kind.DAY),
                Column(_("合同怎样"), width=10),
            ),
        ),
        Group(
            _("业委会"),
            (
                Column(_("人数"), Kind.COUNT),
                Column(_("其中党员"), Kind.COUNT),
                Column(_("任期到"), Kind.DAY),
                Column(_("任期怎样"), width=10),
            ),
        ),
        Column(_("小区专员"), width=12),
    )


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page, a block at a time."""
    (filters, _unit), day, size, offset = _filters(viewer, asked), day_of(asked.now), limits().block_rows, 0
    while True:
        found, _total = queries.page(viewer, filters=filters, day=day, offset=offset, limit=size)
        for estate, facts in found:
            yield _estate(estate, facts, asked.now)
        offset += size
        if len(found) < size:
            return


def _estate(estate: Estate, facts: Facts, now: datetime) -> Row:
    line = listing.row_of(estate, facts, day_of(now))
    managed, committee, profile = facts.management, facts.committee, facts.profile
    manager = managed.organisation.short_name if managed and managed.organisation else ""
    commissioner = facts.commissioner.person if facts.commissioner else None
    return (
        estate.place.name,
        estate.home.short_name,
        line.type,
        profile.households if profile else None,
        line.badge[1],
        manager,
        managed.valid_to if managed else None,
        line.contract.word if line.contract else "",
        committee.members if committee else None,
        committee.party_members if committee else None,
        committee.valid_to if committee else None,
        line.committee.word if line.committee else "",
        commissioner.display_name if commissioner else "",
    )


def said(viewer: Viewer, asked: Asked) -> Said:
    """The filters in force."""
    filters, unit = _filters(viewer, asked)
    found = [unit.short_name] if unit else []
    found += [str(words.MANAGEMENT[filters.management])] if filters.management else []
    found += [f"“{filters.words}”"] if filters.words else []
    return Said(_(TITLE), ((_("条件"), _("、").join(found)),) if found else ())


# -- the pre-review of matters -----------------------------------------------------------------------------------------


def _state(viewer: Viewer, asked: Asked) -> str:
    """As the page reads its address: without a word, what waits for review."""
    given = asked.query.get("state")
    if given is None:
        return "submitted" if matters.counts(viewer).get("submitted") else ""
    return given if given in REVIEW.states else ""


def matter_columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows of a matter, its answer too."""
    return (
        Column(_("事项"), key=True, width=40),
        Column(_("小区"), key=True, width=20),
        Column(_("社区"), width=16),
        Column(_("哪一类"), width=18),
        Column(_("到哪一步"), width=16),
        Column(_("涉及金额"), Kind.NUMBER, width=12, about=_("元")),
        Group(
            _("审核"),
            (
                Column(_("谁提交的"), width=20),
                Column(_("什么时候提交"), Kind.MOMENT),
                Column(_("审核期限"), Kind.MOMENT),
            ),
        ),
    )


def matter_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    state, size, offset = _state(viewer, asked), limits().block_rows, 0
    while True:
        found, _total = matters.page(viewer, state=state, offset=offset, limit=size)
        for one in found:
            yield (
                one.title, one.estate.place.name, one.estate.home.short_name,
                words.title(rules_of(one.mechanism).matters, one.kind), str(words.REVIEWS[one.state][1]), one.amount,
                one.submitter.short_name, one.submitted_at, one.due_at,
            )  # fmt: skip
        offset += size
        if len(found) < size:
            return


def matters_said(viewer: Viewer, asked: Asked) -> Said:
    """The state the list is narrowed to."""
    state = _state(viewer, asked)
    return Said(_(REVIEWS), ((_("条件"), str(words.REVIEWS[state][1])),) if state else ())


# -- to zero -----------------------------------------------------------------------------------------------------------


def left_columns(viewer: Viewer, asked: Asked) -> Tree:
    """An estate on the list and what is being done about it."""
    return (
        Column(_("小区"), key=True, width=24),
        Column(_("社区"), key=True, width=16),
        Column(_("列入清单"), Kind.MOMENT),
        Column(_("到哪一步"), width=22),
        Group(
            _("怎么清零"),
            (
                Column(_("谁负责"), width=16),
                Column(_("用什么办法"), width=24),
                Column(_("打算到哪天"), Kind.DAY),
                Column(_("过了没有"), width=9),
                Column(_("还差什么"), width=36),
                Column(_("最近一次进展"), width=36),
            ),
        ),
    )


def left_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """In the order of the page."""
    for line in clearing.lines_of(viewer, clearing.unit_of(viewer, asked.get("org"), asked.now), asked.now):
        stay = line.stay
        yield (
            stay.estate.place.name, stay.estate.home.short_name, stay.listed_at, line.badge[1], stay.owner.short_name,
            line.way, stay.planned_by, _("已过") if line.late else "", stay.left, line.last,
        )  # fmt: skip


def _figure(viewer: Viewer, asked: Asked) -> tuple[Organisation, str, list[tuple[Behind, Estate]]]:
    unit = clearing.unit_of(viewer, asked.get("org"), asked.now)
    month, until = clearing.month_asked(asked.get("month"), asked.now)
    found = clearance.behind(viewer, path=unit.path, until=until)
    estates = clearing.named(viewer, [one.estate_id for one in found])
    return unit, month, [(one, estates[one.estate_id]) for one in found if one.estate_id in estates]


def behind_columns(viewer: Viewer, asked: Asked) -> Tree:
    """An estate in the figure and the deed that decides."""
    return (
        Column(_("小区"), key=True, width=24),
        Column(_("社区"), key=True, width=16),
        Column(_("算没有物业"), width=12),
        Column(_("凭哪一条记录"), width=18),
        Column(_("什么时候"), Kind.MOMENT),
    )


def behind_rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """Those left first."""
    for one, estate in _figure(viewer, asked)[2]:
        counts = _("算") if one.left else _("不算")
        yield estate.place.name, estate.home.short_name, counts, clearing.kinds()[one.kind], one.at


def _left_said(viewer: Viewer, asked: Asked) -> Said:
    return Said(_(LEFT), ((_("单位"), clearing.unit_of(viewer, asked.get("org"), asked.now).short_name),))


def _behind_said(viewer: Viewer, asked: Asked) -> Said:
    unit, month, _lines = _figure(viewer, asked)
    return Said(_(BEHIND), ((_("单位"), unit.short_name), (_("月份"), month)), (RULE,))


EXPORTS = (
    Export(
        key="estates",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: queries.narrowed(
            viewer, filters=_filters(viewer, asked)[0], day=day_of(asked.now)
        ).count(),
        said=said,
    ),
    Export(
        key="estate_matters",
        title=REVIEWS,
        columns=matter_columns,
        rows=matter_rows,
        count=lambda viewer, asked: matters.page(viewer, state=_state(viewer, asked), limit=1)[1],
        said=matters_said,
    ),
    Export(
        key="estates_left",
        title=LEFT,
        columns=left_columns,
        rows=left_rows,
        count=lambda viewer, asked: sum(1 for _row in left_rows(viewer, asked)),
        said=_left_said,
    ),
    Export(
        key="estates_behind",
        title=BEHIND,
        columns=behind_columns,
        rows=behind_rows,
        count=lambda viewer, asked: len(_figure(viewer, asked)[2]),
        said=_behind_said,
    ),
)
