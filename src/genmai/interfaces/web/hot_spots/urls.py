"""Addresses of hot spots."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.hot_spots import views

urlpatterns = [
    path("hot-spots/", views.hot_spots, name="hot_spots"),
    path("hot-spots/<uuid:home>/<slug:category>/", views.spot, name="hot_spot"),
]
