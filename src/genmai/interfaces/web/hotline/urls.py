"""Addresses of the hotline card."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.hotline import team, views

urlpatterns = [
    path("hotline/", views.card, name="hotline"),
    path("hotline/caller", views.caller, name="hotline_caller"),
    path("hotline/rota", views.live_rota, name="hotline_rota"),
    path("hotline/team/", team.team, name="hotline_team"),
]
