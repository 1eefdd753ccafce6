"""Addresses of a unit's page and of the deeds behind its figures."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.unit import views

urlpatterns = [
    path("unit/", views.my_unit, name="my_unit"),
    path("unit/<uuid:public_id>/", views.unit, name="unit"),
    path("unit/<uuid:public_id>/deeds/", views.unit_deeds, name="unit_deeds"),
]
