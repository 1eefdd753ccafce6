"""Addresses of matters alike."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.similar import pairs, views

urlpatterns = [
    path("report/similar", views.typed_by_resident, name="report_similar"),
    path("similar/typed", views.typed_by_staff, name="similar_typed"),
    path("cases/<uuid:public_id>/similar/", pairs.of_case, name="case_similar"),
    path("cases/<uuid:public_id>/similar/<uuid:other>/", pairs.pair, name="case_pair"),
    path("cases/<uuid:public_id>/similar/<uuid:other>/<slug:verb>", pairs.decide, name="case_pair_decide"),
    path("similar/links/<uuid:link>/undo", pairs.undo, name="case_link_undo"),
]
