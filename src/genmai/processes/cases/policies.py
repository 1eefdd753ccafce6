"""Who may do what to which case, and why not: `may_…` answers, `check_…` raises with the reason."""

from __future__ import annotations

from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer
from genmai.processes.cases.models import Case

# Verbs that are the answering desk's or reviewer's business, not the leading body's.
_DESK = frozenset({"take_back", "chase", "decline", "dispatch", "classify", "reassign", "merge", "unmerge"})
_DESK |= {"split", "split_off", "call_off", "attach", "adopt", "detach", "let_go"}
_HOLDER = frozenset({"take_on", "verify", "rework", "visit", "close", "note", "reopen"})
_REPORTER = frozenset({"cases:report", "cases:judge"})


def line(path: str) -> list[int]:
    """The organisation ids of a materialised path, top first: "/1/7/52/" → [1, 7, 52]."""
    return [int(part) for part in path.strip("/").split("/") if part]


def sees(viewer: Viewer, case: Case) -> bool:
    """Whether the case lies within the viewer's view scope, or they are a party to it (pages of parties ask more)."""
    mine = {*viewer.organisation_ids("cases:view", Reach.VIEW), *viewer.organisation_ids("cases:party", Reach.VIEW)}
    return not mine.isdisjoint(case.reach)


def answering(case: Case, verb: str) -> int:
    """The organisation in whose name this verb is done: the actor's rights must reach it."""
    if verb in _DESK:
        return case.desk_id
    if verb in _HOLDER:
        return case.holder_id
    return case.lead_id or case.holder_id


def may(permission: str, actor: Actor, path: str) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.REPORTER:
        return permission in _REPORTER
    return actor.viewer.may(permission, path, Reach.CAPTURE)


def check_may(permission: str, actor: Actor, path: str) -> None:
    """Raises NotPermitted naming the kind of right that is missing."""
    if not may(permission, actor, path):
        raise NotPermitted(
            "not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=PERMISSION_WORDS.get(permission, permission)
        )


def check_ours(actor: Actor, path: str) -> None:
    """Only people of this organisation, or of one below it, do this: a higher office gives orders, it doesn't sign."""
    if actor.kind is ActorKind.STAFF and not actor.viewer.path.startswith(path):
        raise NotPermitted("not_ours", "这一步只能由承办单位自己的人来办；要换人办，请改派")


def check_not_handler(actor: Actor, case: Case, *, top: bool) -> None:
    """Whoever did the work doesn't judge it: neither the person nor, unless nobody stands above, the organisation."""
    if actor.person_id is not None and actor.person_id == case.replied_by_id:
        raise NotPermitted("own_work", "这件事是您答复的，要由别人来核实")
    if not top and actor.organisation_id is not None and actor.organisation_id == case.lead_id:
        raise NotPermitted("own_unit_work", "这件事是本单位办的，要由别的单位来核实")


def check_inspects(actor: Actor, organisation_id: int, path: str) -> None:
    """Only people of the inspecting body itself, with the right to. The system may (a sheet they confirmed).

    Raises NotFound outside the actor's view, as if there were no such round.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    if not actor.viewer.may("cases:view", path, Reach.VIEW):
        raise NotFound()
    if actor.organisation_id != organisation_id or not actor.viewer.may("rounds:inspect", path):
        raise NotPermitted("not_inspecting", "这一步只能由组织这次督查的单位来办")


PERMISSION_WORDS = {
    "cases:report": "受理人员",
    "cases:dispatch": "负责分派的单位",
    "cases:handle": "承办单位",
    "cases:review": "异议审核单位",
    "cases:approve": "上一级单位",
    "cases:verify": "核实单位",
    "cases:judge": "反映人本人",
    "cases:reopen": "核实单位或反映人本人",
    "cases:merge": "负责分派的单位",
    "cases:import": "镇街和区的分派台",
    "emergency:declare": "镇街和区的领导",
    "emergency:inform": "镇街和区的领导、指挥室",
}
