"""Counts of the board in words, cards, bars. What is counted is decided in reports.board; here it is only said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genmai.interfaces.web.board.question import HOUR, TODAY, Question
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell import charts as draw
from genmai.interfaces.web.shell.time_words import SHANGHAI
from genmai.interfaces.web.shell.view_models import Chart, percent
from genmai.measures.scores.rules import LEVELS, THREE_RATES
from genmai.processes.cases import mechanism
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.queries.hot_spots import HotSpot
from genmai.processes.cases.queries.problem_bank import Sums
from genmai.reports.board.bands import Band, BodyCount, in_bands
from genmai.reports.board.inflow import Beside, Inflow
from genmai.reports.board.rates import Rate, Rates
from genmai.reports.board.standing import NO_SUBJECT, NOTHING, Count, Standing

WEEKDAYS = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"), gettext_lazy("周五"),
    gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip
BANDS = {
    Band.MUCH: gettext_lazy("超时的占三成以上"),
    Band.SOME: gettext_lazy("超时的占一成到三成"),
    Band.LITTLE: gettext_lazy("超时的不到一成"),
    Band.TOO_FEW: gettext_lazy("在办的太少，不分档"),
}
SHAPES = {Band.MUCH: "late", Band.SOME: "in-hand", Band.LITTLE: "done", Band.TOO_FEW: "noted"}


@dataclass(frozen=True)
class Big:
    """One number to read from afar, the words under it, and the matters behind it."""

    name: str
    number: int
    url: str
    note: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a table of open matters: each count leads to its matters."""

    name: str
    count: Count
    url: str
    url_late: str
    url_soon: str
    rate: Rate | None = None
    url_rate: str = ""

    @property
    def share(self) -> str:
        return percent(self.rate.numerator, self.rate.denominator) if self.rate else ""


@dataclass(frozen=True)
class BandShown:
    """Bodies of one band."""

    title: str
    shape: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Hot:
    """One hot spot in words."""

    place: str
    subject: str
    n: int
    note: str
    url: str
    unusual: bool


def headline(made: Standing, came: Inflow) -> str:
    """The one sentence a leader reads."""
    parts = [_("今天到现在收到 {n} 件，{beside}。").format(n=f"{came.today.now:,}", beside=beside(came.today, came))]
    counts = made.all
    if not counts.open:
        parts.append(_("现在没有在办的事。"))
        return "".join(parts)
    said = {"n": f"{counts.open:,}", "late": f"{counts.late:,}", "soon": f"{counts.soon:,}"}
    parts.append(_("现在有 {n} 件在办，{late} 件已经超时，{soon} 件快到期。").format(**said))
    return "".join(parts)


def beside(number: Beside, came: Inflow) -> str:
    """More, fewer, or as usual by this hour: from how many to how many it was on the same weekdays before."""
    said = {"low": f"{number.low:,}", "high": f"{number.high:,}", "weeks": len(number.before), "day": weekday(came)}
    if not any(number.before):
        return _("前 {weeks} 个{day}这时都没有").format(**said)
    if number.standing > 0:
        return _("比前 {weeks} 个{day}这时都多（{low}–{high} 件）").format(**said)
    if number.standing < 0:
        return _("比前 {weeks} 个{day}这时都少（{low}–{high} 件）").format(**said)
    return _("前 {weeks} 个{day}这时有 {low}–{high} 件").format(**said)


def weekday(came: Inflow) -> str:
    """周日."""
    return str(WEEKDAYS[came.since.astimezone(SHANGHAI).weekday()])


def bigs(asked: Question, made: Standing, came: Inflow, bank: Sums) -> list[Big]:
    """The numbers on top."""
    counts = made.all
    banked = _("其中 {n} 件过了复查的日子").format(n=f"{bank.late:,}") if bank.late else _("都还没到复查的日子")
    return [
        Big(_("今天收到"), came.today.now, asked.matters(came=TODAY), beside(came.today, came)),
        Big(_("这一小时收到"), came.hour.now, asked.matters(came=HOUR), beside(came.hour, came)),
        Big(_("现在在办"), counts.open, asked.matters(), _("还没办结的都算")),
        Big(_("已经超时"), counts.late, asked.matters(late=True), of(counts.late, counts.open), "late"),
        Big(_("快到期"), counts.soon, asked.matters(soon=True), of(counts.soon, counts.open), "in-hand"),
        Big(_("又重新办的"), counts.reopened, asked.matters(reopened=True), of(counts.reopened, counts.open)),
        Big(_("挂账"), bank.all, asked.bank() if bank.all else "", banked if bank.all else _("没有挂着的")),
    ]


def of(number: int, whole: int) -> str:
    """在办的 412 件里占 5.6%; without a whole nothing."""
    if not whole:
        return ""
    return _("在办的 {whole} 件里占 {share}%").format(whole=f"{whole:,}", share=percent(number, whole))


def states(asked: Question, made: Standing) -> list[Line]:
    """By the step it stands at, in the order of the loop."""
    return [
        _line(asked, words.badge(state)[1], made.by_state[state], state=state)
        for state in OPEN
        if state in made.by_state
    ]


def levels(asked: Question, made: Standing, month: Rates) -> list[Line]:
    """Where matters stand on the ladder now, and where those solved this month were solved."""
    found = []
    for level in LEVELS:
        rate = month.rates[f"solved_at_{level}"]
        line = _line(asked, str(words.LEVELS[level]), made.by_level.get(level, NOTHING), level=level)
        found.append(
            Line(
                line.name,
                line.count,
                line.url,
                line.url_late,
                line.url_soon,
                rate,
                asked.figure(rate.rule.key, month.month),
            )
        )
    return found


def subjects(asked: Question, made: Standing) -> list[Line]:
    """By subject of the first level, most first; what nobody has classified last."""
    taxonomy = mechanism.taxonomy()
    ordered = sorted(made.by_subject.items(), key=lambda item: (item[0] == NO_SUBJECT, -item[1].open, item[0]))
    return [
        _line(
            asked,
            words.subject(taxonomy.lookup(code)) if code in taxonomy else _("还没归类"),
            count,
            subject=code,
        )
        for code, count in ordered
    ]


def bands(asked: Question, bodies: Sequence[BodyCount]) -> list[BandShown]:
    """Bodies in bands, within each in the order of the tree."""
    return [
        BandShown(
            str(BANDS[band]),
            SHAPES[band],
            tuple(_line(asked, row.organisation.short_name, row.count, body=row.organisation.pk) for row in rows),
        )
        for band, rows in in_bands(bodies)
    ]


def _line(asked: Question, name: str, count: Count, **part: object) -> Line:
    return Line(
        name,
        count,
        asked.matters(**part),
        asked.matters(**part, late=True),
        asked.matters(**part, soon=True),
    )


def hot(asked: Question, found: Sequence[HotSpot], span: str) -> list[Hot]:
    """Hot spots in words, each leading to its matters."""
    taxonomy = mechanism.taxonomy()
    return [
        Hot(
            place=one.place,
            subject=words.subject(taxonomy.lookup(one.category)) if one.category in taxonomy else _("还没归类"),
            n=one.n,
            note=_usual(one),
            url=asked.matters(hot=one.home, subject=one.category or NO_SUBJECT, span=span),
            unusual=one.unusual,
        )
        for one in found
    ]


def _usual(one: HotSpot) -> str:
    if one.usual < 0.05:
        return _("往常几乎没有，还有 {open} 件没办结").format(open=one.still_open)
    return _("往常 {usual} 件，还有 {open} 件没办结").format(usual=f"{one.usual:.1f}", open=one.still_open)


def hours(asked: Question, came: Inflow) -> Chart:
    """Today's hours so far, each beside the usual."""
    question = _("今天每小时收到多少？")
    top = max([*came.by_hour, *came.usual_by_hour, 1])
    shown = [draw.Column(str(hour), n, str(n) if n else "") for hour, n in enumerate(came.by_hour)]
    rows = [
        [f"{hour}:00–{hour + 1}:00", f"{n:,}", f"{came.usual_by_hour[hour]:.1f}"]
        for hour, n in reversed(list(enumerate(came.by_hour)))
    ]
    return Chart(
        question=question,
        answer=_("这一小时 {n} 件，{beside}。").format(n=came.hour.now, beside=beside(came.hour, came)),
        svg=draw.columns(question, shown[-12:], full=top),
        headers=[_("几点"), _("今天"), _("往常平均")],
        rows=rows,
        note=_(
            "最近十二个小时，最后一根是正在过的这一小时。虚线：前面各小时的平均。往常：前 {weeks} 个{day}的平均。"
        ).format(weeks=len(came.today.before), day=weekday(came)),
    )


def by_state(asked: Question, made: Standing) -> Chart:
    """A bar a step."""
    question, lines = _("在办的事都到哪一步了？"), states(asked, made)
    most = max(lines, key=lambda line: line.count.open, default=None)
    answer = (
        _("最多的是“{name}”，{n} 件。").format(name=most.name, n=f"{most.count.open:,}")
        if most
        else _("现在没有在办的事。")
    )
    return _bars(question, answer, lines, _("到哪一步"))


def by_subject(asked: Question, made: Standing) -> Chart:
    """A bar a subject."""
    question, lines = _("在办的都是什么事？"), subjects(asked, made)
    without = made.by_subject.get(NO_SUBJECT, NOTHING).open
    known = lines[: len(lines) - bool(without)]
    parts = []
    if known:
        parts.append(_("最多的是{name}，{n} 件。").format(name=known[0].name, n=f"{known[0].count.open:,}"))
    if without:
        parts.append(_("还有 {n} 件没归类。").format(n=f"{without:,}"))
    return _bars(question, "".join(parts) or _("现在没有在办的事。"), lines, _("类别"))


def _bars(question: str, answer: str, lines: Sequence[Line], head: str) -> Chart:
    drawn = [draw.Bar(line.name, line.count.open, _late_words(line.count), url=line.url) for line in lines[:10]]
    return Chart(
        question=question,
        answer=answer,
        svg=draw.bars(question, drawn),
        headers=[head, _("在办"), _("已经超时"), _("快到期")],
        rows=[
            [
                line.name,
                linked(line.count.open, line.url),
                linked(line.count.late, line.url_late),
                linked(line.count.soon, line.url_soon),
            ]
            for line in lines
        ],
    )


def _late_words(count: Count) -> str:
    if not count.late:
        return f"{count.open:,}"
    return _("{n}，超时 {late}").format(n=f"{count.open:,}", late=f"{count.late:,}")


def linked(number: int, url: str) -> str | SafeString:
    """A count that leads to its matters; nothing to lead to, no link."""
    return format_html('<a href="{}">{}</a>', url, f"{number:,}") if number else "0"


@dataclass(frozen=True)
class RateShown:
    """One of the month's rates with its proof."""

    name: str
    rate: Rate
    url: str
    known_at: datetime
    counts: str

    @property
    def share(self) -> str:
        return percent(self.rate.numerator, self.rate.denominator)


def month_rates(asked: Question, month: Rates) -> list[RateShown]:
    """Response, solution, satisfaction, overdue."""
    found = []
    for key in (*THREE_RATES, "overdue"):
        rate = month.rates[key]
        counts = _("分子：%(n)s；分母：%(d)s") % {"n": _(rate.rule.numerator), "d": _(rate.rule.denominator)}
        found.append(RateShown(_(rate.rule.title), rate, asked.figure(key, month.month), month.known_at, counts))
    return found
