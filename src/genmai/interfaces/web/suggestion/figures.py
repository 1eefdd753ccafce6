"""The numbers of the page in words, charts and tables. What is counted is decided by the queries; here it is only said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from genmai.interfaces.web.shell import charts as draw
from genmai.interfaces.web.shell.view_models import SMALL_SAMPLE, Chart, percent
from genmai.processes.cases import mechanism
from genmai.processes.cases.definition_suggestion import Drift
from genmai.processes.cases.queries.suggestion_drift import Moved, Week
from genmai.processes.cases.suggestion.model import Model

TROUBLE: Mapping[str, str] = {
    "damaged": _("模型文件坏了，现在只凭分类表里的词给建议。请重新学一遍。"),
    "missing": _("找不到模型文件，现在只凭分类表里的词给建议。请重新学一遍。"),
}
ENDED: Mapping[str, str] = {
    "too_little": _("学过的文字还太少，没学成；原来的照旧"),
    "stopped": _("中途停了，没学成；原来的照旧"),
    "failed": _("出了意外，没学成；原来的照旧"),
}
LEVELS: Mapping[int, str] = {1: _("一级分类"), 2: _("二级分类"), 3: _("三级分类")}


@dataclass(frozen=True)
class Source:
    """One thing learned from."""

    name: str
    rows: int


@dataclass(frozen=True)
class Measured:
    """One level of the taxonomy: how many subjects, how often it is sure, and how often it is then right."""

    name: str
    classes: int
    decided: int
    right: int
    held_out: int
    macro_f1: str

    @property
    def sure(self) -> str:
        return percent(self.decided, self.held_out)

    @property
    def correct(self) -> str:
        return percent(self.right, self.decided)


def sources(model: Model) -> list[Source]:
    """Labelled sheets by name, then the deployment's own settled cases."""
    sheets = model.facts.get("sheets", [])
    found = [Source(str(one["sheet"]), int(one["rows"])) for one in sheets] if isinstance(sheets, list) else []
    return [*found, Source(gettext("本地办结的事项"), model.count("from_cases"))]


def learned_at(model: Model) -> datetime | None:
    return parse_datetime(str(model.facts.get("learned_at", "")))


def measured(model: Model) -> list[Measured]:
    return [
        Measured(
            name=gettext(LEVELS[head.level]),
            classes=len(head.classes),
            decided=head.decided,
            right=round(head.precision * head.decided),
            held_out=head.held_out,
            macro_f1=f"{head.macro_f1:.3f}",
        )
        for head in model.heads
    ]


def headline(weeks: Sequence[Week]) -> str:
    """The one sentence on top: of the dispatches with a suggestion, how many took it."""
    taken, whole = sum(week.taken for week in weeks), sum(week.all for week in weeks)
    words = {"n": f"{taken:,}", "d": f"{whole:,}", "share": percent(taken, whole)}
    if not whole:
        return gettext("这里还没有照着建议派过单。")
    if whole < SMALL_SAMPLE:
        return gettext("近几周带建议派出的 %(d)s 件里，%(n)s 件照建议办了；样本不足，不算比例。") % words
    return gettext("近几周带建议派出的 %(d)s 件里，%(n)s 件照建议办了（%(share)s%%）。") % words


def by_week(weeks: Sequence[Week]) -> Chart:
    """The share taken, week by week, beside its table."""
    question = gettext("建议有多少被采用？")
    columns = [
        draw.Column(
            label, 100 * week.taken / week.all if week.all else None,
            "" if week.all < SMALL_SAMPLE else percent(week.taken, week.all), small=week.all < SMALL_SAMPLE,
        )
        for week, label in zip(weeks, _labels(weeks), strict=True)
    ]  # fmt: skip
    return Chart(
        question=question,
        answer=headline(weeks),
        svg=draw.columns(question, columns, full=100),
        headers=[gettext("从周一"), gettext("采用"), gettext("改了"), gettext("占比"), gettext("平均把握")],
        rows=[_week_row(week) for week in reversed(weeks)],
        note=gettext("单位：%。虚线：前面各周的平均。斜线：样本不足。改了的也会学进去：办结时的分类就是答案。"),
    )


def _labels(weeks: Sequence[Week]) -> list[str]:
    """Days of the Mondays, the month only where it is another: eight of them fit a phone."""
    labels, month = [], 0
    for week in weeks:
        monday = timezone.localtime(week.monday)
        labels.append(str(monday.day) if monday.month == month else f"{monday.month}/{monday.day}")
        month = monday.month
    return labels


def _week_row(week: Week) -> list[str]:
    share = gettext("样本不足") if week.all < SMALL_SAMPLE else f"{percent(week.taken, week.all)}%"
    sure = f"{week.confidence}%" if week.confidence is not None else "—"
    return [f"{timezone.localtime(week.monday):%Y-%m-%d}", f"{week.taken:,}", f"{week.changed:,}", share, sure]


def drift_words(moved: Moved, rules: Drift) -> str:
    """What the distance means, or that there is too little to tell."""
    words = {"n": f"{moved.cases:,}", "least": rules.least, "weeks": rules.weeks}
    if moved.distance is None:
        return gettext("近 %(weeks)s 周有分类的事项 %(n)s 件，不到 %(least)s 件，先不下结论。") % words
    words["distance"] = f"{moved.distance:.2f}"
    if moved.distance >= rules.learn_anew:
        return gettext("近 %(weeks)s 周的 %(n)s 件和学的时候差得多（偏移 %(distance)s），建议重新学一遍。") % words
    if moved.distance >= rules.watch:
        return gettext("近 %(weeks)s 周的 %(n)s 件和学的时候有些不同（偏移 %(distance)s），再看看。") % words
    return gettext("近 %(weeks)s 周的 %(n)s 件和学的时候差不多（偏移 %(distance)s）。") % words


def drift_rows(moved: Moved, learned: Mapping[str, int]) -> list[list[str]]:
    """First-level subjects, each with its share when learned and now, n and d beside it."""
    old, new = sum(learned.values()), moved.cases
    return [
        [title_of(code), _of(learned.get(code, 0), old), _of(moved.now.get(code, 0), new)]
        for code in in_order(moved, learned)
    ]


def in_order(moved: Moved, learned: Mapping[str, int]) -> list[str]:
    """Codes, those that come most often now first."""
    return sorted(learned.keys() | moved.now.keys(), key=lambda code: (-moved.now.get(code, 0), code))


def _of(count: int, whole: int) -> str:
    return f"{percent(count, whole)}% ({count:,}/{whole:,})" if whole else "—"


def title_of(code: str) -> str:
    """A first-level subject in the reader's language."""
    found = mechanism.taxonomy().categories.get(code)
    if found is None:
        return code
    return found.path_en[-1] if get_language() == "en" else found.name
