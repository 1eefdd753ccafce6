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
case.not_same, case.linked, case.unlinked   written on both, subject = the other one
case.root_cause_opened
                    how a case of a trouble that returns begins: nobody brought it, so it has no case.received and no rate of
                    callers knows it; its limits count. quantity = events, subject = the first of them
case.event_attached written on an event, subject = that case; the event counts as it did alone
case.merged / case.unmerged   subject = the surviving case; while merged, the case's own limits and closes don't count

case.split_off      how a child made by splitting begins: subject = the parent. It has no caller from outside and no
                    case.received, so response, solution, satisfaction and the share solved per level don't know it (they
                    count the parent, once); its own limits count for the bodies that owe them
case.split, case.child_gained / case.child_left
                    written on the parent, subject = the child; of a split, counterpart = who gets it
case.attached / case.detached   written on the child, subject = the parent. An attached matter keeps its own callers: it
                    counts as it did alone
case.called_off     ends a child made by splitting; no judgement of anybody, and misses before it stay

case.call_flagged, case.call_withdrawn, case.call_insisted, case.flag_upheld, case.flag_rejected
                    subject = the called body (as in case.called), reason = the reason flagged. Flagged, upheld and rejected
                    are credited to the department, withdrawn and insisted to the town; counterpart = the other side
case.call_scored    one side has said how it was; what it said is not in it (blind)
case.call_rated / case.caller_rated
                    one criterion of the department that came / of the town's call, once the review is open:
                    organisation = the body judged, counterpart = the body judging,
                    reason = the criterion, outcome = good | not_good, quantity = the grade's order (1 the worst)

case.banked         into the problem bank: counterpart = who approved, reason, due_at = the next look, subject = the entry
case.unsolved       beside it, one a caller: subject = the caller, outcome = not_fixed. A banked matter counts as not solved
                    until it goes back to work (case.unbanked, case.reopened) or the caller says otherwise
case.bank_reviewed  left waiting: due_at = the next look, quantity = how often by now at this level
case.unbanked       reason = back | raised

case.climb_proposed / case.climb_refused   organisation = who has it, counterpart = who decides

case.suggestion_taken, case.suggestion_changed
                    beside a dispatch: organisation = the desk, counterpart = the body suggested,
                    category = what was decided, quantity = the suggestion's confidence in thousandths, reason = the
                    model's version, outcome = what was decided otherwise: category | body | both

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
GOOD, NOT_GOOD = "good", "not_good"
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


class Judged(Payload):
    """The subject that had been suggested, as a code."""

    suggested: str = ""


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
    "case.part_promised": (Nothing, "一起办的单位答应了日期"),  # subject = its body, due_at = the end of the day
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
    # alike, and troubles that return
    "case.not_same": (Nothing, "看过，不是一件事"),
    "case.linked": (Nothing, "记为有关联"),
    "case.unlinked": (Nothing, "撤销关联"),
    "case.event_attached": (Nothing, "挂到反复发生的问题上"),
    "case.root_cause_opened": (Nothing, "反复发生，单独立项查原因"),
    # inspection
    "case.reinspected": (Nothing, "复查整改"),
    "round.opened": (Nothing, "开始一批督查"),
    "round.finding_entered": (Nothing, "登记一条问题"),
    "round.notified": (Nothing, "下发整改通知"),
    "round.begun": (Nothing, "开始整改"),
    "round.reinspected": (Nothing, "复查完毕"),
    "round.issued": (Nothing, "印发通报"),
    "round.archived": (Nothing, "督查归档"),
    # parent and child
    "case.split": (Nothing, "拆成几件分头办"),
    "case.split_off": (Nothing, "从上一件拆出来"),
    "case.called_off": (Nothing, "收回，不用办了"),
    "case.attached": (Nothing, "挂到上一件下面"),
    "case.child_gained": (Nothing, "下面添了一件"),
    "case.detached": (Nothing, "从上一件脱开"),
    "case.child_left": (Nothing, "下面脱开一件"),
    # calls judged
    "case.call_flagged": (Called, "提出不该叫"),
    "case.call_withdrawn": (Called, "收回呼叫"),
    "case.call_insisted": (Called, "坚持呼叫"),
    "case.flag_upheld": (Called, "认定不该叫"),
    "case.flag_rejected": (Called, "认定该叫"),
    "case.call_scored": (Called, "评了这次呼叫"),
    "case.call_rated": (Called, "呼叫互评：来的单位"),
    "case.caller_rated": (Called, "呼叫互评：呼叫的一方"),
    # the problem bank
    "case.bank_asked": (Nothing, "申请挂账"),
    "case.banked": (Nothing, "挂账"),
    "case.bank_refused": (Nothing, "不同意挂账"),
    "case.bank_reviewed": (Nothing, "复查挂账，还要等"),
    "case.unbanked": (Nothing, "挂账的重新办理"),
    "case.unsolved": (Nothing, "挂账，按没解决计"),
    # too long on one rung
    "case.climb_proposed": (Nothing, "提醒该提一级"),
    "case.climb_refused": (Nothing, "不提级，留在这一级办"),
    # suggestions
    "case.suggestion_taken": (Judged, "采用了建议"),
    "case.suggestion_changed": (Judged, "没有照建议办"),
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
