"""The mechanism's sentences for notice and circular, filled from the figures: no word of a circular stands in code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from genmai.kernel.worktime import built_in_calendar
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.mechanism import mechanism_of
from genmai.processes.cases.models import Round
from genmai.reports.circular.figures import RoundFigures

Say = Callable[[Text], str]


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


def circular_words(found: RoundFigures, say: Say) -> Words:
    """Every sentence of the circular in the reader's language (`say`)."""
    _, rules = rules_of(found.round.mechanism)
    total = found.total
    places = _of_round(found.round) | {
        "classes": "、".join(say(row.title) for row in found.classes),
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
        "as_of": moment(found.as_of),
    }
    said = {name: say(getattr(rules.circular, name)).format_map(places) for name in type(rules.circular).model_fields}
    return Words(basis=basis_of(found.round), **said)


def notice_words(round: Round, *, body: str, count: int, say: Say) -> str:
    """The opening of a notice to one body."""
    _, rules = rules_of(round.mechanism)
    return say(rules.notice).format_map(_of_round(round) | {"body": body, "count": count})


def basis_of(round: Round) -> str:
    """What the mechanism rests on, with its own remark where no text is public."""
    return "；".join(
        f"{one.title}{one.number and f'（{one.number}）'}" for one in mechanism_of(round.mechanism).info.basis
    )


def _of_round(round: Round) -> dict[str, object]:
    return {
        "title": round.title,
        "number": round.number,
        "office": round.organisation.name,
        "period": period(round.inspected_from, round.inspected_to),
        "basis": basis_of(round),
    }


def period(first: date, last: date) -> str:
    """2026年2月25日至27日."""
    begin = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return begin
    if (first.year, first.month) == (last.year, last.month):
        return f"{begin}至{last.day}日"
    return f"{begin}至{'' if first.year == last.year else f'{last.year}年'}{last.month}月{last.day}日"


def moment(at: datetime) -> str:
    """2026年11月21日17时30分, in the time of the place."""
    here = at.astimezone(built_in_calendar().zone)
    return f"{here.year}年{here.month}月{here.day}日{here.hour}时{here.minute:02d}分"


def day(at: datetime | None) -> str:
    """2026年11月21日; nothing for nothing."""
    if at is None:
        return "—"
    here = at.astimezone(built_in_calendar().zone)
    return f"{here.year}年{here.month}月{here.day}日"


def share(numerator: int, denominator: int) -> str:
    """92.3%, half up in whole numbers; — when nothing was counted."""
    if denominator == 0:
        return "—"
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    return f"{tenths // 10}.{tenths % 10}%"
