"""Addresses of an emergency."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.emergency import leading, short_form

urlpatterns = [
    path("report/now/<slug:code>", short_form.report_now, name="report_now"),
    path("emergency/", leading.board, name="emergencies"),
    path("emergency/declare", leading.declare, name="emergency_declare"),
    path("emergency/<uuid:public_id>/", leading.page, name="emergency"),
    path("emergency/<uuid:public_id>/<slug:verb>", leading.do, name="emergency_do"),
]
