"""A member's whole numbers, for a stated purpose that is logged; shown once, in this answer only."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from genmai.directory.access import commands as access
from genmai.directory.roster.queries import members as queries
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import filed
from genmai.interfaces.web.organisations import asking
from genmai.kernel.refusal import BadInput


@never_cache
@signed_in
@require_POST
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file again, with the numbers in clear; without a purpose it says so and shows nothing."""
    asked = cast(AskedRequest, request)
    file = queries.member_file(asked.viewer, public_id=public_id, at=asked.now)
    shown: dict[str, Any] = {}
    try:
        shown["numbers"] = access.reveal_numbers(
            actor=actor(request), at=asked.now, key=key(request), person_id=file.person.pk, path=file.path,
            purpose=request.POST.get("purpose", ""), source=f"member:{file.person.public_id}",
        )  # fmt: skip
    except BadInput as refused:
        shown["reveal_fault"] = sentence_of(refused)
    context = filed.context(asked, file, asking.read(asked.viewer, {}, asked.now)) | shown
    return render(request, "members/member.html", context, status=422 if "reveal_fault" in shown else 200)
