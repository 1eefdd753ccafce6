"""The circular: looked at, given its number, and drawn as a Word file from the same figures."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import signed_in
from genmai.interfaces.web.handle_case.words import say as in_language
from genmai.interfaces.web.inspection import figures
from genmai.interfaces.web.inspection.forms import IssueForm
from genmai.interfaces.web.inspection.views import base, inspecting, round_of
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.commands import rounds
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read
from genmai.reports.circular.checking import check_code
from genmai.reports.circular.document import word_file
from genmai.reports.circular.figures import RoundFigures
from genmai.reports.circular.wording import circular_words

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the circular says, before it is issued and after; issuing gives it its number."""
    asked, viewer, found = inspecting(request, public_id)
    form, status = IssueForm(), 200
    if request.method == "POST":
        form, status = IssueForm(request.POST), 422
        if form.is_valid():
            try:
                rounds.issue(
                    actor=actor(request), at=asked.now, key=key(request), round=public_id, seen=seen(request),
                    **form.cleaned_data,
                )  # fmt: skip
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
                status = status_of(refused)
            else:
                say(request, _("通报已印发"))
                return redirect("inspection_circular", public_id)
    made = _figures(viewer, found, asked.now)
    context = base(request, found, True) | {
        "figures": made, "words": circular_words(made, in_language, _), "form": form, "key": new_key(),
        "code": check_code(made, master=settings.GENMAI_MASTER_KEY), "may_issue": found.state == "reinspected",
        "classes": figures.by_class(found, made, asked.now), "bodies": figures.by_body(found, made, asked.now),
    }  # fmt: skip
    return render(request, "inspection/circular.html", context, status=status)


def _figures(viewer: Viewer, found: Round, now: datetime) -> RoundFigures:
    """As issued once it is; as of now while it is a draft."""
    return figures.read_figures(viewer, found, found.issued_at or now)


@never_cache
@signed_in
@require_safe
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The Word file. A draft is for who inspects; once issued, for everybody who sees the whole round."""
    asked, viewer, found = round_of(request, public_id)
    if not read.inspects(viewer, found) and (found.issued_at is None or not read.sees_whole(viewer, found)):
        raise NotFound()
    made = _figures(viewer, found, asked.now)
    code = check_code(made, master=settings.GENMAI_MASTER_KEY)
    data = word_file(made, code=code, say=in_language, translate=_)
    name = f"{found.title}{found.number} {_('通报') if found.issued_at else _('通报送审稿')}.docx"
    response = HttpResponse(data, content_type=DOCX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
