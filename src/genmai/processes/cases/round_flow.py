"""The transition table of a round of inspection: pure data, drawn into docs/states/round.md.

准备 → 下发 → 整改 → 复查 → 通报 → 归档. What happens to each finding is the case's own table (`flow`).
"""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

STATES = {
    "preparing": "正在登记问题",
    "notified": "已下发整改通知",
    "rectifying": "正在整改",
    "reinspected": "复查完了",
    "issued": "已通报",
    "archived": "已归档",
}
FINAL = ("archived",)
AT_WORK = (
    "notified",
    "rectifying",
    "reinspected",
    "issued",
)  # departments have it in hand, late ones after the circular
WHO = "rounds:inspect"

T = Transition
TABLE = (
    T("open", (START,), "preparing", WHO, "round.opened"),
    T("enter", ("preparing", "notified", "rectifying"), None, WHO, "round.finding_entered"),
    T("notify", ("preparing",), "notified", WHO, "round.notified", "round.notified"),
    T("notify_more", ("notified", "rectifying"), None, WHO, "round.notified", "round.notified"),
    T("begin", ("notified",), "rectifying", "cases:handle", "round.begun"),
    T("check", ("notified", "rectifying", "reinspected", "issued"), None, WHO, "case.reinspected"),
    T("finish_check", ("rectifying",), "reinspected", WHO, "round.reinspected"),
    T("issue", ("reinspected",), "issued", WHO, "round.issued", "round.issued"),
    T("archive", ("issued",), "archived", WHO, "round.archived"),
)
FLOW = Flow("round", STATES, FINAL, TABLE)
