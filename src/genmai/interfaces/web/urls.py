"""Every page: one line a journey, in the order people meet them."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

JOURNEYS = (
    "shell",
    "sign_in",
    "home",
    "emergency",
    "volunteer",
    "report",
    "follow",
    "my_work",
    "desk_tools",
    "dispatch_desk",
    "suggestion",
    "handle_case",
    "problem_bank",
    "similar",
    "hot_spots",
    "hotline",
    "leave",
    "import_sheet",
    "registry",
    "inspection",
    "unit",
    "organisations",
    "estates",
    "duplicates",
    "flowing",
    "meetings",
    "procedures",
    "standards",
    "members",
    "terms",
    "honours",
    "statistics",
    "people",
    "security",
    "my_data",
    "exports",
    "board",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{__package__}.{journey}.urls"))
    for journey in JOURNEYS
    if find_spec(f"{__package__}.{journey}") and find_spec(f"{__package__}.{journey}.urls")
]
