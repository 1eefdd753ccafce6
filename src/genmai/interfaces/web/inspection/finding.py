"""One finding: put right with proof by the body, looked at again by who inspects. All else is the case's own page."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.history import events
from genmai.interfaces.web.inspection import rows
from genmai.interfaces.web.inspection.forms import NOT_PASSED, LookForm, PutRightForm
from genmai.interfaces.web.inspection.views import base
from genmai.interfaces.web.report import photos
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Crumb
from genmai.kernel.refusal import NotFound, Refused
from genmai.processes.cases.commands import findings
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.models import Finding, Milestone
from genmai.processes.cases.queries import matter as matters
from genmai.processes.cases.queries import rounds as read


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was found, what was done, and the form for whoever's move it is."""
    return _draw(request, _found(request, case_id))


def _found(request: HttpRequest, case_id: UUID) -> Finding:
    return read.of_case(cast(AskedRequest, request).viewer, case=case_id)


def _draw(
    request: HttpRequest, finding: Finding, bound: PlainForm | None = None, taken: tuple[photos.Kept, ...] = (),
    form_key: UUID | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = cast(AskedRequest, request)
    viewer, round_ = asked.viewer, finding.round
    ours = read.inspects(viewer, round_)
    case = finding.case
    definition, _rules = rules_of(round_.mechanism)
    matter = matters.assemble(viewer, case=case)
    line = read.FindingLine(finding, _limit(matter), len(matter.attachments))
    lead = case.lead_id is not None and case.lead_id == viewer.organisation_id
    crumbs = [
        Crumb(_("暗访督查"), reverse("inspection")),
        Crumb(round_.title, reverse("inspection_round", args=[round_.public_id])),
        Crumb(_("第 {no} 条").format(no=finding.no)),
    ]
    context = base(request, round_, ours) | {
        "finding": finding,
        "row": rows.finding_rows(round_, [line])[0],
        "limit": line.due,
        "before": [a for a in matter.attachments if a.stage == "before"],
        "after": [a for a in matter.attachments if a.stage == "after"],
        "events": events(definition, case, matter.history, {}).main,
        "may_accept": lead and case.state == "dispatched",
        "may_put_right": lead and case.state == "in_hand" and viewer.may("cases:handle"),
        "may_look": ours and case.state == "replied",
        "drawn": ours and case.state == "replied" and findings.is_drawn(finding),
        "form": bound or _blank(finding, viewer_leads=lead),
        "kept": taken,
        "most": photos.MOST,
        "key": form_key or new_key(),
        "crumbs": crumbs,
    }
    return render(request, "inspection/finding.html", context, status=status)


def _limit(matter: matters.Matter) -> Milestone | None:
    shown = [m for m in matter.milestones if m.key in ("resolve", "verify") and m.state != "void"]
    return max(shown, key=lambda m: m.pk, default=None)


def _blank(finding: Finding, *, viewer_leads: bool) -> PlainForm | None:
    """The form of whoever's move it is."""
    case = finding.case
    if viewer_leads and case.state == "in_hand":
        return PutRightForm(pictures=_pictures(finding))
    return LookForm(round=finding.round, promised=case.promised_until is not None) if case.state == "replied" else None


def _pictures(finding: Finding) -> bool:
    """Whether this class welcomes pictures; none demands them."""
    _definition, rules = rules_of(finding.round.mechanism)
    return rules.classes[finding.case.service].evidence == "words_or_picture"


@signed_in
@require_POST
def put_right(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The body reports what it did."""
    finding, at = _found(request, case_id), cast(AskedRequest, request).now
    form_key = key(request)
    form = PutRightForm(request.POST, pictures=_pictures(finding))
    files = request.FILES.getlist("photos") if "photos" in form.fields else []
    taken, wrong = photos.take(files, photos.kept(request.POST.getlist("kept")))
    for fault in wrong:
        form.add_error("photos", fault)
    status = 422
    if form.is_valid():
        try:
            findings.put_right(
                actor=actor(request), at=at, key=form_key, case=case_id, text=form.cleaned_data["text"],
                promised_until=form.cleaned_data["promised_until"], pictures=[one.picture for one in taken],
                seen=seen(request),
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
            status = status_of(refused)
        else:
            say(request, _("第 {no} 条已报告整改，等复查").format(no=finding.no))
            return redirect("inspection_round", finding.round.public_id)
    return _draw(request, finding, form, tuple(taken), form_key, status)


@signed_in
@require_POST
def look(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who inspects has looked again."""
    finding, at = _found(request, case_id), cast(AskedRequest, request).now
    form_key = key(request)
    form = LookForm(request.POST, round=finding.round, promised=finding.case.promised_until is not None)
    taken, wrong = photos.take(request.FILES.getlist("photos"), photos.kept(request.POST.getlist("kept")))
    for fault in wrong:
        form.add_error("photos", fault)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        passed = given["passed"] != NOT_PASSED
        try:
            findings.check_again(
                actor=actor(request), at=at, key=form_key, case=case_id, passed=passed, how=given["how"],
                text=given["text"], closing=given["closing"] if passed else "",
                pictures=[one.picture for one in taken], seen=seen(request),
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
            status = status_of(refused)
        else:
            words_ = _("第 {no} 条已销号") if passed else _("第 {no} 条已退回重改")
            say(request, words_.format(no=finding.no))
            return redirect(f"{reverse('inspection_findings', args=[finding.round.public_id])}?state=replied")
    return _draw(request, finding, form, tuple(taken), form_key, status)
