"""The entrance: who waits to be spoken to, who lives here, who lives elsewhere, and where one side is missing."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster import sealing
from genmai.directory.roster.policies import heads_of
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.listing import Told
from genmai.interfaces.web.flowing import words
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel import secrets
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.registers.flowing import policies, queries
from genmai.processes.registers.flowing.queries import PAGE
from genmai.processes.registers.models import FlowRecord


def check_view(viewer: Viewer) -> None:
    """Raises NotPermitted."""
    if not heads_of(viewer, policies.VIEW):
        raise NotPermitted("not_permitted", "流动党员由网格、村社、镇街和支部来看，您的账号没有这个权限")


def may(viewer: Viewer, permission: str) -> bool:
    """Whether the permission is held anywhere."""
    return bool(heads_of(viewer, permission, Reach.CAPTURE))


def name_of(record: FlowRecord) -> str:
    """The member as the roll has them, else the resident as they said, with stars."""
    if record.member is not None:
        return record.member.display_name
    shown = sealing.masked(record.resident).name if record.resident is not None else ""
    return secrets.mask_name(shown) if shown else _("（已删除）")


@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One tab of the four."""
    asked = cast(AskedRequest, request)
    viewer = asked.viewer
    check_view(viewer)
    counted = queries.counts(viewer, at=asked.now)
    tab = request.GET.get("tab", "")
    tab = tab if tab in ("contact", "host", "home", "unmatched") else ("contact" if counted.contact else "unmatched")
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1
    offset = (number - 1) * PAGE
    rows: list[Any] = []
    listed = _uuid(request.GET.get("list", "")) if tab == "contact" else None
    if tab == "contact":
        found, total = queries.waiting(viewer, residents=listed, offset=offset)
        who = queries.masked(viewer, of=found)
        rows = [(one, who.get(one.pk), words.CANDIDATE[one.state], words.SOURCES[one.source]) for one in found]
    else:
        kept, total = (
            queries.unmatched(viewer, offset=offset)
            if tab == "unmatched"
            else queries.work(viewer, side=tab, offset=offset)
        )
        rows = [(one, name_of(one), words.RECORD[one.state]) for one in kept]
    context = {
        "nav_key": "flowing", "now": asked.now, "today": day_of(asked.now), "tab": tab, "listed": listed, "rows": rows, "counted": counted,
        "tabs": _tabs(tab, counted), "page": Told(rows, number, total, PAGE),
        "may_tell": may(viewer, policies.CONTACT), "may_keep": may(viewer, policies.KEEP),
        "may_screen": may(viewer, policies.SCREEN),
    }  # fmt: skip
    return render(request, "flowing/list.html", context)


def _uuid(text: str) -> UUID | None:
    """Of a list in the address; none for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _tabs(tab: str, counted: queries.Counts) -> list[Tab]:
    return [
        Tab(_("等联系"), "?tab=contact", tab == "contact", counted.contact),
        Tab(_("没接上"), "?tab=unmatched", tab == "unmatched", counted.unmatched),
        Tab(_("流入"), "?tab=host", tab == "host", None),
        Tab(_("流出"), "?tab=home", tab == "home", None),
    ]
