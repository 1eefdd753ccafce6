"""What parent and children ask of each other: the checks that other verbs make, derived anew each time.

Children of a matter are its own and those of every repeat merged into it; a child that was merged counts where it lives
now. Nothing is copied, so taking apart restores everything.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from genmai.kernel.refusal import Refused
from genmai.processes.cases.flow import OPEN, UNANSWERED
from genmai.processes.cases.models import Case


def children_of(case: Case) -> list[Case]:
    """Where the children of a case (and of what was merged into it) live now, each once, oldest first."""
    live: dict[int, Case] = {}
    for child in _own(case).select_related("merged_into", "lead", "merged_into__lead").order_by("id"):
        found = child.merged_into or child
        if found.id != case.id:
            live[found.id] = found
    return list(live.values())


def has_children(case: Case) -> bool:
    return _own(case).exists()


def _own(case: Case) -> QuerySet[Case]:
    """By two look-ups in an index; as one condition with OR the database reads every case there is."""
    merged = Case.objects.filter(merged_into=case).values_list("id", flat=True)
    return Case.objects.filter(parent_id__in=[case.id, *merged])


def home_of_parent(case: Case) -> Case | None:
    """The matter a child belongs to, where that lives now."""
    parent = case.parent
    return None if parent is None else parent.merged_into or parent


def check_answered(case: Case) -> None:
    """Not replied to as fixed while a child has not been answered."""
    waiting = [child for child in children_of(case) if child.state in UNANSWERED]
    if waiting:
        message = "下面还有没办好的：{which}。先办好，或者一起答复"
        raise Refused("open_children", message, which=numbers(waiting))


def check_done(case: Case) -> None:
    """Not ended while a child is open."""
    waiting = [child for child in children_of(case) if child.state in OPEN]
    if waiting:
        message = "下面还有没办结的：{which}。先办结，或者一起办结"
        raise Refused("open_children", message, which=numbers(waiting))


def numbers(cases: Sequence[Case]) -> str:
    return "、".join(f"{one.number} {one.lead.short_name}" if one.lead else one.number for one in cases)


def check_merge(case: Case, survivor: Case) -> None:
    """Joining two matters keeps the family two storeys high and free of circles: a child joins a child of the same
    parent only, and what has children of its own joins no child.
    """
    mine, theirs = home_of_parent(case), home_of_parent(survivor)
    if mine is not None and (theirs is None or mine.id != theirs.id):
        message = "这一件挂在 {number} 下面，只能并入同一件下面的；或者先脱开再并"
        raise Refused("is_child", message, field="into", number=mine.number)
    if theirs is not None and has_children(case):
        message = "这一件下面还有别的事项，不能并入 {number} 下面的一件"
        raise Refused("too_deep", message, field="into", number=theirs.number)


def check_attach(child: Case, parent: Case) -> None:
    """One matter under another: two storeys, no circle, nothing already under something."""
    if child.id == parent.id:
        raise Refused("same_case", "不能挂到自己下面", field="to")
    if child.parent_id is not None:
        above = home_of_parent(child) or child
        raise Refused("already_child", "这一件已经挂在 {number} 下面", field="to", number=above.number)
    if parent.state not in UNANSWERED:
        raise Refused("parent_done", "那一件已经答复或办结，不能再往下面挂", field="to")
    if parent.parent_id is not None:
        raise Refused("too_deep", "那一件自己就挂在别的事项下面，最多两层", field="to")
    if has_children(child):
        raise Refused("has_children", "这一件下面还有别的事项，最多两层", field="to")


def check_may_reopen(case: Case) -> None:
    """A child isn't taken up again by staff while its parent stands closed: the parent first."""
    above = home_of_parent(case)
    if above is not None and above.state not in OPEN:
        message = "上一件 {number} 已经办结，请先把它重新办理"
        raise Refused("parent_closed", message, number=above.number)
