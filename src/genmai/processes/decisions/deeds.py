"""Deed kinds of meetings. Every deed: source = the meeting, organisation and path = the organiser.

meeting.held        quantity = how many of those asked came
meeting.attended    subject = the invitee, counterpart = the body asked, outcome = present | excused | absent, reason = the seat
meeting.attendance_corrected   likewise; takes the place of the attendance before it
meeting.decided     subject = the decision, counterpart = the body responsible, due_at = the end of its day
meeting.decision_corrected     subject = the later decision; outcome = changed | withdrawn
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, register

CHANGED, WITHDRAWN = "changed", "withdrawn"
_KINDS = {
    "meeting.called": "通知开会",
    "meeting.moved": "改了开会的时间地点",
    "meeting.cancelled": "会不开了",
    "meeting.held": "开了会",
    "meeting.attended": "登记出席",
    "meeting.attendance_corrected": "更正出席",
    "meeting.decided": "作出决定",
    "meeting.decision_corrected": "更正决定",
}
for _kind, _title in _KINDS.items():
    register(_kind, Nothing, _title)
