"""What my organisation was told in the last days, one line a notice, each leading to its matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from genmai.directory.territory.days import SHANGHAI
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.my_work import elsewhere
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.queries import lists, rounds
from genmai.records.notices.commands import MEANT_FOR
from genmai.records.notices.models import Notice
from genmai.records.notices.queries import mine

READ = 40
SHOWN = 12

WORDS: dict[str, object] = {
    "case.received": _("收到一件新事项"),
    "case.dispatched": _("交给我们办"),
    "case.accepted": _("有人接单了"),
    "case.objected": _("有单位提出异议，等我们审核"),
    "case.objection_upheld": _("异议成立"),
    "case.objection_rejected": _("异议不成立，仍由我们办"),
    "case.returned": _("被退回来，要重新分派"),
    "case.assist_asked": _("请我们协办"),
    "case.called": _("呼叫我们"),
    "case.wrongly_called": _("被呼叫的单位说不该叫他们"),
    "case.concluded": _("协办的单位办完了"),
    "case.part_promised": _("一起办的单位答应了日期"),
    "case.released": _("不再需要我们了"),
    "case.decision_asked": _("有一份申请等我们批"),
    "case.decision_made": _("申请有了答复"),
    "case.suspended": _("同意挂起，时限暂停"),
    "case.resumed": _("恢复办理，时限继续"),
    "case.replied": _("已答复，等我们核实"),
    "case.verified": _("核实属实"),
    "case.rework_asked": _("没办好，退回重办"),
    "case.judged": _("反映人评价了"),
    "case.root_cause_opened": _("反复发生的事，交我们查原因"),
    "case.event_attached": _("反复发生的事又有一件"),
    "case.closed": _("办结了"),
    "case.reopened": _("重新办理"),
    "case.merged": _("有同类事项并进来"),
    "case.unmerged": _("合并撤销了，恢复单独办"),
    "case.split": _("拆成几件分头办了"),
    "case.called_off": _("收回了，不用我们办了"),
    "case.attached": _("挂到另一件下面了"),
    "case.child_gained": _("下面添了一件"),
    "case.call_flagged": _("被呼叫的单位说不该叫他们，等我们答复"),
    "case.call_insisted": _("镇街坚持要叫，等裁定"),
    "case.call_to_score": _("呼叫办完了，请评一评"),
    "case.call_rated": _("呼叫互评公开了"),
    "case.banked": _("同意挂账，定期复查"),
    "case.bank_reviewed": _("挂账的复查过了，还要等"),
    "case.unbanked": _("挂账的重新办理了"),
    "case.climb_proposed": _("在这一级待久了，决定提不提级"),
    "case.climb_refused": _("不提级，仍由我们办"),
    "case.still_not_fixed": _("反映人还是说没解决，交到我们这一级"),
    "case.taken_back": _("被收回去重新分派了"),
    "case.chased": _("催我们办"),
    "case.chased_below": _("下级超时，正在催办"),
    "round.notified": _("区里暗访发现问题，要我们整改"),
    "round.issued": _("暗访督查出了通报"),
    "milestone.warned": _("快到期了"),
    "milestone.missed": _("超时了"),
    "milestone.raised": _("下级超时，报到我们这里"),
}


@dataclass(frozen=True)
class NoticeLine:
    """One thing we were told."""

    at: datetime
    what: str
    title: str
    url: str
    held: str = ""  # why it came later than it was written


def lines(viewer: Viewer, *, since: datetime) -> list[NoticeLine]:
    """Two queries, one more where a round of inspection is told of. What is out of sight by now is left out."""
    said = {**WORDS, **elsewhere.WORDS}
    told = [one for one in mine(viewer, limit=READ) if one.at >= since and one.kind in said]
    ids = [one.source_id for one in told if one.source_kind == "case"]
    cases = {case.public_id: case for case in lists.visible(viewer).filter(public_id__in=ids).defer("words", "reach")}
    of_rounds = [one.source_id for one in told if one.source_kind == "round"]
    told_of = rounds.by_ids(viewer, ids=of_rounds) if of_rounds else {}
    others = elsewhere.targets(viewer, told)
    found = []
    for one in told:
        case = cases.get(one.source_id)
        if one.source_id in others:
            title, url = others[one.source_id]
            found.append(NoticeLine(one.at, _meant_for(one, str(said[one.kind])), title, url, _held(one)))
        elif one.source_id in told_of:
            url = reverse("inspection_round", args=[one.source_id])
            found.append(NoticeLine(one.at, str(WORDS[one.kind]), told_of[one.source_id].title, url, _held(one)))
        elif case is not None:
            url = reverse("case", args=[case.public_id])
            found.append(NoticeLine(one.at, _what(one, case.mechanism), words.title_of(case, 40), url, _held(one)))
    return found[:SHOWN]


def _meant_for(notice: Notice, said: str) -> str:
    """What was done; of a body that nobody keeps also whose it is, since we are told in its place."""
    whose = notice.payload.get(MEANT_FOR, "")
    if not whose:
        return said
    return str(_("{said}（是{whose}的事，那里没有人管，请您办）")).format(said=said, whose=whose)


HELD = {
    "night": _("夜里不打扰，{until} 一起送"),
    "rest_day": _("休息日不打扰，{until} 一起送"),
    "own": _("在您的安静时间里，{until} 一起送"),
}


def _held(notice: Notice) -> str:
    """Why a notice was held back, and until when; empty for most."""
    if notice.held_until is None or notice.held_why not in HELD:
        return ""
    return str(HELD[notice.held_why]).format(until=notice.held_until.astimezone(SHANGHAI).strftime("%m-%d %H:%M"))


def _what(notice: Notice, mechanism: str) -> str:
    said = str(WORDS[notice.kind])
    limit = notice.payload.get("milestone", "")
    return words.told(said, words.limit_title(definition_of(mechanism), limit) if limit else "")
