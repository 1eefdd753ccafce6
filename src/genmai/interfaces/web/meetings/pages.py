"""The list of meetings, one meeting with the state of each decision's task, and the minutes for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from genmai.coordination.meeting_tasks import SOURCE
from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import children, departments, line_up, organisations_by_id
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.listing import Told
from genmai.interfaces.web.handle_case.words import badge
from genmai.interfaces.web.meetings import forms
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import lists
from genmai.processes.cases.queries import parties as cases
from genmai.processes.decisions import policies
from genmai.processes.decisions.mechanism import kind_of
from genmai.processes.decisions.models import Mark
from genmai.processes.decisions.queries import meetings as queries
from genmai.processes.decisions.queries.meetings import PAGE, Resolution, Whole

STATES: Mapping[str, tuple[str, object]] = {
    "called": ("new", gettext_lazy("已通知，还没开")),
    "held": ("done", gettext_lazy("开过了")),
    "cancelled": ("done", gettext_lazy("不开了")),
}
MARKS: Mapping[str, tuple[str, object]] = {
    "present": ("done", gettext_lazy("到会")),
    "excused": ("in-hand", gettext_lazy("请假")),
    "absent": ("late", gettext_lazy("没到")),
}
_PARTIES = (OrganisationKind.OWNERS, OrganisationKind.PROPERTY)


@dataclass(frozen=True)
class Line:
    """A decision with its task, where the viewer may see it."""

    resolution: Resolution
    case: Case | None
    badge: tuple[str, str] | None
    url: str
    correct_url: str


@signed_in
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    asked = cast(AskedRequest, request)
    if not asked.viewer.paths("meetings:view", Reach.VIEW):
        raise NotPermitted("not_permitted", "联席会议由微治办和请来开会的单位看，您的账号没有这个权限")
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1
    found, total = queries.page(asked.viewer, state=state, offset=(number - 1) * PAGE)
    counted = queries.counts(asked.viewer)
    tabs = [Tab(_("全部"), "?", not state, sum(counted.values()))]
    tabs += [Tab(str(STATES[k][1]), f"?state={k}", state == k, counted[k]) for k in STATES if counted.get(k)]
    context = {
        "nav_key": "meetings", "now": asked.now, "rows": [(m, STATES[m.state]) for m in found], "tabs": tabs,
        "page": Told(found, number, total, PAGE), "may_hold": asked.viewer.may("meetings:hold"), "state": state,
    }  # fmt: skip
    return render(request, "meetings/list.html", context)


def bodies_of(asked: AskedRequest, organiser_id: int) -> list[Organisation]:
    """Whom a meeting may ask or charge: those below the organiser, its line up, the departments."""
    viewer = asked.viewer
    organiser = organisations_by_id(viewer, ids=[organiser_id], at=asked.now)[organiser_id]
    below = children(viewer, organisation=organiser, at=asked.now)
    above = line_up(viewer, organisation=organiser, at=asked.now)
    found = {o.pk: o for o in [organiser, *above, *below, *departments(viewer, at=asked.now)]}
    return [o for o in found.values() if o.kind not in (OrganisationKind.CITY, OrganisationKind.PARTY)]


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One meeting."""
    asked = cast(AskedRequest, request)
    return page(request, queries.one(asked.viewer, public_id=public_id))


def page(request: HttpRequest, whole: Whole, *, bound: Any = None, opened: str = "", status: int = 200) -> HttpResponse:
    """Everything the template draws; a refused form keeps what was typed."""
    asked = cast(AskedRequest, request)
    context = shown(asked, whole)
    if context["may_hold"]:
        context |= _offered(asked, whole, bound, opened)
    return render(request, "meetings/meeting.html", context | {"opened": opened}, status=status)


def shown(asked: AskedRequest, whole: Whole) -> dict[str, Any]:
    """The meeting itself: head, agenda, attendance, decisions with their tasks."""
    meeting = whole.meeting
    kind = kind_of(meeting.mechanism, meeting.kind)
    may_hold = policies.may_hold(actor(asked), meeting.path)
    about = _discussed(asked, whole)
    attendance = [(p, forms.who(p, kind), MARKS.get(p.mark)) for p in whole.attendance]
    return {
        "nav_key": "meetings", "now": asked.now, "meeting": meeting, "badge": STATES[meeting.state],
        "items": [(item, about.get(item.case_id)) for item in whole.items], "attendance": attendance,
        "came": sum(1 for p in whole.attendance if p.mark == Mark.PRESENT), "asked_n": len(attendance),
        "lines": _lines(asked, whole, may_hold), "may_hold": may_hold, "marks": [(m.value, _(m.label)) for m in Mark],
        "key": new_key(),
    }  # fmt: skip


def _discussed(asked: AskedRequest, whole: Whole) -> dict[UUID | None, tuple[str, str, tuple[str, str]]]:
    """The matters on the agenda that the viewer may see: address, number, state."""
    wanted = [item.case_id for item in whole.items if item.case_id]
    rows = lists.visible(asked.viewer).filter(public_id__in=wanted).defer("words", "reach", "answers") if wanted else []
    return {c.public_id: (reverse("case", args=[c.public_id]), c.number, badge(c.state)) for c in rows}


def tasks_of(viewer: Viewer, whole: Whole) -> dict[int, Case]:
    """Decision id → its task, where the viewer may see it: one task a decision, whatever corrected it since."""
    firsts = {
        one.decision.pk: str((one.former[-1] if one.former else one.decision).public_id) for one in whole.decisions
    }
    tasks = cases.by_reference(viewer, source=SOURCE, refs=list(firsts.values())) if firsts else {}
    return {pk: tasks[ref] for pk, ref in firsts.items() if ref in tasks}


def _lines(asked: AskedRequest, whole: Whole, may_hold: bool) -> list[Line]:
    """Each decision beside its task: what came of the first decision, whatever corrected it since."""
    tasks = tasks_of(asked.viewer, whole)
    found = []
    for one in whole.decisions:
        case = tasks.get(one.decision.pk)
        late = case is not None and case.due_at is not None and case.due_at < asked.now
        may = may_hold and not one.decision.withdrawn
        found.append(
            Line(
                one,
                case,
                badge(case.state, late) if case else None,
                reverse("case", args=[case.public_id]) if case else "",
                reverse("meeting_correct", args=[one.decision.public_id]) if may else "",
            )
        )
    return found


def _offered(asked: AskedRequest, whole: Whole, bound: Any, opened: str) -> dict[str, Any]:
    """The forms of who may hold it."""
    meeting = whole.meeting
    kind = kind_of(meeting.mechanism, meeting.kind)
    given: dict[str, Any] = {}
    if meeting.state == "called":
        given["move_form"] = forms.MoveForm(auto_id="move_%s", initial=forms.moved(meeting))
        given["cancel_form"] = forms.CancelForm(auto_id="cancel_%s")
        given["hold_form"] = forms.HoldForm(attendance=whole.attendance, kind=kind, auto_id="hold_%s")
    elif meeting.state == "held":
        given["decide_form"] = decision_form(asked, whole)
    if opened and f"{opened}_form" in given:
        given[f"{opened}_form"] = bound
    return given


def decision_form(asked: AskedRequest, whole: Whole, data: Any = None, **more: Any) -> forms.DecisionForm:
    """Whom a decision may name: not a party of an estate, which is asked to join a matter and not charged with one."""
    bodies = [o for o in bodies_of(asked, whole.meeting.organiser_id) if o.kind not in _PARTIES]
    return forms.DecisionForm(data, bodies=bodies, items=whole.items, auto_id="decide_%s", **more)


@signed_in
@require_safe
def minutes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For paper: attendance at the head, then the topics, what was said, what was decided."""
    asked = cast(AskedRequest, request)
    whole = queries.one(asked.viewer, public_id=public_id)
    return render(request, "meetings/minutes.html", shown(asked, whole))
