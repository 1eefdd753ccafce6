"""Figures of measures.scores in words, cards and charts. What is counted is decided there; here it is only said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.shell import charts as draw
from genmai.interfaces.web.shell.time_words import exact_words
from genmai.interfaces.web.shell.view_models import Chart, percent
from genmai.interfaces.web.unit.question import Question, words_of
from genmai.measures.scores.case_figures import Board, Figure
from genmai.measures.scores.rules import CALL_RULES, LEVELS, THREE_RATES

SHOWN = (*THREE_RATES, "overdue")
PERSONS = frozenset(THREE_RATES)  # what these count are people; the others count matters
SAID = frozenset({"call_came", "call_made"})  # what these count are answers, the other figures of calls count calls
BASE = 3  # the village or community: "big matters don't leave it"
QUESTIONS = {
    "response": gettext_lazy("反映的人，按时联系上了吗？"),
    "solution": gettext_lazy("事情解决了吗？"),
    "satisfaction": gettext_lazy("反映的人满意吗？"),
    "overdue": gettext_lazy("有多少件超过了办理时限？"),
}


@dataclass(frozen=True)
class Shown:
    """One figure with its proof. `lender`: the unit above whose figure stands in for a small sample, and that figure."""

    key: str
    name: str
    numerator: int
    denominator: int
    small: bool
    unit: str
    url: str
    as_of: datetime
    rule: str
    formula: str
    counts: str = ""
    url_numerator: str = ""
    change: str = ""
    lender: str = ""
    lent: str = ""

    @property
    def empty(self) -> bool:
        return self.denominator == 0

    @property
    def percent(self) -> str:
        return percent(self.numerator, self.denominator)

    @property
    def counts_first(self) -> bool:
        """Overdue reads as a number of matters, the others as a share."""
        return self.key == "overdue"

    @property
    def pair(self) -> str:
        """n/d with its unit."""
        return f"{self.numerator:,} / {self.denominator:,} {self.unit}"


def unit_of_count(key: str) -> str:
    if key in CALL_RULES:
        return _("项") if key in SAID else _("次")
    return _("人") if key in PERSONS else _("件")


def cell(asked: Question, figure: Figure, *, of: Organisation) -> Shown:
    """A figure of a unit below, for a row of the table."""
    key, rule = figure.rule.key, figure.rule
    return Shown(
        key=key,
        name=_(rule.title),
        numerator=figure.numerator,
        denominator=figure.denominator,
        small=figure.small,
        unit=unit_of_count(key),
        url=asked.deeds(key, unit=of, month=figure.month) if figure.denominator else "",
        as_of=figure.known_at,
        rule=rule.name,
        formula=rule.formula,
    )


def shown(asked: Question, board: Board, figure: Figure) -> Shown:
    """A figure of the unit with all its proof, compared with the month before where both can stand alone."""
    key, rule, lender = figure.rule.key, figure.rule, figure.lender
    index = board.months.index(figure.month)
    before = board.figure(figure.unit.path, board.months[index - 1], key) if index else None
    return replace(
        cell(asked, figure, of=asked.unit),
        url=asked.deeds(key, month=figure.month),
        url_numerator=asked.deeds(key, month=figure.month, only=True),
        counts=_("分子：%(n)s；分母：%(d)s") % {"n": _(rule.numerator), "d": _(rule.denominator)},
        change=_change(figure, before) if before else "",
        lender=lender.unit.name if lender else "",
        lent=_share(lender) if lender else "",
    )


def shown_alone(asked: Question, figure: Figure) -> Shown:
    """A figure of the unit with its proof, compared with nothing."""
    rule, lender = figure.rule, figure.lender
    return replace(
        cell(asked, figure, of=asked.unit),
        url_numerator=asked.deeds(rule.key, month=figure.month, only=True),
        counts=_("分子：%(n)s；分母：%(d)s") % {"n": _(rule.numerator), "d": _(rule.denominator)},
        lender=lender.unit.name if lender else "",
        lent=_share(lender) if lender else "",
    )


def cards(asked: Question, board: Board) -> list[Shown]:
    """The three rates and what is overdue, of the month asked for."""
    return [shown(asked, board, board.figure(asked.unit.path, asked.month, key)) for key in SHOWN]


def headline(asked: Question, board: Board) -> str:
    """The one sentence a leader reads: what the people concerned say."""
    figure = board.figure(asked.unit.path, asked.month, "solution")
    words = {"month": asked.month_words, "n": figure.numerator, "d": figure.denominator}
    if not figure.denominator:
        return _("%(month)s，还没有人回话说解决没解决。") % words
    if figure.small:
        return _("%(month)s，回话的只有 %(d)s 人，样本不足；其中 %(n)s 人说解决了。") % words
    words["share"] = percent(figure.numerator, figure.denominator)
    return _("%(month)s，%(d)s 人回了话，%(n)s 人说解决了（%(share)s%%）。") % words


def charts(asked: Question, board: Board) -> list[Chart]:
    """Each rate over the months, against its own past."""
    return [_over_months(asked, [board.figure(asked.unit.path, month, key) for month in board.months]) for key in SHOWN]


def _over_months(asked: Question, months: Sequence[Figure]) -> Chart:
    last = months[-1]
    key, question = last.rule.key, str(QUESTIONS[last.rule.key])
    counted = key == "overdue"
    columns = [_column(figure, counted) for figure in months]
    return Chart(
        question=question,
        answer=_against_past(months),
        svg=draw.columns(question, columns, full=None if counted else 100),
        headers=[_("月份"), _(last.rule.title), _("分子"), _("分母")],
        rows=[_month_row(asked, figure) for figure in reversed(months)],
        note=_note(last, counted),
    )


def _column(figure: Figure, counted: bool) -> draw.Column:
    label = str(int(figure.month[-2:]))
    if not figure.denominator:
        return draw.Column(label, None)
    if counted:
        return draw.Column(label, figure.numerator, str(figure.numerator))
    share = (figure.value or 0) / 100
    return draw.Column(label, share, "" if figure.small else f"{share:.0f}", small=figure.small)


def _against_past(months: Sequence[Figure]) -> str:
    """This month, and all months before it taken together, each with n and d."""
    last, past = months[-1], months[:-1]
    n, d = sum(f.numerator for f in past), sum(f.denominator for f in past)
    words = {"unit": unit_of_count(last.rule.key), "now": _share(last), "months": len(past)}
    if not last.denominator:
        here = _("这个月还没有可以计入的。")
    elif last.small:
        here = _("这个月样本不足，只有 %(d)s %(unit)s。") % {**words, "d": last.denominator}
    else:
        here = _("这个月 %(now)s。") % words
    if not d:
        return here
    before = _("前 %(months)s 个月合起来 %(past)s。") % {
        **words,
        "past": _with_pair(n, d, f" {words['unit']}"),
    }
    return here + before


def _note(figure: Figure, counted: bool) -> str:
    """How to read the drawing, and the proof; what is counted stands on the card above."""
    drawn = _("单位：%(what)s。虚线：前面各月的平均。") % {"what": _("件") if counted else "%"}
    if not counted:
        drawn += _("斜线：样本不足。")
    return f"{drawn}{_proof(figure)}"


def _proof(figure: Figure) -> str:
    words = {"at": exact_words(figure.known_at), "rule": f"{figure.rule.name} · {figure.rule.formula}"}
    return _("截至 %(at)s，规则 %(rule)s") % words


def _month_row(asked: Question, figure: Figure) -> list[str | SafeString]:
    key, month = figure.rule.key, figure.month
    share = (
        _("样本不足") if figure.small and figure.denominator else percent(figure.numerator, figure.denominator) + "%"
    )
    return [
        words_of(month),
        share if figure.denominator else "—",
        number(figure.numerator, asked.deeds(key, month=month, only=True)),
        number(figure.denominator, asked.deeds(key, month=month)),
    ]


def number(count: int, url: str) -> str | SafeString:
    """A count that leads to its deeds; nothing to lead to, no link."""
    return format_html('<a href="{}">{}</a>', url, f"{count:,}") if count else "0"


def levels(asked: Question, board: Board) -> Chart:
    """Where matters of this unit were solved in the month: as a bar of the whole, and beside the month before."""
    path = asked.unit.path
    now = {level: board.figure(path, asked.month, f"solved_at_{level}") for level in LEVELS}
    before = {level: board.figure(path, asked.previous, f"solved_at_{level}") for level in LEVELS}
    whole = now[BASE].denominator
    segments = [
        draw.Segment(_(word), now[level].numerator, f"{percent(now[level].numerator, whole)}%")
        for level, word in LEVELS.items()
        if now[level].numerator
    ]
    question = _("事情在哪一级解决？")
    shown_bar = not now[BASE].small
    if not any(board.figure(path, month, f"solved_at_{BASE}").denominator for month in board.months):
        return Chart(question, _nowhere(now[BASE], len(board.months)) + _above(now), "", (), (), _proof(now[BASE]))
    return Chart(
        question=question,
        answer=_solved_low(now),
        svg=draw.share_bar(question, segments) if shown_bar else "",
        headers=[_("层级"), _("解决的件"), _("占比"), _("上月")],
        rows=[_level_row(asked, now[level], before[level], _(word)) for level, word in LEVELS.items()],
        note=_("分母：%(d)s，%(whole)s 件。") % {"d": _(now[BASE].rule.denominator), "whole": whole}
        + _proof(now[BASE]),
    )


def _solved_low(now: dict[int, Figure]) -> str:
    """How much did not leave the village; of the unit above where here is too little to say."""
    figure = now[BASE]
    low = sum(now[level].numerator for level in now if level <= BASE)
    words = {"low": low, "whole": figure.denominator, "share": percent(low, figure.denominator)}
    if not figure.denominator:
        here = _("这个月还没有办结且解决的事。")
    elif figure.small:
        here = _("这个月只解决了 %(whole)s 件，样本不足；其中 %(low)s 件没有出村社。") % words
    else:
        return _("解决的 %(whole)s 件里，%(low)s 件没有出村社（%(share)s%%）。") % words
    return here + _above(now)


def _nowhere(figure: Figure, months: int) -> str:
    """Departments and grids: matters count where they arise, in villages and communities."""
    words = {"months": months, "name": figure.unit.name}
    return _("层级按事情发生的地方算，%(months)s 个月里没有记在%(name)s名下办结且解决的事。") % words


def _above(now: dict[int, Figure]) -> str:
    """The same of the unit above that lends its figure, or nothing."""
    lender = now[BASE].lender
    if lender is None:
        return ""
    low = sum(f.lender.numerator for level, f in now.items() if f.lender and level <= BASE)
    words = {"name": lender.unit.name, "n": low, "d": lender.denominator, "share": percent(low, lender.denominator)}
    return _("上级%(name)s：%(d)s 件里 %(n)s 件没有出村社（%(share)s%%）。") % words


def _level_row(asked: Question, now: Figure, before: Figure, word: str) -> list[str | SafeString]:
    key = now.rule.key
    return [
        word,
        number(now.numerator, asked.deeds(key, only=True)),
        _of(now),
        _of(before),
    ]


def _of(figure: Figure) -> str:
    if not figure.denominator:
        return "—"
    if figure.small:
        return f"{figure.numerator:,}/{figure.denominator:,}"
    return _with_pair(figure.numerator, figure.denominator)


def _share(figure: Figure) -> str:
    return _with_pair(figure.numerator, figure.denominator, f" {unit_of_count(figure.rule.key)}")


def _with_pair(numerator: int, denominator: int, unit: str = "") -> str:
    """A share never stands without what it is of: 80.0%（4/5 人）."""
    pair = f"{numerator:,}/{denominator:,}{unit}"
    return _("%(share)s%%（%(pair)s）") % {"share": percent(numerator, denominator), "pair": pair}


def _change(now: Figure, before: Figure) -> str:
    """Signed difference to the month before in percentage points; empty when either is small."""
    if now.small or before.small:
        return ""
    tenths = (_permille(now) - _permille(before)) if now.denominator and before.denominator else 0
    sign = "+" if tenths > 0 else "−" if tenths < 0 else "±"
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"


def _permille(figure: Figure) -> int:
    return (2000 * figure.numerator + figure.denominator) // (2 * figure.denominator)
