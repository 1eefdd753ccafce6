"""Addresses of the membership's figures."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.statistics import turn, year_end

urlpatterns = [
    path("statistics/", year_end.year_end, name="statistics"),
    path("statistics/ready", year_end.ready, name="statistics_ready"),
    path("statistics/turn", turn.turn, name="statistics_turn"),
]
