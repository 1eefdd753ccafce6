"""Transition tables: a candidate until somebody has spoken to them, and the record of both sides. Pure data."""

from __future__ import annotations

from genmai.kernel.flow import START, Flow, Transition

T = Transition
CONTACT, KEEP = "flowing:contact", "flowing:keep"

CANDIDATE = Flow(
    "candidate",
    {
        "found": "等人联系",
        "trying": "联系过，还没联系上",
        "declared": "本人已报到",
        "not_member": "本人说不是党员",
        "here": "组织关系就在本地",
        "closed": "联系不上，先放下",
        "expired": "名单到期销毁，没来得及联系",
    },
    ("declared", "not_member", "here", "closed", "expired"),
    (
        T("find", (START,), "found", CONTACT, "candidate.found"),
        T("miss", ("found", "trying"), "trying", CONTACT, "candidate.missed"),
        T("declare", ("found", "trying"), "declared", CONTACT, "candidate.declared"),
        T("deny", ("found", "trying"), "not_member", CONTACT, "candidate.denied"),
        T("settle", ("found", "trying"), "here", CONTACT, "candidate.settled"),
        T("close", ("trying",), "closed", CONTACT, "candidate.closed"),
        T("expire", ("found", "trying"), "expired", CONTACT, "candidate.expired"),
    ),
)
OPEN = ("planned", "out", "declared", "settled", "keeping", "lost")
RECORD = Flow(
    "flowing",
    {
        "planned": "拟流出",
        "out": "已流出，流入地还没接上",
        "declared": "本人已报到，等流出地核对",
        "settled": "已流入，双方都确认",
        "keeping": "联系中",
        "lost": "失联",
        "returned": "已返回",
        "transferred": "组织关系已转",
        "withdrawn": "登记错了，已撤下",
    },
    ("returned", "transferred", "withdrawn"),
    (
        T("plan", (START,), "planned", KEEP, "flowing.planned"),
        T("leave", (START, "planned"), "out", KEEP, "flowing.left"),
        T("declare", (START, "planned", "out"), "declared", CONTACT, "flowing.declared", "flowing.declared"),
        T("confirm", ("declared",), "settled", KEEP, "flowing.confirmed", "flowing.confirmed"),
        T("disown", ("declared",), "declared", KEEP, "flowing.disowned", "flowing.disowned"),
        T("name_home", ("declared",), "declared", CONTACT, "flowing.home_named", "flowing.declared"),
        T("contact", ("settled", "keeping", "lost"), "keeping", CONTACT, "flowing.contacted"),
        T("reach", ("planned", "out", "declared", "lost"), None, CONTACT, "flowing.reached"),
        T("miss", OPEN, None, CONTACT, "flowing.missed"),
        T("care", ("declared", "settled", "keeping"), None, CONTACT, "flowing.cared"),
        T("lose", ("out", "settled", "keeping"), "lost", KEEP, "flowing.lost", "flowing.lost"),
        T("come_back", OPEN, "returned", KEEP, "flowing.returned", "flowing.returned"),
        T("transfer", OPEN, "transferred", KEEP, "flowing.transferred", "flowing.transferred"),
        T("withdraw", ("planned", "out", "declared"), "withdrawn", KEEP, "flowing.withdrawn"),
    ),
)
