"""Addresses of leave."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.leave import quiet, views

urlpatterns = [
    path("leave/", views.leave, name="leave"),
    path("leave/end", views.end, name="leave_end"),
    path("leave/quiet", quiet.quiet, name="leave_quiet"),
    path("leave/act", views.act, name="leave_act"),
]
