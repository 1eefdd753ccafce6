"""Addresses of standards."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.standards import acting, coverage, one, units

urlpatterns = [
    path("standards/", one.entrance, name="standards"),
    path("standards/<slug:key>/", coverage.page, name="standard"),
    path("standards/<slug:key>/lacking", coverage.lacking, name="standard_lacking"),
    path("standards/<slug:key>/waiting", coverage.waiting, name="standard_waiting"),
    path("standards/<slug:key>/units", units.page, name="standard_units"),
    path("standards/<slug:key>/units/<uuid:public_id>/leave", units.leave, name="standard_unit_leave"),
    path("standards/<slug:key>/body/<str:code>/", one.page, name="standard_body"),
    path("standards/<slug:key>/body/<str:code>/show/<slug:item>", acting.show, name="standard_show"),
    path("standards/<slug:key>/marks/<uuid:public_id>/<slug:verb>", acting.act, name="standard_act"),
]
