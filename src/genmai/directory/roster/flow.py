"""The transition table of a transfer between branches. Pure data.

`who` is asked at the branch that gives the member (ask, withdraw) or at the one that takes them (accept, refuse).
"""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
TRANSFER = Flow(
    "transfer",
    {
        "asked": "等接收方确认",
        "accepted": "已转入",
        "refused": "不接收",
        "withdrawn": "已撤回",
        "expired": "过期未接",
    },
    ("accepted", "refused", "withdrawn", "expired"),
    (
        T("ask", (START,), "asked", "members:keep", "transfer.asked"),
        T("accept", ("asked",), "accepted", "members:keep", "transfer.accepted"),
        T("refuse", ("asked",), "refused", "members:keep", "transfer.refused"),
        T("withdraw", ("asked",), "withdrawn", "members:keep", "transfer.withdrawn"),
        T("expire", ("asked",), "expired", "system", "transfer.expired"),
    ),
)
