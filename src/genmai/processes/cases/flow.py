"""The case's transition table: pure data. Drawn into docs/states/case.md; completeness is tested.

Source of the loop: 采集 → 立案 → 派遣 → 处置 → 反馈 → 核查 → 结案 (DOMAIN §4.2, after GB/T 30428.8).
`who` is the permission asked of the actor; what else must hold stands in `policies`.
"""

from __future__ import annotations

from genmai.kernel.flow import PRIOR, START, Flow, Transition

STATES = {
    "received": "已收到，等分派",
    "dispatched": "已交办，还没人接",
    "objected": "承办单位有异议，等审核",
    "in_hand": "正在办",
    "suspended": "已挂起",
    "banked": "已挂账，等复查",
    "replied": "已答复，等核实",
    "verified": "已核实，等回访",
    "closed": "办结",
    "declined": "不予受理",
    "merged": "已并入同类事项",
}
FINAL = ("closed", "declined", "merged")
OPEN = ("received", "dispatched", "objected", "in_hand", "suspended", "banked", "replied", "verified")
UNANSWERED = ("received", "dispatched", "objected", "in_hand", "suspended", "banked")
JOINED = (*OPEN, "closed")
WORKING = ("dispatched", "in_hand")
CHASEABLE = ("dispatched", "objected", "in_hand", "replied", "verified")
MERGEABLE = ("received", "dispatched", "objected", "in_hand")
FLAGGED = ("in_hand", "suspended")

T = Transition
TABLE = (
    # taking in
    T("receive", (START,), "received", "cases:report", "case.received", "case.received"),
    T("decline", ("received",), "declined", "cases:dispatch", "case.declined", "case.declined"),
    T("classify", ("received", "dispatched", "objected", "in_hand"), None, "cases:dispatch", "case.classified"),
    T("dispatch", ("received",), "dispatched", "cases:dispatch", "case.dispatched", "case.dispatched"),
    T("take_back", ("dispatched",), "received", "cases:dispatch", "case.taken_back", "case.taken_back"),
    T("take_on", ("received",), "in_hand", "cases:handle", "case.taken_on", "case.accepted"),
    # who it belongs to
    T("object", ("dispatched",), "objected", "cases:handle", "case.objected", "case.objected"),
    T("uphold_objection", ("objected",), "received", "cases:review", "case.objection_upheld", "case.objection_upheld"),
    T(
        "reject_objection",
        ("objected",),
        "dispatched",
        "cases:review",
        "case.objection_rejected",
        "case.objection_rejected",
    ),
    T("reassign", ("dispatched", "in_hand"), "dispatched", "cases:dispatch", "case.reassigned", "case.dispatched"),
    T("send_back", ("in_hand",), "received", "cases:handle", "case.returned", "case.returned"),
    T("escalate", ("in_hand",), "dispatched", "cases:handle", "case.escalated", "case.dispatched"),
    # asking after it (催办): the state stays
    T("chase", CHASEABLE, None, "cases:dispatch", "case.chased", "case.chased"),
    # doing it
    T("accept", ("dispatched",), "in_hand", "cases:handle", "case.accepted", "case.accepted"),
    T("contact", ("dispatched", "in_hand"), None, "cases:handle", "case.contacted"),
    T("note", OPEN, None, "cases:handle", "case.noted"),
    T("assist", ("in_hand",), None, "cases:handle", "case.assist_asked", "case.assist_asked"),
    T("call_in", ("in_hand",), None, "cases:handle", "case.called", "case.called"),
    T("respond", ("in_hand",), None, "cases:handle", "case.responded"),
    T("arrive", ("in_hand",), None, "cases:handle", "case.arrived"),
    T("conclude", ("in_hand",), None, "cases:handle", "case.concluded", "case.concluded"),
    T("promise", ("in_hand",), None, "cases:handle", "case.part_promised", "case.part_promised"),
    T("release", ("in_hand",), None, "cases:handle", "case.released", "case.released"),
    T("ask_suspension", ("in_hand",), None, "cases:handle", "case.suspension_asked", "case.decision_asked"),
    T("suspend", ("in_hand",), "suspended", "cases:approve", "case.suspended", "case.suspended"),
    T("refuse_suspension", ("in_hand",), None, "cases:approve", "case.suspension_refused", "case.decision_made"),
    T("resume", ("suspended",), "in_hand", "cases:handle", "case.resumed", "case.resumed"),
    T("ask_extension", ("in_hand",), None, "cases:handle", "case.extension_asked", "case.decision_asked"),
    T("extend", ("in_hand",), None, "cases:approve", "case.extended", "case.decision_made"),
    T("refuse_extension", ("in_hand",), None, "cases:approve", "case.extension_refused", "case.decision_made"),
    T("reply", ("in_hand",), "replied", "cases:handle", "case.replied", "case.replied"),
    # a call judged: said to be a wrong one, answered, decided; and what each side says of the other afterwards
    T("flag_call", ("in_hand",), None, "cases:handle", "case.call_flagged", "case.call_flagged"),
    T("withdraw_call", FLAGGED, None, "cases:handle", "case.call_withdrawn", "case.released"),
    T("insist_call", FLAGGED, None, "cases:handle", "case.call_insisted", "case.call_insisted"),
    T("uphold_flag", FLAGGED, None, "cases:review", "case.flag_upheld", "case.decision_made"),
    T("reject_flag", FLAGGED, None, "cases:review", "case.flag_rejected", "case.decision_made"),
    T("rate_call", JOINED, None, "cases:handle", "case.call_scored"),
    # 挂账: it can't be solved now; open and in sight, looked at again on a date
    T("ask_bank", ("in_hand",), None, "cases:handle", "case.bank_asked", "case.decision_asked"),
    T("bank", ("in_hand",), "banked", "cases:approve", "case.banked", "case.banked"),
    T("refuse_bank", ("in_hand",), None, "cases:approve", "case.bank_refused", "case.decision_made"),
    T("review_bank", ("banked",), None, "cases:handle", "case.bank_reviewed", "case.bank_reviewed"),
    T("unbank", ("banked",), "in_hand", "cases:handle", "case.unbanked", "case.unbanked"),
    T("raise_bank", ("banked",), "dispatched", "cases:handle", "case.escalated", "case.dispatched"),
    T("close_banked", ("banked",), "closed", "cases:approve", "case.closed", "case.closed"),
    # too long on one rung: proposed to the body above, which decides
    T("propose_climb", ("in_hand",), None, "cases:handle", "case.climb_proposed", "case.climb_proposed"),
    T("climb", ("in_hand",), "dispatched", "cases:approve", "case.escalated", "case.dispatched"),
    T("stay", ("in_hand",), None, "cases:approve", "case.climb_refused", "case.climb_refused"),
    # was it done
    T("verify", ("replied",), "verified", "cases:verify", "case.verified", "case.verified"),
    T("rework", ("replied",), "in_hand", "cases:verify", "case.rework_asked", "case.rework_asked"),
    T("visit", ("verified",), None, "cases:verify", "case.visited"),
    T("judge", ("replied", "verified", "closed"), None, "cases:judge", "case.judged", "case.judged"),
    T("close", ("verified",), "closed", "cases:verify", "case.closed", "case.closed"),
    T("reopen", ("replied", "verified", "closed"), "in_hand", "cases:reopen", "case.reopened", "case.reopened"),
    # the same matter twice
    T("merge", MERGEABLE, "merged", "cases:merge", "case.merged", "case.merged"),
    T("join", OPEN, None, "cases:merge", "case.joined", "case.joined"),
    T("leave", JOINED, None, "cases:merge", "case.left"),
    T("unmerge", ("merged",), PRIOR, "cases:merge", "case.unmerged", "case.unmerged"),
    # one matter, several bodies: parent and children
    T("split", ("received", "dispatched", "in_hand"), None, "cases:dispatch", "case.split", "case.split"),
    T("split_off", (START,), "received", "cases:dispatch", "case.split_off"),
    T("call_off", UNANSWERED, "closed", "cases:dispatch", "case.called_off", "case.called_off"),
    T("attach", UNANSWERED, None, "cases:merge", "case.attached", "case.attached"),
    T("adopt", UNANSWERED, None, "cases:merge", "case.child_gained", "case.child_gained"),
    T("detach", JOINED, None, "cases:merge", "case.detached", "case.detached"),
    T("let_go", JOINED, None, "cases:merge", "case.child_left"),
)
FLOW = Flow("case", STATES, FINAL, TABLE)
