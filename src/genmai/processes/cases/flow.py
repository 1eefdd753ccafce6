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
    "replied": "已答复，等核实",
    "verified": "已核实，等回访",
    "closed": "办结",
    "declined": "不予受理",
    "merged": "已并入同类事项",
}
FINAL = ("closed", "declined", "merged")
OPEN = ("received", "dispatched", "objected", "in_hand", "suspended", "replied", "verified")
JOINED = (*OPEN, "closed")
WORKING = ("dispatched", "in_hand")
CHASEABLE = ("dispatched", "objected", "in_hand", "replied", "verified")
MERGEABLE = ("received", "dispatched", "objected", "in_hand")

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
    T("release", ("in_hand",), None, "cases:handle", "case.released", "case.released"),
    T("ask_suspension", ("in_hand",), None, "cases:handle", "case.suspension_asked", "case.decision_asked"),
    T("suspend", ("in_hand",), "suspended", "cases:approve", "case.suspended", "case.suspended"),
    T("refuse_suspension", ("in_hand",), None, "cases:approve", "case.suspension_refused", "case.decision_made"),
    T("resume", ("suspended",), "in_hand", "cases:handle", "case.resumed", "case.resumed"),
    T("ask_extension", ("in_hand",), None, "cases:handle", "case.extension_asked", "case.decision_asked"),
    T("extend", ("in_hand",), None, "cases:approve", "case.extended", "case.decision_made"),
    T("refuse_extension", ("in_hand",), None, "cases:approve", "case.extension_refused", "case.decision_made"),
    T("reply", ("in_hand",), "replied", "cases:handle", "case.replied", "case.replied"),
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
)
FLOW = Flow("case", STATES, FINAL, TABLE)
