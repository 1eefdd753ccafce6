"""The transition table of a place's emergency mode: pure data, drawn into docs/states/emergency.md."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
TABLE = (
    T("declare", (START,), "on", "emergency:declare", "emergency.declared", "emergency.declared"),
    T("inform", ("on",), None, "emergency:inform", "emergency.informed"),
    T("prolong", ("on",), None, "emergency:declare", "emergency.prolonged", "emergency.prolonged"),
    T("end", ("on",), "over", "emergency:declare", "emergency.ended", "emergency.ended"),
)
EMERGENCY_FLOW = Flow("emergency", {"on": "应急中", "over": "已结束"}, ("over",), TABLE)
