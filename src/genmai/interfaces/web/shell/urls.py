"""Addresses of the shell: the two switches and the gallery of the design system."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.display import switch_type
from genmai.interfaces.web.language import switch_language
from genmai.interfaces.web.shell import gallery

urlpatterns = [
    path("switch/language", switch_language, name="switch_language"),
    path("switch/type", switch_type, name="switch_type"),
    path("design/", gallery.overview, name="design"),
    path("design/<slug:slug>/", gallery.sheet, name="design_sheet"),
]
