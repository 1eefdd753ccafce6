"""Who is asking: resolved once a request, lazily, and handed down as a kernel value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from genmai.directory.access.models import Account
from genmai.directory.access.queries import standing_in, viewer_for
from genmai.directory.access.walls import scope_of
from genmai.interfaces.web.shell.view_models import Identity
from genmai.kernel.viewer import NOBODY, Viewer
from genmai.kernel.walled import asked_by, nothing
from genmai.processes.cases.queries import lists

View = Callable[..., HttpResponse]
READING = ("GET", "HEAD", "OPTIONS")
ACTS_FOR = "acts_for"  # in the session: whose absence the person stands in for at the moment, if they chose to


class AskedRequest(HttpRequest):
    """A request after the middleware: for type hints in views."""

    now: datetime
    viewer: Viewer
    identity: Identity | None


class ViewerMiddleware:
    """Puts the time, the viewer and their identity on the request; nothing is read until a page asks.

    What the page reads is given by the database within the viewer's scope only (the second wall): nobody's is empty.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(Any, request)
        asked.now = timezone.now()
        asked.user = SimpleLazyObject(lambda: _signed_in_as(request))
        asked.viewer = SimpleLazyObject(lambda: _viewer(request, asked.now))
        asked.identity = SimpleLazyObject(lambda: identity_of(asked.viewer))
        asked.nav_counts = lambda: _waiting(asked.viewer)
        with asked_by(lambda: scope_of(asked.viewer, acting=request.method not in READING)):
            return self.get_response(request)


def _signed_in_as(request: HttpRequest) -> Any:
    with nothing():  # nobody's scope is asked for while it is found out who asks
        return get_user(request)


def _viewer(request: HttpRequest, now: datetime) -> Viewer:
    with nothing():
        return _viewer_of(request, now)


def _viewer_of(request: HttpRequest, now: datetime) -> Viewer:
    user = request.user
    if not isinstance(user, Account) and not getattr(user, "is_authenticated", False):
        return NOBODY
    account = cast(Account, user)
    away = request.session.get(ACTS_FOR)
    in_place = standing_in(account, away_id=away, at=now) if isinstance(away, int) else None
    return in_place or viewer_for(account, at=now)


def identity_of(viewer: Viewer) -> Identity | None:
    """What the page head shows of the person signed in; None for nobody."""
    if viewer.anonymous:
        return None
    from genmai.directory.access.roles import ROLES

    role = ROLES.get(viewer.role)
    name = viewer.name
    if viewer.acts_for:
        name = gettext("{name}（代{absent}）").format(name=viewer.name, absent=viewer.acts_for)
    return Identity(
        name=name, role_key=viewer.role, role=gettext(role.title) if role else "", place=viewer.organisation_name
    )


def _waiting(viewer: Viewer) -> Mapping[str, int]:
    return {} if viewer.anonymous else {"inbox": lists.inbox_size(viewer)[0]}


def signed_in(view: View) -> View:
    """Only for people with an account; others are led to the sign-in page and back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if cast(AskedRequest, request).viewer.anonymous:
            return redirect_to_login(request.get_full_path(), "/sign-in")
        return view(request, *args, **kwargs)

    return guarded
