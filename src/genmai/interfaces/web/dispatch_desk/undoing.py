"""What is said after a verb, and the way back where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.handle_case.actions import Action
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.interfaces.web.shell.view_models import Undo
from genmai.processes.cases.models import Case

BACK = frozenset({"take_back", "unmerge"})  # the matter is back in the list as it was
# What one goes on with afterwards: the matter stays open.
STAYS = frozenset(
    {
        "accept", "arrive", "ask_extension", "ask_suspension", "assist", "call_in", "chase", "classify", "contact",
        "note", "respond", "resume",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Before:
    """What a way back needs to know of how it was."""

    category: str
    lead: UUID | None


def remember(standing: Standing) -> Before:
    """Before the verb is carried out."""
    case = standing.case
    return Before(case.category, case.lead.public_id if case.lead else None)


def words_of(action: Action, done: Case) -> str:
    """260302-17 已交给北镇."""
    if action.verb in ("dispatch", "reassign") and done.lead is not None:
        return gettext("{number} 已交给{who}").format(number=done.number, who=done.lead.short_name)
    return f"{done.number} {action.done}"


def undo_of(action: Action, before: Before, done: Case) -> Undo | None:
    """The inverse: take back what nobody has accepted, out of the merged one, back to the former body or subject."""
    verb, more = "", {}
    if action.verb == "dispatch":
        verb = "take_back"
    elif action.verb == "merge":
        verb = "unmerge"
    elif action.verb == "reassign" and before.lead is not None:
        verb, more = "reassign", {"to": str(before.lead), "text": gettext("撤回刚才的改派")}
    elif action.verb == "classify" and before.category:
        verb, more = "classify", {"category": before.category}
    if not verb:
        return None
    fields = {"key": str(new_key()), "seen": str(done.version), **more}
    return Undo(reverse("dispatch_do", args=[done.public_id, verb]), "", fields)
