"""Deed kinds of standards. Organisation = the body whose list it is; category = the standard, reason = the item.

standard.shown      source = the mark, quantity = how many, happened_at = midday of the day it was shown
standard.withdrawn  corrects the standard.shown: the body took it back; standard.returned: the body above did, with words
standard.enrolled   source = the unit, reason = the class; standard.left likewise
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, register

_KINDS = {
    "standard.shown": "亮出一条",
    "standard.confirmed": "看过，通过",
    "standard.returned": "看过，退回",
    "standard.withdrawn": "撤回一条",
    "standard.enrolled": "列进项目",
    "standard.left": "退出项目",
}
for _kind, _title in _KINDS.items():
    register(_kind, Nothing, _title)
