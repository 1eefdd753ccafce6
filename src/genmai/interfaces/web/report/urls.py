"""Addresses of reporting."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.report import views

urlpatterns = [
    path("report", views.report, name="report"),
    path("report/thanks", views.thanks, name="report_thanks"),
    path("report/grids/<slug:village>", views.grids, name="report_grids"),
    path("report/estates/<slug:village>", views.estates, name="report_estates"),
    path("report/photo/<str:token>", views.photo, name="report_photo"),
]
