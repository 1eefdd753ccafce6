"""Deed kinds of flowing members. Organisation = the side that acts; no name, no number, no match stands in any of them.

residents.*          source = the list; quantity = rows taken in, candidates found, rows destroyed; listed: reason = legal basis,
                     failed: reason = memory | sealed | stopped | broken, quantity = which try
candidate.*          source = the candidate, organisation = host; found: category = the source; else reason = way of contact
flowing.*            source = the record, counterpart = the other side where there is one; contacts: reason = the way
flowing.cared        reason = the duty done; flowing.left, planned: reason = why they go
flowing.proposed     reason = transfer | silent | lost: what the clock asks the home body to look at; it decides nothing
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, register

_KINDS = {
    "residents.listed": "收到居民名单",
    "residents.failed": "居民名单没有比对成",
    "residents.again": "再比对一次居民名单",
    "residents.compared": "比对居民名单",
    "residents.destroyed": "销毁居民名单",
    "candidate.found": "发现可能的流动党员",
    "candidate.missed": "没联系上",
    "candidate.declared": "本人报到",
    "candidate.denied": "本人说不是党员",
    "candidate.settled": "组织关系就在本地",
    "candidate.closed": "联系不上，先放下",
    "candidate.expired": "名单到期，候选作废",
    "flowing.planned": "登记拟流出",
    "flowing.left": "登记流出",
    "flowing.declared": "流入地登记报到",
    "flowing.confirmed": "流出地确认",
    "flowing.disowned": "流出地说不是本支部的",
    "flowing.home_named": "流入地问清了在哪个支部",
    "flowing.contacted": "联系流动党员",
    "flowing.reached": "联系上了",
    "flowing.missed": "没联系上流动党员",
    "flowing.cared": "关爱和学习",
    "flowing.proposed": "时限提醒",
    "flowing.lost": "认定失联",
    "flowing.returned": "流动党员返回",
    "flowing.transferred": "组织关系转走",
    "flowing.withdrawn": "撤下流动登记",
}
for _kind, _title in _KINDS.items():
    register(_kind, Nothing, _title)
