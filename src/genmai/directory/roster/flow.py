"""The transition tables of transfers between branches and of letters of introduction. Pure data.

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
# A letter of introduction to a branch outside this house, and from one.
LETTER = Flow(
    "letter",
    {"issued": "等回执", "receipted": "回执收到", "withdrawn": "已收回", "lapsed": "过了有效期"},
    ("receipted", "withdrawn", "lapsed"),
    (
        T("issue", (START,), "issued", "members:keep", "letter.issued"),
        T("take", (START,), "receipted", "members:keep", "letter.taken"),
        T("receipt", ("issued", "lapsed"), "receipted", "members:keep", "letter.receipted"),
        T("withdraw", ("issued", "lapsed"), "withdrawn", "members:keep", "letter.withdrawn"),
        T("lapse", ("issued",), "lapsed", "system", "letter.lapsed"),
        T("reopen", ("receipted",), "issued", "members:keep", "letter.reopened"),
    ),
)
