"""The fragments shown while somebody types: what may be the same matter already."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from genmai.directory.territory.models import Place
from genmai.directory.territory.queries import places_by_code
from genmai.interfaces.web.edge.addresses import Pace, address_of, is_own_network
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.similar import offers
from genmai.kernel.refusal import NotPermitted
from genmai.processes.cases.queries import similar

PACE = Pace(240, timedelta(hours=1))
LONGEST = 4000
PLACES = ("estate", "grid", "village", "town", "place")  # the narrowest chosen is the place


@never_cache
@sensitive_post_parameters("text")
@require_POST
def typed_by_resident(request: HttpRequest) -> HttpResponse:
    """What may be the same matter, as far as it is public. Empty when nothing is alike, or asked too often."""
    asked = cast(AskedRequest, request)
    if not asked.viewer.anonymous and asked.viewer.may("cases:report"):
        return _staff(asked, merging=True)
    context = {"now": asked.now, "off": offers.off(asked.now), "offers": []}
    if not context["off"] and not _too_often(asked):
        context["offers"] = offers.for_resident(asked.viewer, typed_in(asked), asked.now)
    return render(request, "similar/public.html", context)


@never_cache
@signed_in
@sensitive_post_parameters("text")
@require_POST
def typed_by_staff(request: HttpRequest) -> HttpResponse:
    """The same for the hotline card, within the viewer's search scope. Raises NotPermitted."""
    asked = cast(AskedRequest, request)
    if not asked.viewer.may("cases:report"):
        raise NotPermitted("not_permitted", "登记来电由村社、镇街和区的工作人员来办，您的账号没有这个权限")
    return _staff(asked)


def _staff(asked: AskedRequest, *, merging: bool = False) -> HttpResponse:
    context = {"now": asked.now, "off": offers.off(asked.now), "offers": [], "name": "join" if merging else "same"}
    if not context["off"]:
        likes = similar.while_typing(asked.viewer, typed=typed_in(asked), at=asked.now)
        context["offers"] = offers.for_staff(asked.viewer, likes, asked.now, merging=merging)
    return render(asked, "similar/staff.html", context)


def typed_in(request: HttpRequest) -> similar.Typed:
    """What stands in the form so far; what could not be stored is passed over here and told off when it is sent."""
    given = {name: request.POST.get(name, "").replace("\x00", "") for name in ("text", "place_text", *PLACES)}
    place = _place(request, [given[name] for name in PLACES if given[name]])
    text = given["text"][:LONGEST].encode("utf-8", "ignore").decode()
    spot = given["place_text"][:200].encode("utf-8", "ignore").decode()
    return similar.Typed(text=text, place_id=place.pk if place else None, place_text=spot)


def _place(request: HttpRequest, codes: list[str]) -> Place | None:
    """The narrowest place named that there is."""
    clean = [code for code in codes if code.isascii() and code.isalnum() and len(code) < 25]
    found = places_by_code(cast(AskedRequest, request).viewer, codes=clean) if clean else {}
    return next((found[code] for code in clean if code in found), None)


def _too_often(request: AskedRequest) -> bool:
    """A form asks each time one stops typing; who asks far more often is not writing a report."""
    address = address_of(request)
    if is_own_network(address) or PACE.free_at(address, request.now) is None:
        PACE.count(address, request.now)
        return False
    return True
