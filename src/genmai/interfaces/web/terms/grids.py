"""Households of a grid, and branches built on grids: entered one by one by whoever keeps the directory there."""

from __future__ import annotations

from functools import partial
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.directory.roster import commands, queries
from genmai.directory.roster.models import GridChange, Organisation, OrganisationKind
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.acting import DO, by, one_form, page, tried, undo_by
from genmai.interfaces.web.organisations.grids import rules
from genmai.interfaces.web.organisations.grids import say as words_of
from genmai.interfaces.web.organisations.words import grid_entry
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.interfaces.web.terms.forms import CoverForm, SizeForm, UncoverForm, WhyForm
from genmai.kernel.refusal import NotFound


def _managed(asked: AskedRequest, public_id: UUID, *kinds: str) -> Organisation:
    """Raises NotFound for what the viewer does not keep, or what is no grid and no branch."""
    body = queries.body(asked.viewer, public_id=public_id, at=asked.now)
    if body.kind not in kinds or body.closed_on is not None or not queries.manageable(asked.viewer, organisation=body):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return body


def _back(body: Organisation) -> tuple[str, str]:
    return reverse("organisation", args=[body.public_id]), body.name


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def size(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How many households since a day; the standard says beside it how many there should be."""
    asked = cast(AskedRequest, request)
    body = _managed(asked, public_id, OrganisationKind.GRID)
    form = SizeForm(request.POST or None, viewer=asked.viewer, at=asked.now, body=body)
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: commands.record_grid_size(
            actor=actor(request), at=asked.now, key=key(request), grid=body, **form.cleaned_data
        ))  # fmt: skip
        if made:
            found = rules()[1].fits(made.size.households, large=made.size.large)
            told = {"fits": _("合乎标准"), "small": _("比标准小"), "big": _("比标准大")}[found]
            said = _("%(n)d 户，记下了，%(told)s") % {"n": made.size.households, "told": told}
            say(request, said, undo=_way_back(made))
            return redirect("organisation", public_id)
    lead = _("；").join(words_of(one.source) for one in rules()[1].sizes.values())
    return page(
        request, form, nav="organisations", title=_("登记户数"), button=_("记下户数"), back=_back(body), lead=lead
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A branch is built on a grid; asked from either side."""
    asked = cast(AskedRequest, request)
    body = _managed(asked, public_id, OrganisationKind.GRID, OrganisationKind.PARTY)
    form = CoverForm(request.POST or None, viewer=asked.viewer, at=asked.now, body=body)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        branch, grid = (given["other"], body) if body.kind == OrganisationKind.GRID else (body, given["other"])
        made = tried(form, lambda: commands.cover(
            actor=actor(request), at=asked.now, key=key(request), branch=branch, grid=grid, on=given["on"],
            document=given["document"],
        ))  # fmt: skip
        if made:
            said = _("%(branch)s建在%(grid)s上了") % {"branch": branch.short_name, "grid": grid.short_name}
            say(request, said, undo=_way_back(made))
            return redirect("organisation", public_id)
    title = _("支部建到这个网格") if body.kind == OrganisationKind.GRID else _("建到一个网格")
    return page(request, form, nav="organisations", title=title, button=_("记下对应"), back=_back(body))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def uncover(request: HttpRequest, public_id: UUID, grid_id: UUID) -> HttpResponse:
    """No longer built on the grid: from a day, by a document."""
    asked = cast(AskedRequest, request)
    branch = _managed(asked, public_id, OrganisationKind.PARTY)
    grid = queries.body(asked.viewer, public_id=grid_id, at=asked.now)
    form = UncoverForm(request.POST or None, initial={"on": day_of(asked.now)})
    said = {"branch": branch.short_name, "grid": grid.short_name}
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: commands.uncover(branch=branch, grid=grid, **form.cleaned_data, **by(request)))
        if made:
            told = _("从 %(day)s 起，%(branch)s不再建在%(grid)s上") % {**said, "day": made.on}
            say(request, told, undo=_way_back(made))
            return redirect("organisation", branch.public_id)
    return page(request, form, nav="organisations", title=_("%(branch)s不再建在%(grid)s上") % said,
                button=_("记下"), back=_back(branch), lead=_("从这天起才不算。从来没有建在这里、登记错了的，请用“登记错了”。"))  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mistaken(request: HttpRequest, public_id: UUID, grid_id: UUID) -> HttpResponse:
    """Never built on the grid, whoever entered it: also what a sheet brought."""
    asked = cast(AskedRequest, request)
    branch = _managed(asked, public_id, OrganisationKind.PARTY)
    grid = queries.body(asked.viewer, public_id=grid_id, at=asked.now)
    return one_form(
        request, WhyForm(request.POST or None), partial(commands.withdraw_cover, branch=branch, grid=grid),
        said=_("撤回了，和没有登记过一样；过去知道的样子还查得到"), to=("organisation", branch.public_id),
        nav="organisations", button=_("撤回这一条"), back=_back(branch),
        title=_("登记错了：%(branch)s建在%(grid)s上") % {"branch": branch.short_name, "grid": grid.short_name},
        lead=_("只在从来没有建在这里的时候用；后来调整的，请登记不再建在这里。"),
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """An entry that was a mistake: what stood before stands on every day."""
    asked = cast(AskedRequest, request)
    change = queries.grid_change(asked.viewer, public_id=change_id)
    body = change.branch or change.grid
    if not queries.manageable(asked.viewer, organisation=body):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return one_form(
        request, WhyForm(request.POST or None), partial(commands.undo_grid_change, change=change),
        said=_("撤回了，和没有登记过一样；过去知道的样子还查得到"), to=("organisation", body.public_id),
        nav="organisations", title=_("撤回登记"), button=_("撤回这一条"), back=_back(body),
        lead=_("；").join((grid_entry(change), str(change.on), change.document)),
    )  # fmt: skip


def _way_back(made: GridChange) -> Undo:
    return undo_by("grid_change_undo", made.public_id, reason=_("刚登记就发现错了"), step=DO)
