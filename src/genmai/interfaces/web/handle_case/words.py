"""What people read for a state, a limit, a deed: the base's own words, never a code."""

from __future__ import annotations

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from genmai.mechanisms.schema import Text
from genmai.mechanisms.taxonomy import Category
from genmai.processes.cases import clocks
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import Case

# State → shape and colour, the usual word, the word once a limit is over.
BADGES: dict[str, tuple[str, object, object]] = {
    "received": ("new", _("还没分派"), _("超时未派")),
    "dispatched": ("new", _("还没人接"), _("超时未接")),
    "objected": ("in-hand", _("有异议，等审核"), _("超时未审")),
    "in_hand": ("in-hand", _("正在办"), _("超时未办结")),
    "suspended": ("in-hand", _("已挂起"), _("已挂起")),
    "banked": ("in-hand", _("挂账，等复查"), _("超时未复查")),
    "replied": ("in-hand", _("已答复，等核实"), _("超时未核实")),
    "verified": ("in-hand", _("已核实，等回访"), _("超时未回访")),
    "closed": ("done", _("已办结"), _("已办结")),
    "declined": ("done", _("不予受理"), _("不予受理")),
    "merged": ("done", _("已并入"), _("已并入")),
}
LATE_CAN_BE = frozenset({"received", "dispatched", "objected", "in_hand", "banked", "replied", "verified"})
TABS = (
    "received",
    "dispatched",
    "objected",
    "in_hand",
    "suspended",
    "banked",
    "replied",
    "verified",
    "closed",
    "declined",
    "merged",
)

# The event that meets a limit → what is to be done, and the verb that does it.
TO_DO: dict[str, tuple[object, str]] = {
    "dispatched": (pgettext_lazy("do", "分派"), "dispatch"),
    "accepted": (pgettext_lazy("do", "接单"), "accept"),
    "contacted": (pgettext_lazy("do", "联系反映人"), "contact"),
    "arrived": (pgettext_lazy("do", "到现场报到"), "arrive"),
    "responded": (pgettext_lazy("do", "响应呼叫"), "respond"),
    "replied": (pgettext_lazy("do", "办结答复"), "reply"),
    "verified": (pgettext_lazy("do", "核实"), "verify"),
    "visited": (pgettext_lazy("do", "回访"), "visit"),
    "closed": (pgettext_lazy("do", "办结"), "close"),
}
DECIDE = {
    "objection": (pgettext_lazy("do", "审核异议"), "decide_objection"),
    "extension": (pgettext_lazy("do", "批准延期"), "decide_extension"),
    "suspension": (pgettext_lazy("do", "批准挂起"), "decide_suspension"),
    "bank": (pgettext_lazy("do", "批准挂账"), "decide_bank"),
    "wrong_call": (pgettext_lazy("do", "答复“不该叫”"), "answer_flag"),
    "insisted": (pgettext_lazy("do", "裁定该不该叫"), "decide_flag"),
    "climb": (pgettext_lazy("do", "决定提不提级"), "decide_climb"),
}
LEVELS = {1: _("楼栋"), 2: _("网格"), 3: _("村社"), 4: _("镇街"), 5: _("区"), 6: _("市")}
PARTS = {"lead": _("主办"), "assist": _("协办"), "called": _("被呼叫")}
REQUESTS = {
    "objection": _("异议"),
    "extension": _("延期申请"),
    "suspension": _("挂起申请"),
    "bank": _("挂账申请"),
    "wrong_call": _("说不该叫他们"),
    "insisted": _("坚持要叫"),
    "climb": _("在这一级待久了，该提一级"),
}
SATISFACTION = {1: _("不满意"), 2: _("基本满意"), 3: _("满意")}
CLOCKS = {
    "urgent_hours": _("{n} 小时，昼夜连续算"),
    "urgent_days": _("{n} 天，昼夜连续算"),
    "working_hours": _("{n} 个工作时，只算上班时间"),
    "working_days": _("{n} 个工作日，当天不算"),
    "calendar_days": _("{n} 个自然日，当天不算"),
}


def say(text: Text) -> str:
    """A mechanism's words in the reader's language."""
    return text.en if get_language() == "en" else text.zh


def subject(category: Category) -> str:
    """A subject's whole name in the reader's language."""
    return category.title_en if get_language() == "en" else category.title


def told(what: str, detail: str) -> str:
    """交办：姜山镇, or Dispatched: Jiangshan; without a detail only what it is."""
    return gettext("{what}：{detail}").format(what=what, detail=detail) if detail else what


def aside(what: str, detail: str) -> str:
    """核实（周三 17:00）, or Verify (Wed 17:00); without a detail only what it is."""
    return gettext("{what}（{detail}）").format(what=what, detail=detail) if detail else what


def badge(state: str, late: bool = False) -> tuple[str, str]:
    """Shape and word of a state."""
    kind, word, over = BADGES[state]
    return ("late", str(over)) if late and state in LATE_CAN_BE else (kind, str(word))


def to_do(definition: CasesSection, key: str, request_kind: str = "") -> tuple[str, str]:
    """What a limit asks of whoever owes it, and the verb that meets it."""
    promise = definition.milestones.get(key)
    found: tuple[object, str]
    if key == clocks.DECIDE:
        found = DECIDE.get(request_kind, (pgettext_lazy("do", "作出决定"), ""))
    elif key == clocks.VISIT:
        found = TO_DO["visited"]
    elif key == clocks.REVIEW:
        found = (pgettext_lazy("do", "复查挂账"), "review_bank")
    elif promise is None:
        found = (key, "")
    else:
        found = TO_DO.get(promise.met_by, (say(promise.title), ""))
    return str(found[0]), found[1]


def limit_title(definition: CasesSection, key: str, request_kind: str = "") -> str:
    """The name of a limit."""
    if key in definition.milestones:
        return say(definition.milestones[key].title)
    return to_do(definition, key, request_kind)[0]


def title_of(case: Case, length: int = 60) -> str:
    """The matter's title, or its first words."""
    words = case.title or " ".join(case.text.split())
    return words if len(words) <= length else words[: length - 1] + "…"


_ENDS = "。！？!?；;\n"
HEADLINE = 28


def headline(case: Case) -> str:
    """The title, or the first sentence or clause: short enough to stand over the whole text."""
    words = case.title or case.text.strip()
    ends = [words.index(mark) for mark in _ENDS if mark in words]
    first = words[: min(ends)] if ends and not case.title else words
    if len(first) > HEADLINE and "，" in first[4:HEADLINE]:
        first = first[: first.rindex("，", 0, HEADLINE)]
    return first if len(first) <= HEADLINE * 2 else first[: HEADLINE - 1] + "…"


def state_words(state: str) -> str:
    """The long words of a state, as in the flow."""
    return gettext(FLOW.states[state])


def outcome_words(definition: CasesSection, outcome: str) -> str:
    """How it ended, from the closings, or one of the record's own words."""
    closing = definition.closings.get(outcome)
    if closing is not None:
        return say(closing.title)
    return str(OUTCOMES.get(outcome, outcome))


OUTCOMES = {
    "promised": _("已答应，还没办好"),
    "fixed": _("解决了"),
    "not_fixed": _("没解决"),
    "no_answer": _("没联系上"),
    "on_time": _("按时"),
    "late": _("超时"),
    "coming": _("马上来"),
    "wrong": _("不该叫我们"),
    "resumed": _("提前恢复"),
    "expired": _("到期恢复"),
    "called_off": _("收回，不用办了"),
}
