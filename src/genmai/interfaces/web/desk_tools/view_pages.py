"""Named filters: the page that keeps them, and what may be done with one's own."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.dispatch_desk.tabs import shown
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import listing
from genmai.interfaces.web.handle_case.views import back
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.processes.cases.commands import views as commands
from genmai.processes.cases.models import SavedView
from genmai.processes.cases.queries import views as queries


@never_cache
@signed_in
@require_safe
def views(request: HttpRequest) -> HttpResponse:
    """All views the reader may open; their own can be changed."""
    return _draw(request)


def _draw(request: HttpRequest, fault: str = "", status: int = 200, **typed: Any) -> HttpResponse:
    asked = cast(AskedRequest, request)
    kept = queries.views(asked.viewer)
    counts = {tab.view: tab.count for tab in shown(asked, kept).tabs if tab.view}
    mine = [one for one in kept if one.owner_id == asked.viewer.person_id]
    context = {
        "nav_key": "dispatch", "mine": [(one, counts.get(one.public_id, "0"), new_key()) for one in mine],
        "shared": [(one, counts.get(one.public_id, "0")) for one in kept if one not in mine], "fault": fault,
        "last": len(mine), "host": request.build_absolute_uri(reverse("dispatch_desk")), **typed,
    }  # fmt: skip
    return render(request, "desk_tools/views.html", context, status=status)


@never_cache
@signed_in
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the address that was looked at, under a name."""
    asked, posted = cast(AskedRequest, request), request.POST
    query = listing.canonical(QueryDict(posted.get("query", "")[:800]))
    try:
        if not query:
            raise BadInput("empty", "先选几个条件，再存为视图", field="query")
        kept = commands.save_view(
            actor=actor(request), at=asked.now, key=key(request), name=posted.get("name", ""), query=query,
            shared=posted.get("shared") == "1", opens_first=posted.get("opens_first") == "1",
        )  # fmt: skip
    except Refused as refused:
        return _draw(
            request,
            fault=sentence_of(refused),
            status=status_of(refused),
            typed_name=posted.get("name", ""),
            typed_query=query,
        )
    say(request, gettext("已存为视图“{name}”").format(name=kept.name))
    return HttpResponseRedirect(back(request, reverse("desk_views")))


@never_cache
@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Change, move, remove or bring back one's own view."""
    try:
        kept, words, undo = _do(request, public_id, verb)
    except NotFound:
        raise
    except Refused as refused:
        return _draw(request, fault=sentence_of(refused), status=status_of(refused))
    if words:
        say(request, words.format(name=kept.name), undo=undo)
    return HttpResponseRedirect(back(request, reverse("desk_views")))


def _do(request: HttpRequest, public_id: UUID, verb: str) -> tuple[SavedView, str, Undo | None]:
    common: dict[str, Any] = {
        "actor": actor(request), "at": cast(AskedRequest, request).now, "key": key(request), "view": public_id,
    }  # fmt: skip
    posted = request.POST
    if verb == "change":
        shared, first = posted.get("shared") == "1", posted.get("opens_first") == "1"
        kept = commands.change_view(**common, name=posted.get("name", ""), shared=shared, opens_first=first)
        return kept, gettext("视图“{name}”改好了"), None
    if verb in ("up", "down"):
        return commands.move_view(**common, direction="up" if verb == "up" else "down"), "", None
    if verb == "remove":
        kept = commands.remove_view(**common)
        url = reverse("view_do", args=[public_id, "restore"])
        return kept, gettext("视图“{name}”删了"), Undo(url, "", {"key": str(new_key())})
    if verb == "restore":
        return commands.restore_view(**common), gettext("视图“{name}”恢复了"), None
    raise Http404
