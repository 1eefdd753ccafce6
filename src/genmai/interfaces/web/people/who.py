"""Who may see this? Everybody who reaches a unit with a permission, by body and role, for who keeps the accounts."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from genmai.directory.access import queries
from genmai.directory.access.reaching import Holder, who_may
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.people.forms import WhoForm
from genmai.kernel.viewer import Reach


@signed_in
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The question stands in the address."""
    asked = cast(AskedRequest, request)
    queries.accounts(asked.viewer)  # raises for who doesn't keep accounts
    form = WhoForm(request.GET or None, viewer=asked.viewer, at=asked.now)
    found: list[Holder] | None = None
    if form.is_bound and form.is_valid():
        permission, body = form.cleaned_data["permission"], form.cleaned_data["organisation"]
        reach = Reach.VIEW if permission.endswith(":view") else Reach.CAPTURE
        found = who_may(asked.viewer, permission=permission, organisation_id=body.pk, at=asked.now, reach=reach)
    context = {
        "nav_key": "people", "form": form, "asked": found is not None, "people": sum(len(one.names) for one in found or ()),
        "rows": [(one, _(one.role)) for one in found or ()],
        "body": form.cleaned_data.get("organisation") if found is not None else None,
    }  # fmt: skip
    return render(request, "people/who.html", context, status=422 if form.is_bound and form.errors else 200)
