"""The transition table of a meeting. Pure data."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
FLOW = Flow(
    "meeting",
    {"called": "已通知，还没开", "held": "开过了", "cancelled": "不开了"},
    ("held", "cancelled"),
    (
        T("call", (START,), "called", "meetings:hold", "meeting.called", "meeting.called"),
        T("move", ("called",), None, "meetings:hold", "meeting.moved", "meeting.moved"),
        T("cancel", ("called",), "cancelled", "meetings:hold", "meeting.cancelled", "meeting.cancelled"),
        T("hold", ("called",), "held", "meetings:hold", "meeting.held"),
        T("mark", ("held",), None, "meetings:hold", "meeting.attendance_corrected"),
        T("decide", ("held",), None, "meetings:hold", "meeting.decided"),
        T("correct", ("held",), None, "meetings:hold", "meeting.decision_corrected"),
    ),
)
