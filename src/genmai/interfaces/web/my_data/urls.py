"""Addresses of one's own data."""

from __future__ import annotations

from django.urls import path

from genmai.interfaces.web.my_data import views

urlpatterns = [
    path("my-data/", views.mine, name="my_data"),
    path("my-data/why", views.why, name="my_why"),
]
