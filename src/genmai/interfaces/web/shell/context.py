"""What every page knows: language, type size, who is signed in, where they can go, who we are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from genmai.interfaces.web.display import LARGE, type_size
from genmai.interfaces.web.emergency.standing import standing
from genmai.interfaces.web.shell.navigation import counts_of, entries_for
from genmai.interfaces.web.shell.view_models import Identity, NavItem


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The sign-in middleware puts `request.identity` (Identity or None) on the request."""
    identity: Identity | None = getattr(request, "identity", None)

    def nav() -> list[NavItem]:
        return entries_for(identity.role_key, counts_of(request)) if identity else []

    language = get_language() or "zh-hans"
    return {
        "shell": {
            "language": language,
            "html_lang": "en" if language == "en" else "zh-Hans",
            "type": type_size(request),
            "is_large": type_size(request) == LARGE,
            "identity": identity,
            "nav": SimpleLazyObject(nav),
            "place": getattr(settings, "GENMAI_PLACE", ""),
            "here": request.get_full_path(),
            "standing": SimpleLazyObject(lambda: standing(request)),
        }
    }
