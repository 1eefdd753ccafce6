"""Transition tables: one item shown, and a body named into a class. Pure data."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
VIEW, MARK_IT, REVIEW = "standards:view", "standards:mark", "standards:review"
MARK = Flow(
    "mark",
    {
        "shown": "已亮出",
        "confirmed": "上级看过，通过",
        "returned": "上级退回，要重做",
        "withdrawn": "自己撤回了",
    },
    ("returned", "withdrawn"),
    (
        T("show", (START,), "shown", MARK_IT, "standard.shown"),
        T("confirm", ("shown",), "confirmed", REVIEW, "standard.confirmed"),
        T("send_back", ("shown", "confirmed"), "returned", REVIEW, "standard.returned", "standard.returned"),
        T("withdraw", ("shown", "confirmed"), "withdrawn", MARK_IT, "standard.withdrawn"),
    ),
)
UNIT = Flow(
    "unit",
    {"listed": "列在里面", "left": "已退出"},
    ("left",),
    (
        T("enrol", (START,), "listed", REVIEW, "standard.enrolled", "standard.enrolled"),
        T("leave", ("listed",), "left", REVIEW, "standard.left"),
    ),
)
LIVE = ("shown", "confirmed")
