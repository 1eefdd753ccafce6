"""One form that does one thing: shown, tried, told at its field, and back with a way back. Shared by every page about a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import NotFound, Refused

PREVIEW, DO = "preview", "do"


def tried(form: Form, act: Callable[[], Any]) -> Any:
    """What the command gave, or None with its words, and what would be accepted, at the field."""
    try:
        return act()
    except NotFound:
        raise
    except Refused as refused:
        allowed = refused.accepts(gettext)
        said = sentence_of(refused) + (f"（{allowed}）" if allowed else "")
        form.add_error(refused.field if refused.field in form.fields else None, said)
        return None


def one_form(
    request: HttpRequest, form: Form, act: Callable[..., Any], *, said: str, to: tuple[Any, ...],
    undo: Undo | None = None, **shown: Any,
) -> HttpResponse:  # fmt: skip
    """Shown (`shown`: what `page` wants); once sent, `act` with what was filled in, what was said, and on to `to`."""
    if form.is_bound and form.is_valid() and tried(form, lambda: act(**form.cleaned_data, **by(request))):
        say(request, said, undo=undo)
        return redirect(*to)
    return page(request, form, **shown)


def page(
    request: HttpRequest, form: Form, *, nav: str, title: str, button: str, back: tuple[str, str], lead: str = "",
    outcome: Mapping[str, Any] | None = None, previews: bool = False,
) -> HttpResponse:  # fmt: skip
    """The form's page; with `previews` what would follow is shown first, and done when it is asked for a second time."""
    context = {
        "nav_key": nav, "form": form, "title": title, "button": button, "back_url": back[0], "back_name": back[1],
        "lead": lead, "outcome": outcome, "previews": previews, "key": request.POST.get("key") or new_key(),
        "fields": [(field, not field.field.required) for field in form],
    }  # fmt: skip
    return render(request, "members/doing.html", context, status=422 if form.errors else 200)


def by(request: HttpRequest) -> dict[str, Any]:
    """Who acts, when, and under which key: what every command wants."""
    return {"actor": actor(request), "at": cast(AskedRequest, request).now, "key": key(request)}


def undo_by(name: str, *args: Any, **fields: str) -> Undo:
    """The way back a toast offers."""
    return Undo(reverse(name, args=args), fields={"key": str(new_key()), **fields})
