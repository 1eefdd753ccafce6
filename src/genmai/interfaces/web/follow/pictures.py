"""Pictures of a case: for staff whose scope it lies in, and for who sent them with it. Nobody else finds them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.follow.passes import code_of
from genmai.interfaces.web.report.photos import answer
from genmai.kernel.refusal import NotFound
from genmai.processes.cases.models import Attachment
from genmai.processes.cases.queries import following, matter


@require_safe
def picture(request: HttpRequest, case: UUID, sha256: str) -> HttpResponse:
    """The picture, or 404: outside the scope is told like absence."""
    return answer(_found(request, case, sha256).sha256)


def _found(request: HttpRequest, case: UUID, sha256: str) -> Attachment:
    viewer, code = cast(AskedRequest, request).viewer, code_of(request)
    if not viewer.anonymous:
        try:
            return matter.attachment(viewer, case=case, sha256=sha256)
        except NotFound:
            pass  # staff may be reporters too, with their code
    try:
        return following.picture(viewer, code=code, case=case, sha256=sha256)
    except NotFound as absent:
        raise Http404 from absent
