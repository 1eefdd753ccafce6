"""The transition table of a volunteer task: pure data, drawn into docs/states/task.md."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

STATES = {"open": "招人中", "done": "已结束", "cancelled": "已取消"}
FINAL = ("done", "cancelled")

T = Transition
TABLE = (
    T("open", (START,), "open", "tasks:organise", "task.opened", "task.opened"),
    T("sign_up", ("open",), None, "anybody", "task.signed_up", "task.signed_up"),
    T("withdraw", ("open",), None, "anybody", "task.withdrawn", "task.withdrawn"),
    T("confirm", ("open",), None, "tasks:organise", "task.confirmed", "task.confirmed"),
    T("turn_down", ("open",), None, "tasks:organise", "task.turned_down", "task.turned_down"),
    T("finish", ("open",), "done", "tasks:organise", "task.finished", "task.finished"),
    T("cancel", ("open",), "cancelled", "tasks:organise", "task.cancelled", "task.cancelled"),
)
FLOW = Flow("task", STATES, FINAL, TABLE)
