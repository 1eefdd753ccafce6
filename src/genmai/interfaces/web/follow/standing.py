"""Where a matter stands, as the person who brought it would say it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.follow.promises import Promise, ahead, say, written
from genmai.interfaces.web.shell.view_models import Step
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Case, Entry
from genmai.processes.cases.queries.following import Followed

# State → shape, word, sentence ({who}: the body answering for it).
STATES = {
    "received": ("new", _("收到了"), _("{who}已经收到，正在定由谁来办。")),
    "dispatched": ("new", _("等人接"), _("已经交给{who}，等他们接下。")),
    "objected": ("new", _("在定谁办"), _("{who}认为不该由他们办，上级正在定。您不用做什么。")),
    "in_hand": ("in-hand", _("正在办理"), _("{who}正在办。")),
    "suspended": ("in-hand", _("暂停等待"), _("{who}在等一个条件，等到了马上接着办。")),
    "banked": ("in-hand", _("挂账"), _("这件事一时办不了，{who}已经挂账，定期复查。")),
    "replied": ("in-hand", _("已答复"), _("{who}已经答复，别的单位会去核实。办好没有，请您说一声。")),
    "verified": ("in-hand", _("等您评"), _("已经核实过。办好没有，请您说一声。")),
    "closed": ("done", _("办结了"), _("{who}已办结：{how}。")),
    "declined": ("done", _("没有受理"), _("这件事没有受理，原因和该找谁写在下面。")),
    "merged": ("in-hand", _("并到一起办"), _("和同一件事并到一起办，结果一样会告诉您。")),
}
PATH = (_("收到"), _("派出"), _("在办"), _("您评"), _("完结"))
PLACE = {
    "received": 0, "objected": 1, "dispatched": 1, "in_hand": 2, "suspended": 2, "banked": 2, "replied": 3, "verified": 3,
    "closed": 5,
}  # fmt: skip
JUDGED_IN = frozenset({"replied", "verified", "closed"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the head of the page says."""

    shape: str
    word: str
    sentence: str
    who: str
    steps: tuple[Step, ...]
    due: tuple[Promise, ...]
    merged_into: str
    reply: Entry | None
    reply_text: str
    may_judge: bool
    bank: tuple[str, str] = ("", "")  # why it can't be done now, and what is missing
    parts: str = ""


def standing_of(followed: Followed) -> Standing:
    """Everything above the history. One query."""
    live = followed.live
    shape, word, sentence = STATES[live.state]
    who = who_has(live)
    reply = next((entry for entry in followed.answers if entry.kind in ("case.replied", "case.declined")), None)
    return Standing(
        shape=shape,
        word=str(word),
        sentence=str(sentence).format(who=who, how=_how(live)),
        who=who,
        steps=_steps(live.state),
        due=tuple(ahead(followed)),
        merged_into=live.number if live.pk != followed.case.pk else "",
        reply=reply,
        reply_text=written(reply, definition_of(live.mechanism), live.closing_reason) if reply else "",
        may_judge=live.state in JUDGED_IN,
        bank=_bank(followed),
        parts=_parts(followed),
    )


def _bank(followed: Followed) -> tuple[str, str]:
    entry, rule = followed.bank, definition_of(followed.live.mechanism).bank
    if entry is None or rule is None:
        return "", ""
    return (say(rule.reasons[entry.reason]) if entry.reason in rule.reasons else "", entry.missing)


def _parts(followed: Followed) -> str:
    whole, left = followed.parts
    if not whole:
        return ""
    if not left:
        return gettext("这件事分成 {n} 份一起办，都办完了。").format(n=whole)
    return gettext("这件事分成 {n} 份一起办，还有 {left} 份没办完。").format(n=whole, left=left)


def who_has(case: Case) -> str:
    """The body answering for it: the lead, once there is one; until then whoever holds it."""
    return (case.lead or case.holder).short_name


def _how(case: Case) -> str:
    closing = definition_of(case.mechanism).closings.get(case.closing_reason)
    return say(closing.title) if closing else ""


def _steps(state: str) -> tuple[Step, ...]:
    if state == "declined":
        return (Step(str(PATH[0]), "past"), Step(gettext("没有受理"), "current"))
    here = PLACE.get(state, 0)
    return tuple(
        Step(str(label), "past" if at < here else "current" if at == here else "ahead") for at, label in enumerate(PATH)
    )
