"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.exports import check, views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/ask", views.ask, name="export_ask"),
    path("exports/check", check.check_file, name="export_check"),
    path("exports/check/<uuid:public_id>/", check.check_one, name="export_check_one"),
    path("exports/check/<uuid:public_id>/progress", check.check_progress, name="export_check_progress"),
    path("exports/<uuid:public_id>/", views.export, name="export_one"),
    path("exports/<uuid:public_id>/progress", views.progress, name="export_progress"),
    path("exports/<uuid:public_id>/cancel", views.cancel, name="export_cancel"),
    path("exports/<uuid:public_id>/file.xlsx", views.file, name="export_file"),
]
