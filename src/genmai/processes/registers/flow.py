"""Transition tables of the estates register: the way off the list, and the pre-review. Pure data."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
CLEARING = Flow(
    "clearing",
    {
        "listed": "没有物业，还没定办法",
        "planned": "办法和日期已定，正在落实",
        "cleared": "已有人管，出清单",
        "struck": "列错了，已撤下",
    },
    ("cleared", "struck"),
    (
        T("list", (START,), "listed", "estates:manage", "estate.unmanaged", "estate.unmanaged"),
        T("plan", ("listed", "planned"), "planned", "estates:manage", "estate.clearing_planned"),
        T("progress", ("listed", "planned"), None, "estates:manage", "estate.clearing_progressed"),
        T("clear", ("listed", "planned"), "cleared", "estates:manage", "estate.cleared", "estate.cleared"),
        T("strike", ("listed", "planned"), "struck", "estates:manage", "estate.delisted"),
    ),
)
REVIEW = Flow(
    "pre-review",
    {
        "submitted": "等社区微治办审核",
        "returned": "已退回，写明了理由",
        "passed": "审核通过，等业主表决",
        "voted": "业主表决结果已登记",
        "withdrawn": "提交的人收回了",
    },
    ("voted", "withdrawn"),
    (
        T("submit", (START,), "submitted", "estates:submit", "prereview.submitted", "prereview.submitted"),
        T("resubmit", ("returned",), "submitted", "estates:submit", "prereview.resubmitted", "prereview.submitted"),
        T("send_back", ("submitted",), "returned", "estates:review", "prereview.returned", "prereview.returned"),
        T("pass_on", ("submitted",), "passed", "estates:review", "prereview.passed", "prereview.passed"),
        T("withdraw", ("submitted", "returned", "passed"), "withdrawn", "estates:submit", "prereview.withdrawn"),
        T("record_vote", ("passed", "voted"), "voted", "estates:submit", "prereview.voted", "prereview.voted"),
    ),
)
KEEP = "members:keep"
DOSSIER = Flow(
    "dossier",
    {
        "running": "办理中",
        "stopped": "已中止，写明了原因",
        "done": "每一步都办完了",
        "ended": "已终止，不再办了",
    },
    ("done", "ended"),
    (
        T("open", (START,), "running", KEEP, "dossier.opened", "dossier.turn"),
        T("close", ("running",), None, KEEP, "dossier.step_closed", "dossier.turn"),
        T("finish", ("running",), "done", KEEP, "dossier.finished"),
        T("record", ("running",), None, KEEP, "dossier.recorded"),
        T("ask", ("running",), None, KEEP, "dossier.review_asked", "dossier.review_asked"),
        T("answer", ("running",), None, "procedures:review", "dossier.answered", "dossier.answered"),
        T("extend", ("running",), None, KEEP, "dossier.extended", "dossier.turn"),
        T("correct", ("running", "stopped", "done"), None, KEEP, "dossier.corrected"),
        T("send_back", ("running",), None, KEEP, "dossier.sent_back", "dossier.sent_back"),
        T("annex", ("running", "stopped", "done"), None, KEEP, "dossier.annexed"),
        T("stop", ("running",), "stopped", KEEP, "dossier.stopped", "dossier.stopped"),
        T("resume", ("stopped",), "running", KEEP, "dossier.resumed", "dossier.turn"),
        T("end", ("running", "stopped"), "ended", KEEP, "dossier.ended", "dossier.ended"),
    ),
)
