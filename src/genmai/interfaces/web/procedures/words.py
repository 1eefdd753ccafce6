"""How files speak: states, whose turn, from when to when, why not yet."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.time_words import day_words
from genmai.kernel.refusal import Refused
from genmai.mechanisms.schema import Span, Text
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures.course import Hindrance
from genmai.processes.registers.procedures.mechanism import section_of
from genmai.processes.registers.procedures.rules import After, Procedure, Step

KINDS: dict[str, object] = {
    "opened": _("建档"),
    "closed": _("办完"),
    "recorded": _("记下一次"),
    "asked": _("请各部门联审"),
    "answered": _("答复"),
    "extended": _("延长"),
    "sent_back": _("退回重办"),
    "stopped": _("中止"),
    "resumed": _("恢复办理"),
    "ended": _("终止"),
}
_UNITS = {
    "day": _("{n} 天"),
    "week": _("{n} 周"),
    "month": _("{n} 个月"),
    "year": _("{n} 年"),
}


def badge(dossier: Dossier, today: date) -> tuple[str, str]:
    """Shape and word of where a file is."""
    if dossier.state == "stopped":
        return "late", gettext("已中止")
    if dossier.state == "done":
        return "done", gettext("都办完了")
    if dossier.state == "ended":
        return "done", gettext("已终止")
    if dossier.next_until is not None and dossier.next_until < today:
        return "late", gettext("过了期限")
    if dossier.next_from is not None and dossier.next_from > today:
        return "new", gettext("时间还没到")
    return "in-hand", gettext("轮到办了")


def day(value: date | None, today: date) -> str:
    """A day as people say it; nothing for none."""
    return day_words(value, today) if value is not None else ""


def turn(dossier: Dossier, rules: Procedure) -> str:
    """第 6 步 培养教育考察; nothing when all is done."""
    step = rules.steps.get(dossier.next_step)
    return numbered(step) if step is not None else ""


def numbered(step: Step) -> str:
    """第 6 步 培养教育考察."""
    return gettext("第 {order} 步 {title}").format(order=step.order, title=say(step.title))


def body(dossier: Dossier, key: str) -> str:
    """支部, 基层党委: who closes a step."""
    kind = section_of(dossier.mechanism).bodies.get(key)
    return say(kind.title) if kind is not None else ""


def span(value: Span) -> str:
    """3 个月."""
    return str(_UNITS[value.unit]).format(n=value.amount)


def limits(step: Step, rules: Procedure) -> list[str]:
    """What the rules say about when, in plain words: for a step still ahead."""
    found = [line for rule in step.after for line in _limit(rule, rules)]
    for valid in step.valid:
        title, length = say(rules.steps[valid.step].title), span(valid.for_)
        found.append(gettext("“{title}”{span}内有效").format(title=title, span=length))
    if step.age is not None:
        found.append(gettext("年满 {age} 岁").format(age=step.age))
    for records in step.records.values():
        about = gettext("“{title}”大约每{span}一次，至少 {least} 次")
        found.append(about.format(title=say(records.title), span=span(records.every), least=records.least))
    if step.vote is not None:
        found.append(gettext("到会超过应到的一半，同意超过应到的一半") if _halves(step) else gettext("要表决"))
    return found


def _halves(step: Step) -> bool:
    vote = step.vote
    return vote is not None and str(vote.present_over) == str(vote.for_over) == "1/2"


def _limit(rule: After, rules: Procedure) -> list[str]:
    step = rules.steps[rule.step]
    found = []
    if rule.least is not None:
        text = gettext("第 {order} 步以后满 {span}")
        found.append(text.format(order=step.order, span=span(rule.least)))
    if rule.most is not None:
        text = gettext("第 {order} 步以后 {span}内")
        if rule.redo_from is not None:
            text = gettext("第 {order} 步以后 {span}内，过了要从第 {again} 步重办")
        again = rules.steps[rule.redo_from].order if rule.redo_from else 0
        found.append(text.format(order=step.order, span=span(rule.most), again=again))
    return found


def why(hindrance: Hindrance) -> str:
    """The sentence of a hindrance in the reader's language."""
    params = {name: _shown(value) for name, value in hindrance.params.items()}
    said = Refused(hindrance.code, hindrance.message)
    said.params = params
    return said.text(gettext)


def _shown(value: object) -> object:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, tuple):
        return ("、" if get_language() != "en" else ", ").join(str(_shown(one)) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def told(entry: DossierEntry, words: dict[str, str], rules: Procedure) -> list[tuple[str, str]]:
    """What was written in an entry: (question, answer) in the rules' words."""
    step = rules.steps.get(entry.step)
    found = []
    if entry.entitled is not None:
        vote = gettext("应到 {entitled}，实到 {present}，同意 {in_favour}，书面同意 {written}")
        found.append((gettext("表决"), vote.format(entitled=entry.entitled, present=entry.present,
                                                  in_favour=entry.in_favour, written=entry.written)))  # fmt: skip
    if entry.months:
        found.append((gettext("延长"), gettext("{n} 个月").format(n=entry.months)))
    order = list(step.asks) if step is not None else []
    for key, value in sorted(words.items(), key=lambda one: order.index(one[0]) if one[0] in order else len(order)):
        ask = step.asks.get(key) if step is not None else None
        if ask is not None:
            found.append((say(ask.title), say(ask.choices[value]) if value in ask.choices else value))
        elif key == "_reason":
            found.append((gettext("为什么更正"), value))
        else:
            found.append(("", value))
    if entry.document:
        found.append((gettext("依据"), entry.document))
    return found
