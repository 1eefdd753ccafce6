"""The mechanism's sentences for notice and circular, filled from the figures: no word of a circular stands in code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from genmai.kernel.worktime import built_in_calendar
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.mechanism import mechanism_of
from genmai.processes.cases.models import Round
from genmai.reports.circular.figures import RoundFigures

Say = Callable[[Text], str]
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """The circular's text, in order."""

    heading: str
    opening: str
    basis: str
    summary: str
    classes: str
    bodies: str
    open: str
    closing: str


def circular_words(found: RoundFigures, say: Say, translate: Translate = str) -> Words:
    """Every sentence of the circular in the reader's language (`say`)."""
    rules = rules_of(found.round.mechanism)[1]
    total = found.total
    places = _of_round(found.round, translate) | {
        "classes": translate("、").join(say(row.title) for row in found.classes),
        "found": total.found,
        "bodies": len([row for row in found.bodies if row.tally.found]),
        "rectified": total.rectified,
        "on_time": total.on_time,
        "late": total.late,
        "open": total.open,
        "reworked": total.reworked,
        "passed": total.passed,
        "checked": total.checked,
        "share": share(total.rectified, total.found),
        "as_of": moment(found.as_of, translate),
    }
    said = {name: say(getattr(rules.circular, name)).format_map(places) for name in type(rules.circular).model_fields}
    return Words(basis=basis_of(found.round), **said)


def notice_words(round: Round, *, body: str, count: int, say: Say, translate: Translate = str) -> str:
    """The opening of a notice to one body."""
    rules = rules_of(round.mechanism)[1]
    return say(rules.notice).format_map(_of_round(round, translate) | {"body": body, "count": count})


def basis_of(round: Round) -> str:
    """What the mechanism rests on, with its own remark where no text is public."""
    basis = mechanism_of(round.mechanism).info.basis
    return "；".join(f"{one.title}（{one.number or one.issuer}）" for one in basis)


def _of_round(round: Round, translate: Translate) -> dict[str, object]:
    return {
        "title": round.title,
        "number": round.number,
        "office": round.organisation.name,
        "period": period(round.inspected_from, round.inspected_to, translate),
        "basis": basis_of(round),
    }


def period(first: date, last: date, translate: Translate = str) -> str:
    """2026年2月25日至27日."""
    begin = translate(_("{year}年{month}月{day}日")).format(year=first.year, month=first.month, day=first.day)
    if first == last:
        return begin
    said = translate(_("{begin}至{month}月{day}日"))
    if (first.year, first.month) == (last.year, last.month):
        said = translate(_("{begin}至{day}日"))
    elif first.year != last.year:
        said = translate(_("{begin}至{year}年{month}月{day}日"))
    return said.format(begin=begin, year=last.year, month=last.month, day=last.day)


def moment(at: datetime, translate: Translate = str) -> str:
    """2026年11月21日17时30分, in the time of the place."""
    here = at.astimezone(built_in_calendar().zone)
    said = translate(_("{year}年{month}月{day}日{hour}时{minute}分"))
    return said.format(year=here.year, month=here.month, day=here.day, hour=here.hour, minute=f"{here.minute:02d}")


def day(at: datetime | None, translate: Translate = str) -> str:
    """2026年11月21日; nothing for nothing."""
    if at is None:
        return "—"
    here = at.astimezone(built_in_calendar().zone)
    said = translate(_("{year}年{month}月{day}日"))
    return said.format(year=here.year, month=here.month, day=here.day)


def share(numerator: int, denominator: int) -> str:
    """92.3%, half up in whole numbers; — when nothing was counted."""
    if denominator == 0:
        return "—"
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    return f"{tenths // 10}.{tenths % 10}%"
