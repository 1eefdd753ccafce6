"""Addresses of the registry of organisations."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.organisations import browsing, changing, grids

urlpatterns = [
    path("organisations/", browsing.level, name="organisations"),
    path("organisations/below/", browsing.below, name="organisations_below"),
    path("organisations/grids/", grids.page, name="organisations_grids"),
    path("organisations/<uuid:public_id>/", browsing.card, name="organisation"),
    path("organisations/<uuid:public_id>/change/<slug:kind>/", changing.change, name="organisation_change"),
    path("organisations/changes/<uuid:public_id>/undo/", changing.undo, name="organisation_undo"),
]
