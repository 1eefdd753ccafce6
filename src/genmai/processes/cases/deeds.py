"""Deed kinds of cases: the contract between those who write (commands) and those who measure (measures.scores).

Every deed: source_id = the case's public id; organisation and path = the body answering for it at that moment, so the
credit stays where it was earned. What each column holds, where it is more than that:

case.received       organisation = the home of the matter (body of its place), subject = the caller, outcome = channel
case.declined       leaves every denominator (not for government, or on a lawful channel)
case.dispatched, case.reassigned, case.escalated
                    organisation = the new lead, counterpart = who gave it, level = the new lead's level
case.objection_upheld / case.objection_rejected   counterpart = who objected
case.contacted      subject = the caller
case.visited, case.judged
                    subject = the caller, outcome = fixed | not_fixed | no_answer, quantity = satisfaction 1–3
                    (1 not satisfied, 2 fairly, 3 satisfied; empty when not said)
case.closed         level = the level that solved it, outcome = fixed | not_fixed | promised, reason = closing reason
case.excluded       written beside case.closed when its reason is not counted; a later case.reopened lifts it
case.reopened       takes back the close before it
case.taken_back     organisation = the desk, counterpart = the body it is taken back from, before that accepted it
case.chased         organisation = the body asked after, counterpart = who asks, outcome = late where a limit was over
case.reinspected    a finding looked at again: organisation = the body that put it right, counterpart = who looked, subject =
                    the round, outcome = passed | not_passed, reason = on_site | on_paper
case.merged / case.unmerged   subject = the surviving case; while merged, the case's own limits and closes don't count

milestone.*         subject = the milestone, milestone = its key, due_at = the limit as it now stands,
                    organisation = the body that owes it
  set, moved, paused, resumed   moved and resumed carry the new limit; a later limit lifts a miss of the earlier one
  met               outcome = on_time | late; a late one follows its milestone.missed
  missed            happened_at = due_at, whenever it is written
  void              reason = the verb that ended it. It takes back a miss only where the body turned out not to be
                    answerable (reason uphold_objection), or the callers were never its own (reason leave):
                    passing a matter on does not wash a miss off

round.*             source = the round; organisation = who inspects
  finding_entered   subject = the case, organisation = the body named, counterpart = who inspects, reason = its class
  notified          one a body: organisation = the body, counterpart = who inspects, quantity = findings
  issued            the circular: reason = its number
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, Payload, register

ON_TIME, LATE = "on_time", "late"
PASSED, NOT_PASSED = "passed", "not_passed"
FIXED, NOT_FIXED, PROMISED, NO_ANSWER = "fixed", "not_fixed", "promised", "no_answer"


class Received(Payload):
    """How it came in, for reading back; the measured facts are columns."""

    service: str = ""
    urgency: str = ""


class Reclassified(Payload):
    """What it was taken for before."""

    former_category: str = ""
    former_urgency: str = ""


class Called(Payload):
    """The occasion on which town or departments were called in."""

    call_kind: str = ""


class Escalated(Payload):
    """The level it came from; the one it went to is the deed's `level`."""

    level_before: int


class Decided(Payload):
    """What was asked and what was given, in the unit of the milestone's clock, as text ("2.5")."""

    asked: str = ""
    given: str = ""


class Declared(Payload):
    """Extras that were switched off, or came back."""

    extras: tuple[str, ...] = ()


_KINDS: dict[str, tuple[type[Payload], str]] = {
    "case.received": (Received, "收到反映"),
    "case.declined": (Nothing, "不予受理"),
    "case.classified": (Reclassified, "归类"),
    "case.dispatched": (Nothing, "交办"),
    "case.taken_on": (Nothing, "首接自办"),
    "case.replied": (Nothing, "答复"),
    "case.objected": (Nothing, "提出异议"),
    "case.objection_upheld": (Nothing, "异议成立"),
    "case.objection_rejected": (Nothing, "异议不成立"),
    "case.reassigned": (Nothing, "改派"),
    "case.returned": (Nothing, "退回"),
    "case.escalated": (Escalated, "提级"),
    "case.accepted": (Nothing, "接单"),
    "case.contacted": (Nothing, "联系反映人"),
    "case.noted": (Nothing, "记一笔"),
    "case.assist_asked": (Nothing, "请求协办"),
    "case.called": (Called, "呼叫"),
    "case.responded": (Called, "响应"),
    "case.arrived": (Called, "报到"),
    "case.concluded": (Called, "报到单位办毕"),
    "case.released": (Called, "不再需要，退出"),
    "case.suspension_asked": (Nothing, "申请挂起"),
    "case.suspended": (Nothing, "挂起"),
    "case.suspension_refused": (Nothing, "不同意挂起"),
    "case.resumed": (Nothing, "恢复办理"),
    "case.extension_asked": (Decided, "申请延期"),
    "case.extended": (Decided, "同意延期"),
    "case.extension_refused": (Decided, "不同意延期"),
    "case.verified": (Nothing, "核实"),
    "case.rework_asked": (Nothing, "要求返工"),
    "case.visited": (Nothing, "回访"),
    "case.judged": (Nothing, "反映人评价"),
    "case.closed": (Nothing, "办结"),
    "case.excluded": (Nothing, "剔除，不计入"),
    "case.reopened": (Nothing, "重新办理"),
    "case.merged": (Nothing, "并入同类事项"),
    "case.unmerged": (Nothing, "撤销合并"),
    "case.joined": (Nothing, "并进来一件同类事项"),
    "case.left": (Nothing, "拆出一件事项"),
    # the desk
    "case.taken_back": (Nothing, "收回交办"),
    "case.chased": (Nothing, "催办"),
    # inspection
    "case.reinspected": (Nothing, "复查整改"),
    "round.opened": (Nothing, "开始一批督查"),
    "round.finding_entered": (Nothing, "登记一条问题"),
    "round.notified": (Nothing, "下发整改通知"),
    "round.begun": (Nothing, "开始整改"),
    "round.reinspected": (Nothing, "复查完毕"),
    "round.issued": (Nothing, "印发通报"),
    "round.archived": (Nothing, "督查归档"),
    "milestone.set": (Nothing, "开始计时"),
    "milestone.met": (Nothing, "完成一个时限"),
    "milestone.missed": (Nothing, "超过时限"),
    "milestone.void": (Nothing, "时限不再需要"),
    "milestone.moved": (Nothing, "时限变动"),
    "milestone.paused": (Nothing, "暂停计时"),
    "milestone.resumed": (Nothing, "继续计时"),
    # a place in emergency, and what gives way to it: reason = kind or cause, outcome = level or how it ended,
    # due_at = until when, quantity = the figure that was over its threshold
    "emergency.declared": (Declared, "进入应急状态"),
    "emergency.informed": (Nothing, "发布应急说明"),
    "emergency.prolonged": (Nothing, "延长应急状态"),
    "emergency.ended": (Nothing, "结束应急状态"),
    "extras.paused": (Declared, "压力大，附加功能暂停"),
    "extras.resumed": (Declared, "附加功能恢复"),
}
for _kind, (_payload, _title) in _KINDS.items():
    register(_kind, _payload, _title)
